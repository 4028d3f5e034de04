"""Decisions about pupils, parents and authority: no Django, no database, no clock."""

from __future__ import annotations

import calendar
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Protocol, TypeVar

TOGETHER_FROM = 12  # P5: 12 to 16 parent and pupil together
ALONE_FROM = 16  # P5: from 16 the pupil alone; a board may not lower it
OLDEST = 30  # years: an older birth date at a school is a slip of the pen


class Speaks(StrEnum):
    """Who answers a request for consent (P5)."""

    PARENTS = "parents"
    TOGETHER = "together"
    PUPIL = "pupil"


def birthday(born: date, age: int) -> date:
    """The day on which somebody born on `born` reaches `age`.

    Born on 29 February: on 1 March in years that have no such day.
    """
    year = born.year + age
    if year > date.max.year:
        return date.max
    if (born.month, born.day) == (2, 29) and not calendar.isleap(year):
        return date(year, 3, 1)
    return date(year, born.month, born.day)


def age_on(born: date, on: date) -> int:
    """Completed years on the day `on`; never below zero."""
    years = on.year - born.year
    return max(0, years if birthday(born, years) <= on else years - 1) if years > 0 else 0


def who_consents(birth_date: date | None, on: date) -> Speaks:
    """Who answers for a pupil on the day `on`; 12 and 16 are reached on the birthday itself.

    An unknown birth date counts as under 12 and is asked for; 16 is never assumed.
    """
    if birth_date is None or on < birthday(birth_date, TOGETHER_FROM):
        return Speaks.PARENTS
    if on < birthday(birth_date, ALONE_FROM):
        return Speaks.TOGETHER
    return Speaks.PUPIL


def changes_on(birth_date: date | None, on: date) -> date | None:
    """The next day on which somebody else answers; none when that never comes again."""
    if birth_date is None:
        return None
    days = (birthday(birth_date, age) for age in (TOGETHER_FROM, ALONE_FROM))
    return next((day for day in days if day > on), None)


def may_answer_for(kind: str, birth_date: date | None, on: date) -> bool:
    """Whether a representative of this kind can answer: a voogd as parents do, until 16.

    A curator or mentor answers where the court's order covers it, also after 16.
    """
    return kind != "voogd" or who_consents(birth_date, on) is not Speaks.PUPIL


def is_possible_birth_date(born: date, on: date) -> bool:
    """Whether a pupil can be born then: not in the future, and at most 30 years ago."""
    return born <= on and on < birthday(born, OLDEST)


class Period(Protocol):
    """Something that counts from a day up to and including a day (none: until further notice)."""

    @property
    def starts_on(self) -> date: ...

    @property
    def ends_on(self) -> date | None: ...


@dataclass(frozen=True)
class Days:
    """A period of its own, to compare with others."""

    starts_on: date
    ends_on: date | None = None


P = TypeVar("P", bound=Period)


def covers(period: Period, day: date) -> bool:
    """Whether the period counts on `day`; both ends are included."""
    return period.starts_on <= day and (period.ends_on is None or day <= period.ends_on)


def is_empty(period: Period) -> bool:
    """Whether the period was closed before it counted: kept as history, counting on no day."""
    return period.ends_on is not None and period.ends_on < period.starts_on


def overlap(one: Period, other: Period) -> bool:
    """Whether two periods share a day."""
    if is_empty(one) or is_empty(other):
        return False
    return (other.ends_on is None or one.starts_on <= other.ends_on) and (
        one.ends_on is None or other.starts_on <= one.ends_on
    )


def that_counts(periods: Iterable[P], on: date) -> P | None:
    """The one that counts on `on`; the one that began last if there are more."""
    return max((p for p in periods if covers(p, on)), key=lambda p: p.starts_on, default=None)


def closing_day(periods: Iterable[Period], starts_on: date) -> date | None:
    """On which day the running period closes when a new one starts; none if nothing runs.

    Raises ValueError when the new one would begin before the running one, or on a day that
    another one covers: two answers for one day would make the record doubtful.
    """
    closes = None
    for period in periods:
        if is_empty(period):
            continue
        if period.ends_on is not None:
            if period.ends_on >= starts_on:
                raise ValueError("another period covers this day")
        elif period.starts_on > starts_on:
            raise ValueError("the running period began later")
        else:
            closes = starts_on - timedelta(days=1)
    return closes


def school_year_days(first_year: int) -> Days:
    """A school year as most boards have it: 1 August up to and including 31 July."""
    return Days(date(first_year, 8, 1), date(first_year + 1, 7, 31))


def school_year_name(starts_on: date) -> str:
    """What a school year is called: '2026-2027'."""
    return f"{starts_on.year}-{starts_on.year + 1}"


def known_until(
    enrolments: Iterable[tuple[object, date | None]], schools: Collection[object], on: date
) -> date | None:
    """Up to which day `schools` know what was recorded about a pupil; none: they know it all.

    Who keeps the administration knows all; a school that the pupil left for another one knows
    what was recorded up to and including the last day there (P24).
    """
    rows = list(enrolments)
    if keeping(rows, on) & set(schools):
        return None
    last = [day for school, day in rows if day is not None and school in schools]
    return max(last, default=date.min)


def keeping(enrolments: Iterable[tuple[object, date | None]], on: date) -> set[object]:
    """Which schools keep a pupil's administration: where the pupil is, or else was last.

    `enrolments` are (school, last day or none). A school that the pupil left for another one of
    the board keeps what it had, and sees nothing new.
    """
    rows = list(enrolments)
    open_ones = {school for school, last_day in rows if last_day is None or last_day >= on}
    if open_ones:
        return open_ones
    latest = max((last_day for _, last_day in rows if last_day is not None), default=None)
    return {school for school, last_day in rows if last_day == latest}
