"""What the pages of this room are called in the log."""

from django.utils.translation import gettext_lazy as _

PAGES = {
    "photo_check": _("Photo check"),
    "photo_check_result": _("What a photo check found"),
}
