"""When a kind of record falls due: plain Python, no clock. The same stands in SQL: queries/due.py.

Mission, Retention (P9): due on the same day some years after the real leaving date. On that day it
may still be opened; it is destroyed after it.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class Start(StrEnum):
    """From which day a term runs."""

    LEFT = "left"
    YEAR_END = "year-end"


class Why(StrEnum):
    """Why something is not due yet, or that it is."""

    DUE = "due"
    TERM_RUNS = "term-runs"
    AT_SCHOOL = "at-school"  # or gone without a leaving date: never due, but a task
    HELD = "held"
    SIBLING = "sibling"
    PICTURES = "pictures"
    GONE = "gone"


@dataclass(frozen=True)
class Span:
    """A term: so many years from a day that follows from leaving."""

    years: int
    start: Start = Start.LEFT


@dataclass(frozen=True)
class Stay:
    """Somebody at a school up to and including a day; none: no leaving date is known."""

    ends_on: date | None


@dataclass(frozen=True)
class Family:
    """The same parents' other children, and the same pupil at other schools."""

    stays: tuple[Stay, ...] = ()
    is_held: bool = False
    held_until: date | None = None
    has_pictures_up: bool = False


@dataclass(frozen=True)
class Facts:
    """What is known about one pupil at one school."""

    stays: tuple[Stay, ...]
    is_held: bool = False  # nobody knows until when, or until after the day that is asked
    held_until: date | None = None  # the last day of a hold that was not lifted
    has_pictures_up: bool = False
    gone: frozenset[str] = frozenset()  # kinds destroyed before
    family: Family = field(default_factory=Family)


@dataclass(frozen=True)
class Fate:
    """What becomes of one kind of record: the day it falls due, or why there is none (yet)."""

    why: Why
    day: date | None = None

    @property
    def is_due(self) -> bool:
        """Whether its day has come and nothing holds it up."""
        return self.why is Why.DUE

    def may_be_destroyed(self, on: date) -> bool:
        """On its own day it may still be opened; it goes after that day."""
        return self.why is Why.DUE and self.day is not None and self.day < on


def anniversary(day: date, years: int) -> date:
    """The same day some years later; of 29 February, in other years, 1 March."""
    year = day.year + years
    if (day.month, day.day) == (2, 29) and not calendar.isleap(year):
        return date(year, 3, 1)
    return day.replace(year=year)


def began(last_day: date, start: Start) -> date:
    """The day from which a term runs for who left on `last_day`."""
    if start is Start.LEFT:
        return last_day
    return date(last_day.year + (last_day.month > 7), 7, 31)


def falls_due(last_day: date, spans: Iterable[Span]) -> date:
    """The day on which something falls due that waits for all of these terms."""
    return max(anniversary(began(last_day, span.start), span.years) for span in spans)


def cutoff(on: date, spans: Iterable[Span]) -> date:
    """The latest last day at school that is due on `on`: `falls_due(d) <= on` is `d <= cutoff`.

    So a list asks the database for days up to this one, which an index answers.
    """
    return min(_cutoff(on, span) for span in spans)


def _cutoff(on: date, span: Span) -> date:
    year = on.year - span.years
    shorter = (on.month, on.day) == (2, 29) and not calendar.isleap(year)
    day = date(year, 2, 28) if shorter else on.replace(year=year)
    if span.start is Start.LEFT:
        return day
    return date(day.year if (day.month, day.day) >= (7, 31) else day.year - 1, 7, 31)


def left_on(stays: Iterable[Stay]) -> date | None:
    """The real leaving date: the last day of the last stay; none while one has no end.

    A pupil who returned has a stay again that has not ended: nothing of the dossier is due.
    """
    days = [stay.ends_on for stay in stays]
    if not days or None in days:
        return None
    return max(day for day in days if day is not None)


def fate(
    kind: str,
    facts: Facts,
    spans: Iterable[Span],
    on: date,
    *,
    waits_for_pictures: bool = False,
    follows_family: bool = False,
) -> Fate:
    """What becomes of a kind of record of one pupil at one school, as known on the day `on`.

    `waits_for_pictures`: the proof of a consent lives as long as the school uses the picture.
    `follows_family`: parents' data go with their last child (P11). What is held until a day falls
    due on that day, where that is later: so it comes back in time, and is not late then.
    """
    if kind in facts.gone:
        return Fate(Why.GONE)
    last_day = left_on(facts.stays)
    if last_day is None:
        return Fate(Why.AT_SCHOOL)
    if follows_family and facts.family.stays:
        family = left_on(facts.family.stays)
        if family is None:
            return Fate(Why.SIBLING)
        last_day = max(last_day, family)
    holders: list[Facts | Family] = [facts, facts.family] if follows_family else [facts]
    held_until = max(one.held_until or date.min for one in holders)
    day = max(falls_due(last_day, spans), held_until)
    if any(one.is_held for one in holders) or held_until > on:
        return Fate(Why.HELD, day)
    up = facts.has_pictures_up or (follows_family and facts.family.has_pictures_up)
    if waits_for_pictures and up:
        return Fate(Why.PICTURES, day)
    return Fate(Why.DUE if day <= on else Why.TERM_RUNS, day)


def review_day(looked_at: date) -> date:
    """When a hold is looked at again: a year after it was placed or last looked at."""
    return anniversary(looked_at, 1)
