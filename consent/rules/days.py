"""For which days an answer counts, and when people are asked ahead (P13, P5)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from students.rules import Days, Period, changes_on, covers, school_year_days

AHEAD = timedelta(days=30)  # how long before 12 and 16 the right people are asked


def consent_year(years: Iterable[Period], on: date) -> Days:
    """The school year around `on`, in which a photo consent counts and with which it ends.

    As the board set it; else 1 August up to and including 31 July, cut where a year of the
    board begins or ends.
    """
    known = list(years)
    for year in sorted(known, key=lambda y: y.starts_on):
        if covers(year, on):
            return Days(year.starts_on, year.ends_on)
    usual = school_year_days(on.year if (on.month, on.day) >= (8, 1) else on.year - 1)
    ended = [y.ends_on + timedelta(days=1) for y in known if y.ends_on and y.ends_on < on]
    begins = [y.starts_on - timedelta(days=1) for y in known if y.starts_on > on]
    last = usual.ends_on
    assert last is not None
    return Days(max([usual.starts_on, *ended]), min([last, *begins]))


def asked_ahead_for(born: date | None, on: date) -> date | None:
    """The birthday for which others are asked already on `on`; none when it is not near."""
    day = changes_on(born, on)
    return day if day is not None and day - AHEAD <= on else None
