"""School days: no weekend, no public holiday, no school holiday of the school's region.

The ministry sets the holidays; autumn and spring are advice from which a school may depart.
After the last year that the library knows only weekends and public holidays count.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

from holidays import country_holidays

_FAR = 120  # days: longer than any holiday, so that looking back ends


@lru_cache(maxsize=32)
def _days_off(region: str, year: int) -> frozenset[date]:
    kinds = ("public", "school")
    return frozenset(
        country_holidays("NL", subdiv=region.capitalize(), years=year, categories=kinds)
    )


def is_school_day(day: date, region: str) -> bool:
    """Whether pupils come to school on this day, in this holiday region."""
    return day.weekday() < 5 and day not in _days_off(region, day.year)


def school_days_before(day: date, number: int, region: str) -> date:
    """The first of the last `number` school days before `day`."""
    first, found = day, 0
    for back in range(1, _FAR + 2 * number):
        earlier = day - timedelta(days=back)
        if is_school_day(earlier, region):
            first, found = earlier, found + 1
        if found == number:
            break
    return first
