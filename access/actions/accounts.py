"""What changes on an account itself."""

from __future__ import annotations

from datetime import date

from access.errors import NotAllowed
from access.models import User
from access.recording import Happening, record


def choose_language(*, user: User, language: str, by: User, on: date) -> None:
    """Keeps the language somebody chose for themselves."""
    if by != user:
        raise NotAllowed
    User.objects.filter(pk=user.pk).update(language=language)
    user.language = language
    record(Happening.LANGUAGE_CHOSEN, by=by, target=user, changed=["language"])
