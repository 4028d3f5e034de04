"""What an action says when it does not do what was asked."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied


class NotAllowed(PermissionDenied):
    """This person may not do this: becomes a 403 page and a line in the log."""


class Refused(ValueError):
    """A rule says no; carries one sentence in the user's words. Nothing was changed.

    `about`: which answer it is about, so that a form says it beside that field.
    """

    def __init__(self, sentence: object, *, about: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.about = about


class Overtaken(Refused):
    """Somebody else was first: the sentence says who acts next and that nothing was lost."""
