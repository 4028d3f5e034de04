"""Refuses passwords that are easily guessed."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from zxcvbn import zxcvbn

from access.models import User


class HardToGuess:
    """A password validator: zxcvbn's score must be at least 3 of 4."""

    def validate(self, password: str, user: User | None = None) -> None:
        """Raises ValidationError for a password that is guessed in too few tries."""
        known = [user.username, user.name, user.email or ""] if user else []
        # zxcvbn raises above 72 characters; what follows only makes a password harder.
        score = zxcvbn(password[:72], user_inputs=[*known, "privacyportaal"])["score"]
        if score < 3 or _mostly(password, known):
            raise ValidationError(
                _("This password is easy to guess. Take a few words that do not belong together."),
                code="password_easy_to_guess",
            )

    def get_help_text(self) -> str:
        """What a good password is."""
        return _("A good password is a few words that do not belong together.")


def _mostly(password: str, known: list[str]) -> bool:
    """Whether little is left of a password without what others know of its owner."""
    words = {word for text in known for word in re.split(r"[^\w]+", text.lower()) if len(word) > 2}
    rest = password.lower()
    for word in sorted(words, key=len, reverse=True):
        rest = rest.replace(word, "")
    return bool(words) and len(rest) < min(8, len(password))
