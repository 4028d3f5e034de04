"""Answers that wait to be signed: sealed in the session, each under a key of its own.

What a page shows under a key is what is signed under it, whatever another tab does. Nothing is
lost while somebody confirms who they are on another page.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from django.http import HttpRequest

from access import seals
from consent.actions.answering import Choice

_WAIT = "signings"
_PURPOSE = b"portal answers to sign"
_MOST = 5  # of one session; the oldest goes


@dataclass(frozen=True)
class Waiting:
    """What somebody chose: on the page of which child, and each answer."""

    pupil: uuid.UUID
    choices: list[Choice]

    def chosen(self) -> dict[uuid.UUID, bool]:
        """By request: yes or no."""
        return {choice.request: choice.is_yes for choice in self.choices}


def keep(request: HttpRequest, pupil: uuid.UUID, choices: Iterable[Choice]) -> uuid.UUID:
    """Lets answers wait; gives their key."""
    key = uuid.uuid4()
    lines = [
        [str(choice.request), choice.is_yes, str(choice.seen) if choice.seen else ""]
        for choice in choices
    ]
    sealed = seals.seal(json.dumps([str(request.user.pk), str(pupil), lines]), _PURPOSE)
    waits = [*request.session.get(_WAIT, {}).items(), (str(key), sealed)]
    request.session[_WAIT] = dict(waits[-_MOST:])
    return key


def find(request: HttpRequest, key: uuid.UUID) -> Waiting | None:
    """What waits under a key, for this very person; none when it is gone."""
    try:
        by, pupil, lines = json.loads(
            seals.unseal(request.session.get(_WAIT, {}).get(str(key), ""), _PURPOSE)
        )
    except (ValueError, InvalidTag):
        return None
    if by != str(request.user.pk):
        return None
    choices = [
        Choice(uuid.UUID(asked), bool(is_yes), uuid.UUID(seen) if seen else None)
        for asked, is_yes, seen in lines
    ]
    return Waiting(uuid.UUID(pupil), choices)
