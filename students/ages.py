"""Birthdays and ages: they count from the day itself. Plain functions, no clock."""

from __future__ import annotations

from datetime import date, timedelta


def birthday(born: date, age: int) -> date:
    """The day on which somebody reaches `age`; born on 29 February, in other years on 1 March."""
    try:
        return born.replace(year=born.year + age)
    except ValueError:
        return born.replace(year=born.year + age, day=28) + timedelta(days=1)


def age_on(born: date, day: date) -> int:
    """How old somebody is on `day`; below zero before the birth."""
    age = day.year - born.year
    return age if birthday(born, age) <= day else age - 1
