"""Birthdays count from the day itself."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from students.ages import age_on, birthday


@pytest.mark.parametrize(
    ("born", "day", "age"),
    [
        (date(2014, 11, 16), date(2026, 11, 15), 11),
        (date(2014, 11, 16), date(2026, 11, 16), 12),
        (date(2012, 2, 29), date(2028, 2, 28), 15),
        (date(2012, 2, 29), date(2028, 2, 29), 16),
        (date(2012, 2, 29), date(2027, 2, 28), 14),
        (date(2012, 2, 29), date(2027, 3, 1), 15),
        (date(2026, 11, 16), date(2026, 11, 16), 0),
    ],
)
@pytest.mark.promise("P5")
def test_an_age_is_reached_on_the_day_itself(born, day, age):
    assert age_on(born, day) == age


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.integers(0, 30))
def test_the_day_before_a_birthday_one_is_still_younger(born, age):
    day = birthday(born, age)
    assert age_on(born, day) == age
    assert age_on(born, day - timedelta(days=1)) == age - 1
