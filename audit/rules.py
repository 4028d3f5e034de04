"""How long the log is kept: plain functions, no database and no clock.

The log is itself personal data about staff, so it ends; and it is what claims and complaints are
answered with, so it does not end soon. It leaves by whole months, for all boards of one
installation at once, as each month is one table with seals of its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

# GDPR article 5(1)(e) and 5(2); a claim for damages lapses after five years (BW 3:310).
YEARS = 5
# Below two years nobody could compare a school year with the one before it, nor answer for it.
LEAST = 2
# After twenty years every claim has lapsed (BW 3:306), so nothing is left to answer for.
MOST = 20


def is_whole(month: date) -> bool:
    """Whether this stands for a month."""
    return month.day == 1


def following(month: date) -> date:
    """The month after."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def leaves_on(month: date, years: int) -> date:
    """The first day on which no row of the month is younger than the term."""
    end = following(month)
    return end.replace(year=end.year + years)


def is_due(month: date, years: int, on: date) -> bool:
    """Whether the month may leave: once the term of its last day is over."""
    return is_whole(month) and on >= leaves_on(month, years)


def longest(years: Iterable[int]) -> int:
    """The term that counts for all boards: nobody's rows leave by another board's shorter term."""
    return max(years, default=YEARS)
