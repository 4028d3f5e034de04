"""What is known beside a day's rows: settings, assent, endings, leavers, namesakes and habits.

Names are compared here and go no further: what is kept of them are keys.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from access.models import Unit, User
from dossiers.models import Assignment
from oversight.models import Assent, FindingSetting
from oversight.queries.findings_rows import bounds_of, earlier_looks, habits_of, uses_on
from oversight.rules.findings import (
    BY_CODE,
    Questions,
    Setting,
    as_usual,
    what_to_ask,
)
from oversight.rules.findings_days import is_school_day, school_days_before
from oversight.rules.findings_facts import Facts, without_people
from oversight.rules.findings_names import is_namesake
from students.models import Enrolment, Pupil, School

Pair = tuple[uuid.UUID, uuid.UUID]
_AROUND = "around-the-end"


def newest_settings(
    board_id: uuid.UUID, *, before: datetime | None = None
) -> QuerySet[FindingSetting]:
    """What the board set last, for each rule it ever set; or had set before a moment."""
    rows = FindingSetting.objects.filter(board=board_id)
    if before is not None:
        rows = rows.filter(set_at__lt=before)
    return rows.order_by("rule", "-set_at", "-pk").distinct("rule")


def settings_of(board_id: uuid.UUID, *, before: datetime | None = None) -> dict[str, Setting]:
    """Every rule as it is set for the schools of a board now, or was before a moment."""
    found = as_usual()
    for row in newest_settings(board_id, before=before):
        if row.rule in BY_CODE:
            usual = BY_CODE[row.rule].defaults
            limits = {name: row.limits.get(name, number) for name, number in usual.items()}
            found[row.rule] = Setting(row.is_on, row.severity, limits)
    return found


def has_assent(unit: Unit, day: date) -> bool:
    """Whether findings about people are made of that day: the assent stood when it began.

    Withdrawn on the day itself or later, it still counts for that day: nobody looks first and
    withdraws it before the night. At the board's own place each of its schools must have agreed.
    """
    schools = School.objects.filter(pk=unit.pk)
    if unit.kind == Unit.Kind.BOARD:
        schools = School.objects.filter(board=unit.pk)
    begins = bounds_of(day)[0]
    stood = Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gte=begins)
    rows = Assent.objects.filter(stood, recorded_at__lt=begins)
    agreed = set(rows.filter(school__in=schools.values("pk")).values_list("school_id", flat=True))
    asked = set(schools.values_list("pk", flat=True))
    return bool(asked) and agreed == asked


@dataclass(frozen=True)
class DayAtUnit:
    """A day to look at, with the settings that count, and whether it is about people."""

    unit: Unit
    day: date
    settings: Mapping[str, Setting]
    has_assent: bool

    @classmethod
    def of(cls, unit: Unit, day: date) -> DayAtUnit:
        """As it was set when the day began: nobody sets a rule off for what they did that day."""
        board = unit.parent_id or unit.pk
        settings = settings_of(board, before=bounds_of(day)[0])
        return cls(unit, day, settings, has_assent(unit, day))

    def facts(self) -> Facts:
        """Everything the rules ask about this day, in the same few queries for any number of rows.

        Before the staff section agreed nothing about anybody is asked, nor looked at.
        """
        uses = uses_on(self.unit, self.day)
        if not self.has_assent:
            return Facts(self.day, without_people(uses))
        asked = what_to_ask(uses, self.settings)
        region = _region_of(self.unit)
        withdrawn = _withdrawn_on(self.unit, self.day)
        around, many = self.settings[_AROUND].limits, self.settings["many-dossiers"].limits
        habits_from = school_days_before(self.day, many["days"], region)
        return Facts(
            day=self.day,
            uses=uses,
            is_school_day=is_school_day(self.day, region),
            habits=habits_of(asked.busy, self.unit, habits_from, self.day, many["minutes"]),
            endings=_endings({*asked.pairs, *withdrawn}, self.unit),
            left=_left(asked, self.unit, self.day),
            namesakes=_namesakes(asked),
            earlier=earlier_looks(
                withdrawn,
                self.unit,
                self.day - timedelta(days=around["before"]),
                self.day,
                _AROUND,
            ),
        )


def _region_of(unit: Unit) -> str:
    """The holiday region of a school; of a board that of its first school."""
    board = unit.parent_id or unit.pk
    schools = School.objects.filter(board=board).order_by("unit__name")
    regions = dict(schools.values_list("pk", "region"))
    return regions.get(unit.pk) or next(iter(regions.values()), School.Region.MIDDLE)


def _withdrawn_on(unit: Unit, day: date) -> list[Pair]:
    """Whose assignment to whom was withdrawn on that day."""
    start, end = bounds_of(day)
    rows = Assignment.objects.filter(
        dossier__school=unit.pk, withdrawn_at__gte=start, withdrawn_at__lt=end
    )
    return list(rows.values_list("user_id", "dossier__pupil__log_key").distinct())


def _endings(pairs: Iterable[Pair], unit: Unit) -> dict[Pair, date]:
    """The last day of the last assignment of each pair; none for one without an end.

    One that was withdrawn counted up to the moment of that day.
    """
    wanted = set(pairs)
    rows = Assignment.objects.filter(
        dossier__school=unit.pk,
        user__in={person for person, _ in wanted},
        dossier__pupil__log_key__in={pupil for _, pupil in wanted},
    ).exclude(kind=Assignment.Kind.EMERGENCY)
    found: dict[Pair, date] = {}
    for person, pupil, ends_on, withdrawn_at in rows.values_list(
        "user_id", "dossier__pupil__log_key", "ends_on", "withdrawn_at"
    ):
        last = ends_on or date.max
        if withdrawn_at is not None and ends_on is not None:
            last = max(
                ends_on, min(timezone.localtime(withdrawn_at).date(), ends_on + timedelta(days=1))
            )
        found[person, pupil] = max(last, found.get((person, pupil), date.min))
    return {pair: last for pair, last in found.items() if pair in wanted and last != date.max}


def _left(asked: Questions, unit: Unit, day: date) -> dict[uuid.UUID, date]:
    """The last day at this school of each pupil who is not there any more."""
    rows = Enrolment.objects.filter(school=unit.pk, pupil__log_key__in=asked.pupils)
    found: dict[uuid.UUID, date] = {}
    for pupil, last in rows.values_list("pupil__log_key", "ends_on"):
        found[pupil] = max(last or date.max, found.get(pupil, date.min))
    return {pupil: last for pupil, last in found.items() if last < day}


def _namesakes(asked: Questions) -> Collection[Pair]:
    """Which of these people share a surname with a pupil they looked at."""
    called = dict(User.objects.filter(pk__in=asked.people).values_list("pk", "name"))
    rows = Pupil.objects.filter(log_key__in=asked.pupils).values_list("log_key", "surname")
    surnames = dict(rows)
    return {
        (person, pupil)
        for person, pupil in asked.pairs
        if is_namesake(called.get(person, ""), surnames.get(pupil, ""))
    }
