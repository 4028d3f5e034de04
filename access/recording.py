"""How this room, which lies below the log, writes in it.

The log is a room above: it knows users, users do not know it. So this room names what happened
and the log registers who writes it down (audit/apps.py). Nothing happens unrecorded: without a
writer, every action of this room fails.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from enum import StrEnum
from typing import Any, Protocol

from django.db.models import Model
from django.http import HttpRequest

from access.acting import Actor
from access.models import User


class Happening(StrEnum):
    """What happens in this room; audit/events.py has the words of each."""

    ROLE_GIVEN = "role-given"
    ROLE_ENDED = "role-ended"
    ACCOUNT_CLOSED = "account-closed"
    ACCOUNT_REOPENED = "account-reopened"
    SECOND_FACTOR_RESET = "second-factor-reset"
    INVITED = "invited"
    INVITATION_WITHDRAWN = "invitation-withdrawn"
    INVITATION_SENT_AGAIN = "invitation-sent-again"
    INVITATION_ACCEPTED = "invitation-accepted"
    LANGUAGE_CHOSEN = "language-chosen"
    SESSION_ENDED = "session-ended"
    PORTAL_OPENED = "portal-opened"


class Writer(Protocol):
    """Writes one row inside the open door (see audit.actions.record)."""

    def __call__(
        self,
        happening: Happening,
        *,
        by: Actor | None,
        unit: uuid.UUID | None = None,
        target: Model | None = None,
        changed: Iterable[str] = (),
        detail: dict[str, Any] | None = None,
    ) -> None: ...


class DoorWriter(Protocol):
    """Writes one row for a request that stands before the gate, in a transaction of its own."""

    def __call__(self, request: HttpRequest, happening: Happening, user: User) -> None: ...


class NobodyWrites(RuntimeError):
    """The log did not register: nothing may happen."""


_writers: dict[str, Any] = {}


def written_by(writer: Writer, at_the_door: DoorWriter) -> None:
    """The log says who writes down what happens here; called once, when the programme starts."""
    _writers.update(inside=writer, at_the_door=at_the_door)


def record(
    happening: Happening,
    *,
    by: Actor | None,
    unit: uuid.UUID | None = None,
    target: Model | None = None,
    changed: Iterable[str] = (),
    detail: dict[str, Any] | None = None,
) -> None:
    """One row for what an action of this room did, in the action's transaction."""
    if "inside" not in _writers:
        raise NobodyWrites(happening)
    _writers["inside"](happening, by=by, unit=unit, target=target, changed=changed, detail=detail)


def record_at_the_door(request: HttpRequest, happening: Happening, user: User) -> None:
    """One row about a session, written before the gate."""
    if "at_the_door" not in _writers:
        raise NobodyWrites(happening)
    _writers["at_the_door"](request, happening, user)
