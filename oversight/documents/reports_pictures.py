"""The pictures of a report and the table behind each: one source for the page and the paper.

No picture holds a name: people and dossiers stand there by their place in the list, and the table
says who that is: on the page with names, on paper with keys.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from access.roles import ROLES
from audit.grounds import Ground
from oversight.rules.findings_days import is_school_day
from oversight.rules.reports import Numbers, Period, Ranked
from oversight.rules.reports_charts import Look, Stacked, Standing, stacked, standing

BY_DAY = 62  # days that are drawn one by one; a longer period is drawn week by week
Words = Callable[[Ranked], str]
_NUMERIC = {
    "days": (1,),
    "hours": (1,),
    "people": (3,),
    "dossiers": (2, 3),
    "grounds": (2,),
    "refusals": (3,),
}


@dataclass(frozen=True)
class Picture:
    """A picture and the table that says the same."""

    key: str
    title: str
    says: str
    svg: str  # as the template gave it; empty when there is nothing to draw
    height: int
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @property
    def numeric(self) -> tuple[int, ...]:
        """Which columns of the table, counted from nought, hold numbers."""
        return _NUMERIC[self.key]


def pictures_of(
    numbers: Numbers,
    period: Period,
    region: str,
    *,
    found_on: Collection[date],
    person: Words,
    pupil: Words,
) -> list[Picture]:
    """Every picture of a report; `person` and `pupil` say who somebody in a list is."""
    return [
        _days(numbers, period, region, found_on),
        _hours(numbers),
        _people(numbers, person),
        _dossiers(numbers, pupil),
        _grounds(numbers),
        _refusals(numbers, person),
    ]


def _days(numbers: Numbers, period: Period, region: str, found_on: Collection[date]) -> Picture:
    if len(period) > BY_DAY:
        return _weeks(numbers, found_on)
    looks = [_look(day, region, found_on) for day, _number in numbers.days]
    values = [(date_format(day, "l j F"), number) for day, number in numbers.days]
    ticks = [date_format(day, "j M") if day.weekday() == 0 else "" for day, _number in numbers.days]
    return _drawn(
        "days",
        _("Looks per day"),
        _most(values, numbers.looks),
        standing(values, ticks, looks),
        (_("Day"), _("Looks"), _("What kind of day")),
        [(*map(str, value), _KIND[look]()) for value, look in zip(values, looks, strict=True)],
    )


def _weeks(numbers: Numbers, found_on: Collection[date]) -> Picture:
    """A long period, week by week from Monday."""
    weeks: dict[date, int] = {}
    for day, number in numbers.days:
        monday = day - timedelta(days=day.weekday())
        weeks[monday] = weeks.get(monday, 0) + number
    found = {day - timedelta(days=day.weekday()) for day in found_on}
    looks = [Look.FOUND if monday in found else Look.PLAIN for monday in weeks]
    values = [
        (_("week of %(day)s") % {"day": date_format(monday, "j F Y")}, number)
        for monday, number in weeks.items()
    ]
    ticks = [
        date_format(monday, "M") if monday.day <= 7 and len(weeks) > BY_DAY / 7 else ""
        for monday in weeks
    ]
    return _drawn(
        "days",
        _("Looks per week"),
        _most(values, numbers.looks),
        standing(values, ticks, looks),
        (_("Week"), _("Looks"), _("Findings")),
        [
            (*map(str, value), _("with a finding") if look is Look.FOUND else _("none"))
            for value, look in zip(values, looks, strict=True)
        ],
    )


def _hours(numbers: Numbers) -> Picture:
    values = [
        (_("%(first)s to %(last)s") % {"first": f"{hour}:00", "last": f"{hour + 1}:00"}, number)
        for hour, number in enumerate(numbers.hours)
    ]
    ticks = [str(hour) if hour % 4 == 0 else "" for hour in range(24)]
    return _drawn(
        "hours",
        _("Looks per hour of the day"),
        _most(values, numbers.looks),
        standing(values, ticks),
        (_("Hour"), _("Looks")),
        [(words, str(number)) for words, number in values],
    )


def _grounds(numbers: Numbers) -> Picture:
    values = [(role_words(role), _ground(ground), n) for role, ground, n in numbers.grounds]
    return _drawn(
        "grounds",
        _("Looks by role and ground"),
        _first_of([(f"{role}, {ground}", n) for role, ground, n in values], numbers.looks),
        stacked(values),
        (_("Role"), _("Ground"), _("Looks")),
        [(role, ground, str(n)) for role, ground, n in values],
    )


def _people(numbers: Numbers, person: Words) -> Picture:
    return _ranked(
        "people",
        _("Who looked most"),
        numbers.most_looked,
        (_("Place"), _("Who"), _("Role"), _("Looks")),
        [
            (f"{n}", person(one), roles_of(one), str(one.number))
            for n, one in enumerate(numbers.most_looked, start=1)
        ],
    )


def _dossiers(numbers: Numbers, pupil: Words) -> Picture:
    return _ranked(
        "dossiers",
        _("Pupils whose data was looked at most"),
        numbers.dossiers,
        (_("Place"), _("Pupil"), _("Looks"), _("By how many people")),
        [
            (f"{n}", pupil(one), str(one.number), str(one.people))
            for n, one in enumerate(numbers.dossiers, start=1)
        ],
    )


def _refusals(numbers: Numbers, person: Words) -> Picture:
    return _ranked(
        "refusals",
        _("Who was refused most"),
        numbers.refusals,
        (_("Place"), _("Who"), _("Role"), _("Refusals")),
        [
            (f"{n}", person(one), roles_of(one), str(one.number))
            for n, one in enumerate(numbers.refusals, start=1)
        ],
    )


def _ranked(
    key: str,
    title: str,
    ranked: Sequence[Ranked],
    heads: tuple[str, ...],
    rows: list[tuple[str, ...]],
) -> Picture:
    """A list by place: the picture shows places and roles, the table who."""
    values = [
        (f"{n}.", roles_of(one) or _people_words(one.people), one.number)
        for n, one in enumerate(ranked, start=1)
    ]
    says = _("The first %(places)s of the list; the table says who.") % {"places": len(ranked)}
    return _drawn(key, title, says if ranked else _("Nobody."), stacked(values), heads, rows)


def _drawn(
    key: str,
    title: str,
    says: str,
    drawing: Standing | Stacked,
    heads: tuple[str, ...],
    rows: Iterable[tuple[str, ...]],
) -> Picture:
    template = "_standing.html" if isinstance(drawing, Standing) else "_stacked.html"
    svg = render_to_string(
        f"oversight/reports/{template}",
        {"drawing": drawing, "key": key, "title": title, "says": says, "colours": colours()},
    )
    is_empty = isinstance(drawing, Stacked) and not drawing.bars
    drawn = "" if is_empty else svg
    return Picture(key, title, says, drawn, drawing.height, heads, tuple(rows))


@lru_cache(maxsize=1)
def colours() -> dict[str, str]:
    """The colours of the light, which paper has too; in the dark the style sheet has others."""
    text = Path(settings.BASE_DIR, "static", "css", "tokens.css").read_text(encoding="utf-8")
    light = text.split("@media", 1)[0]
    found = re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6})", light)
    return {name.replace("-", "_"): value for name, value in found}


def role_words(role: str) -> str:
    """A role as people say it; a job is no person."""
    known = ROLES.get(role)
    return str(known.label) if known else _("by the system")


def roles_of(one: Ranked) -> str:
    """The roles somebody had in these rows."""
    return ", ".join(role_words(role) for role in one.roles)


def _ground(ground: str) -> str:
    return str(Ground(ground).label) if ground in Ground.values else ground


def _people_words(number: int) -> str:
    return ngettext("%(number)s person", "%(number)s people", number) % {"number": number}


def _look(day: date, region: str, found_on: Collection[date]) -> Look:
    if day in found_on:
        return Look.FOUND
    return Look.PLAIN if is_school_day(day, region) else Look.QUIET


_KIND: dict[Look, Callable[[], str]] = {
    Look.PLAIN: lambda: _("school day"),
    Look.QUIET: lambda: _("weekend or holiday"),
    Look.FOUND: lambda: _("day with a finding"),
}


def _most(values: Sequence[tuple[str, int]], looks: int) -> str:
    """A sentence that says what the picture shows."""
    if not looks:
        return _("Nobody looked.")
    words, number = max(values, key=lambda one: one[1])
    return _("%(looks)s looks. Most in: %(words)s, %(number)s.") % {
        "looks": looks,
        "words": words,
        "number": number,
    }


def _first_of(values: Sequence[tuple[str, int]], looks: int) -> str:
    return _most(values, looks) if values else _("Nobody looked.")
