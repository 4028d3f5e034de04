"""Which days a round is proposed with; a person decides them (P13)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

_FORTNIGHT = timedelta(days=14)
_OPENS = (6, 1)  # before the summer: families still come to school


@dataclass(frozen=True)
class RoundDays:
    """When a round opens, reminds twice, and stops reminding."""

    opens_on: date
    reminds_on: date
    reminds_again_on: date
    closes_on: date


def proposed_days(year_starts: date, today: date) -> RoundDays:
    """For the school year to come: opens on 1 June before it; else, or when that is past, today.

    Two reminders, each a fortnight later, and a fortnight more. Each on a working day.
    """
    opens = date(year_starts.year, *_OPENS)
    first = working_day(opens if today < opens < year_starts else today)
    days = [working_day(first + n * _FORTNIGHT) for n in range(4)]
    return RoundDays(*days)


def working_day(day: date) -> date:
    """The day itself, or the Monday after a weekend."""
    return day + timedelta(days=max(0, 7 - day.weekday())) if day.weekday() > 4 else day
