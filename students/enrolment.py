"""What follows from enrolling and leaving in the rooms above, and what stands in the way of it
there: they register, this room calls.

A registry instead of a signal: whoever reads this file sees all there is, and a callback that
fails makes the enrolment fail.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Enrolled:
    """A pupil who starts at a school."""

    pupil_id: uuid.UUID
    school_id: uuid.UUID
    starts_on: date


@dataclass(frozen=True)
class Left:
    """A pupil who left, with the last day at school."""

    pupil_id: uuid.UUID
    school_id: uuid.UUID
    last_day: date


@dataclass(frozen=True)
class Moved:
    """A pupil who joined or left a group."""

    pupil_id: uuid.UUID
    school_id: uuid.UUID
    group_id: uuid.UUID
    joined: bool
    on: date


@dataclass(frozen=True)
class Missing:
    """Who is enrolled at a school and was not in the roster of a system that was applied.

    Without those who left by it. Nobody: everybody known to that system is there.
    """

    school_id: uuid.UUID
    system: str
    pupil_ids: frozenset[uuid.UUID]


_enrolled: list[Callable[[Sequence[Enrolled]], None]] = []
_left: list[Callable[[Sequence[Left]], None]] = []
_moved: list[Callable[[Sequence[Moved]], None]] = []
_missing: list[Callable[[Missing, date], None]] = []
_going: list[Callable[[Collection[uuid.UUID], uuid.UUID], set[uuid.UUID]]] = []


def on_enrolled(callback: Callable[[Sequence[Enrolled]], None]) -> None:
    """Registers what happens, in the same transaction, when pupils start at a school."""
    _enrolled.append(callback)


def on_left(callback: Callable[[Sequence[Left]], None]) -> None:
    """Registers what happens, in the same transaction, when pupils leave."""
    _left.append(callback)


def on_moved(callback: Callable[[Sequence[Moved]], None]) -> None:
    """Registers what happens, in the same transaction, when pupils join or leave a group."""
    _moved.append(callback)


def on_missing(callback: Callable[[Missing, date], None]) -> None:
    """Registers what happens, in the same transaction, when a roster was applied: (missing, on)."""
    _missing.append(callback)


def on_asking_who_goes(
    question: Callable[[Collection[uuid.UUID], uuid.UUID], set[uuid.UUID]],
) -> None:
    """Registers of whom the records are being destroyed just now: (pupils, school) -> pupils."""
    _going.append(question)


def tell_enrolled(batch: Sequence[Enrolled]) -> None:
    """Tells everybody registered about new enrolments (returning pupils included)."""
    for callback in _enrolled:
        callback(batch)


def tell_left(batch: Sequence[Left]) -> None:
    """Tells everybody registered about pupils who left."""
    for callback in _left:
        callback(batch)


def tell_moved(batch: Sequence[Moved]) -> None:
    """Tells everybody registered about pupils who joined or left a group."""
    for callback in _moved:
        callback(batch)


def tell_missing(missing: Missing, *, on: date) -> None:
    """Tells everybody registered who was not in a roster."""
    for callback in _missing:
        callback(missing, on)


def who_goes(pupils: Collection[uuid.UUID], *, school: uuid.UUID) -> set[uuid.UUID]:
    """Of these pupils those whose records at a school are being destroyed: no stay there changes.

    There is no way back for them, and what is written meanwhile would go too. Ask it of locked
    pupils: then nobody begins with another one meanwhile.
    """
    return set[uuid.UUID]().union(*(question(pupils, school) for question in _going))
