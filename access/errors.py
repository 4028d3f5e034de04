"""What an action says when it does not do what was asked."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied


class NotAllowed(PermissionDenied):
    """This person may not do this: becomes a 403 page and a line in the log."""


class Refused(ValueError):
    """A rule says no; carries one sentence in the user's words. Nothing was changed."""

    def __init__(self, sentence: object) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class Overtaken(Refused):
    """Somebody else was first: the sentence says who acts next and that nothing was lost."""
