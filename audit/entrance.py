"""Rows about coming in and going out, and what the room of accounts below reports."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django.db.models import Model
from django.http import HttpRequest

from access.acting import Actor
from access.doors import door_of
from access.models import User
from access.recording import Happening
from audit.actions import record
from audit.events import EVENTS, Event, Outcome
from audit.grounds import Ground
from audit.middleware import client_address


def note(
    request: HttpRequest,
    event: Event,
    user: User | None,
    outcome: str = Outcome.SUCCESS,
    detail: dict[str, Any] | None = None,
) -> None:
    """One row about a sign-in, in a transaction of its own."""
    with door_of(request, user, address=client_address(request)):
        record(event, by=user, ground=Ground.OWN, outcome=outcome, detail=detail)


def note_happening(request: HttpRequest, happening: Happening, user: User) -> None:
    """A row about a session that the room of accounts reports."""
    note(request, EVENTS[happening], user)


def write(
    happening: Happening,
    *,
    by: Actor | None,
    unit: uuid.UUID | None = None,
    target: Model | None = None,
    changed: Iterable[str] = (),
    detail: dict[str, Any] | None = None,
) -> None:
    """A row about what an action of the room of accounts did, in that action's transaction."""
    record(
        EVENTS[happening], by=by, unit=unit, target=target, changed=changed, detail=detail or None
    )
