"""Days of the demo, counted from the day it is filled: it is never out of date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True)
class Calendar:
    """The school year around `today` and some days in it."""

    today: date

    @property
    def year_starts(self) -> date:
        """1 August of the school year that is going on."""
        year = self.today.year if self.today.month >= 8 else self.today.year - 1
        return date(year, 8, 1)

    @property
    def year_name(self) -> str:
        """As schools write it: 2026-2027."""
        return f"{self.year_starts.year}-{self.year_starts.year + 1}"

    def ago(self, days: int) -> date:
        """A day in the past, within this school year where it can be."""
        return self.today - timedelta(days=days)

    def ahead(self, days: int) -> date:
        """A day to come."""
        return self.today + timedelta(days=days)

    def born(self, age: int, days_since_birthday: int) -> date:
        """The birth date of somebody who is `age` today."""
        birthday = self.today - timedelta(days=days_since_birthday % 364)
        return birthday.replace(year=birthday.year - age, day=min(birthday.day, 28))
