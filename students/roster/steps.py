"""The steps of an import, in the words of the page."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

STEPS: list[Promise] = [_("Send the file"), _("Look and decide"), _("Approve"), _("Done")]

_DOING: dict[str, Promise] = {
    "": _("Waiting to start"),
    "lines": _("Reading the plan"),
    "pupils": _("Adding pupils"),
    "dossiers": _("Opening dossiers"),
    "parents": _("Adding parents"),
    "closing": _("Writing it down"),
}


def doing(step: str) -> Promise:
    """What is being done now."""
    return _DOING.get(step, _DOING["lines"])
