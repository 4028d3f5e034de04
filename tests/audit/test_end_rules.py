"""When a month of the log may leave: tables of days."""

from __future__ import annotations

from datetime import date

import pytest

from audit import rules

NOVEMBER = date(2021, 11, 1)
CASES = [
    # month, years, day, may it leave
    (NOVEMBER, 5, date(2026, 11, 30), False),  # of its last day five years are not over
    (NOVEMBER, 5, date(2026, 12, 1), True),
    (NOVEMBER, 2, date(2023, 11, 30), False),
    (NOVEMBER, 2, date(2023, 12, 1), True),
    (date(2021, 12, 1), 5, date(2026, 12, 31), False),  # the year turns
    (date(2021, 12, 1), 5, date(2027, 1, 1), True),
    (date(2024, 2, 1), 5, date(2029, 2, 28), False),  # a month with a 29th
    (date(2024, 2, 1), 5, date(2029, 3, 1), True),
    (date(2021, 11, 2), 5, date(2040, 1, 1), False),  # not a whole month
    (date(2026, 11, 1), 5, date(2026, 11, 16), False),  # half over
]


@pytest.mark.parametrize(("month", "years", "day", "may_leave"), CASES)
def test_a_month_leaves_once_the_term_of_its_last_day_is_over(month, years, day, may_leave):
    assert rules.is_due(month, years, day) is may_leave


@pytest.mark.parametrize(
    ("years", "counts"), [([], 5), ([5], 5), ([2, 7], 7), ([7, 2], 7), ([2, 2], 2)]
)
def test_where_boards_differ_the_longest_term_counts(years, counts):
    assert rules.longest(years) == counts
