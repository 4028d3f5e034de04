"""Which reports nobody signed yet, and the schools side by side."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import connection

from access.models import User
from access.permissions import Permission
from oversight.models import SignedReport
from oversight.queries.reports import (
    log_begins,
    schools_reported_to,
    schools_signed_by,
    signed_reports_visible_to,
)
from oversight.queries.reports_signed import standing
from oversight.rules.reports import LOOKS, NOT_THE_SCHOOL, Period, month_of, months_over
from students.models import School

_TALLY = """
select unit, count(*) filter (where outcome = 'success' and event = any(%(looks)s)
                              and ground <> %(own)s and subjects <> '{}'
                              and actor_id is not null),
       count(*) filter (where outcome = 'refused')
from audit_logentry
where unit = any(%(schools)s) and "timestamp" >= %(begins)s and "timestamp" < %(ends)s
group by unit
"""


@dataclass(frozen=True)
class Due:
    """A month that is over and whose report nobody signed."""

    school: School
    period: Period

    @property
    def since(self) -> date:
        """From which day on it can be signed."""
        return self.period.last + timedelta(days=1)


@dataclass(frozen=True)
class Month:
    """One month of one school: signed, to be signed, or still going on."""

    period: Period
    signed: SignedReport | None
    is_over: bool


@dataclass(frozen=True)
class Side:
    """One school beside the others: a month's numbers, who signed, what waits."""

    school: School
    looks: int
    refused: int
    signed: SignedReport | None
    is_due: bool  # whether this very month waits; a school whose log began later has none
    due: Sequence[Due]


def months_of(user: User, school: School, *, on: date) -> list[Month]:
    """The months of a school since its log began, the one going on first."""
    since = log_begins([school]).get(school.pk)
    if since is None:
        return []
    rows = signed_reports_visible_to(user, on=on).filter(school=school)
    signed = {report.first_day: report for report in standing(rows)}
    going_on = Month(month_of(on), None, is_over=False)
    over = (Month(p, signed.get(p.first), is_over=True) for p in months_over(since, on=on))
    return [going_on, *over]


def reports_due(user: User, *, on: date) -> list[Due]:
    """What waits to be signed, the oldest first: of the schools whose reports `user` signs."""
    if not user.memberships_with(Permission.SIGN_REPORT, on):
        return []
    schools = list(schools_signed_by(user, on=on).order_by("unit__name"))
    due = _due_of(user, schools, on)
    return sorted((one for all_ in due.values() for one in all_), key=lambda one: one.since)


def _due_of(user: User, schools: Sequence[School], on: date) -> dict[uuid.UUID, list[Due]]:
    """By school the months that nobody signed, the newest first."""
    begins = log_begins(schools)
    rows = signed_reports_visible_to(user, on=on).filter(school__in=[s.pk for s in schools])
    signed = {(report.school_id, report.first_day) for report in standing(rows)}
    return {
        school.pk: [
            Due(school, period)
            for period in months_over(begins.get(school.pk), on=on)
            if (school.pk, period.first) not in signed
        ]
        for school in schools
    }


def side_by_side(user: User, period: Period, *, on: date) -> list[Side]:
    """All schools whose reports `user` reads: the numbers of one month, and what waits."""
    schools = list(schools_reported_to(user, on=on).order_by("unit__name"))
    rows = signed_reports_visible_to(user, on=on).filter(first_day=period.first)
    signed = {report.school_id: report for report in standing(rows)}
    counted = _tallies([s.pk for s in schools if s.pk not in signed], period)
    due = _due_of(user, schools, on)
    sides = []
    for school in schools:
        report = signed.get(school.pk)
        looks, refused = (
            (report.looks, report.refused) if report else counted.get(school.pk, (0, 0))
        )
        waits = due[school.pk]
        is_due = any(one.period == period for one in waits)
        sides.append(Side(school, looks, refused, report, is_due, waits))
    return sides


def _tallies(schools: list[uuid.UUID], period: Period) -> dict[uuid.UUID, tuple[int, int]]:
    """Looks and refusals of each school, in one pass over the rows of the month."""
    with connection.cursor() as cursor:
        cursor.execute(
            _TALLY,
            {
                "looks": list(LOOKS),
                "own": NOT_THE_SCHOOL,
                "schools": schools,
                "begins": period.begins,
                "ends": period.ends,
            },
        )
        return {unit: (looks, refused) for unit, looks, refused in cursor.fetchall()}
