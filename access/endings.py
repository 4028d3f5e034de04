"""What follows in the rooms above when somebody's role ends: they register, this room calls.

A registry instead of a signal: whoever reads this file sees all there is, and a callback that
fails makes the ending fail (the same way as students/enrolment.py).
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from access.acting import Actor


@dataclass(frozen=True)
class MembershipEnded:
    """A role somebody held, with the last day on which it counts (yesterday: ended at once)."""

    membership_id: uuid.UUID
    user_id: uuid.UUID
    role: str
    unit_id: uuid.UUID
    last_day: date


Callback = Callable[[Sequence[MembershipEnded], Actor, date], None]
_ended: list[Callback] = []


def on_membership_ended(callback: Callback) -> None:
    """Registers what happens, in the same transaction, when roles end: (batch, by, on).

    Called once an ending is decided, also when its last day is still to come.
    """
    _ended.append(callback)


def tell_membership_ended(batch: Sequence[MembershipEnded], *, by: Actor, on: date) -> None:
    """Tells everybody registered about roles that end."""
    for callback in _ended:
        callback(batch, by, on)
