"""What the pages of this room are called in the log."""

from django.utils.translation import gettext_lazy as _

PAGES = {
    "home": _("Home"),
    "promises": _("What we promise"),
    "own_pupil_consent": _("What is allowed for an own pupil"),
}
