"""What holds a dossier by itself while it is open: complaints, inspections, requests (ADR 7).

A room with such things registers a question (from its own or this room's apps.py). The lists ask
it each time, so that nothing falls due meanwhile; each night, and before a dossier is destroyed,
`actions.holds.keep_in_step` makes holds of the answers, which the database itself respects.

A request to erase holds up lists alone: a hold would stand in its own way. The database asks after
it when a destruction is intended.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

# On a day, a queryset of one column: the keys of the dossiers that are held. It is asked by jobs
# too, for nobody: what it reads stands behind no row-level security.
Question = Callable[[date], "QuerySet[Any, Any]"]


@dataclass(frozen=True)
class Asked:
    """A registered question, and what its holds are for (`Hold.Because`)."""

    room: str
    because: str
    question: Question
    of_lists_alone: bool = False


_asked: dict[tuple[str, str], Asked] = {}


def on_asking_for_holds(
    room: str, question: Question, *, because: str, of_lists_alone: bool = False
) -> None:
    """Registers which dossiers something open in `room` holds on a day."""
    _asked[room, because] = Asked(room, because, question, of_lists_alone)


def all_asked() -> list[Asked]:
    """Every question, in the order of the rooms."""
    return [_asked[key] for key in sorted(_asked)]


def made_holds_of() -> list[Asked]:
    """Those whose answers become holds."""
    return [one for one in all_asked() if not one.of_lists_alone]


def forget(room: str) -> None:
    """Takes the questions of a room away: for tests that register one."""
    for key in [key for key in _asked if key[0] == room]:
        del _asked[key]
