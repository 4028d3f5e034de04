"""Why a paper was not made, in words for whoever asked for it."""

from __future__ import annotations

from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Reason(StrEnum):
    """Each reason has its sentence in WORDS."""

    TOO_LONG = "too_long"
    BUSY = "busy"


WORDS: dict[Reason, Promise] = {
    Reason.TOO_LONG: _(
        "This would be a paper of more than %(pages)s pages, or one that takes too long to make. "
        "Choose fewer things, and make several papers."
    ),
    Reason.BUSY: _("Many papers are being made right now. Wait a minute and try again."),
}


class NotMade(RuntimeError):
    """No paper was made; `sentence` says why and how to go on."""

    def __init__(self, reason: Reason, *, pages: int = 0) -> None:
        super().__init__(reason.value)
        self.reason = reason
        self.pages = pages

    @property
    def sentence(self) -> str:
        """For whoever asked for it, in their language."""
        return str(WORDS[self.reason]) % {"pages": self.pages}
