"""Whose reports somebody reads, and the numbers: one pass over the school's rows of the period."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet

from access.models import User
from access.permissions import Permission
from access.visibility import visibility_of
from audit import subjects
from oversight.models import SignedReport
from oversight.queries.findings import open_findings_visible_to
from oversight.rules.reports import (
    LOOKS,
    NOT_THE_SCHOOL,
    ZONE,
    Group,
    Numbers,
    OpenFinding,
    Period,
    Said,
    added_up,
)
from students.models import School

# The bounds stand there as values, so that the months outside them are not even opened.
_NUMBERS = """
with here as materialized (
    select "timestamp" at time zone %(zone)s as moment, actor_role as role, ground,
           actor_id as person, action, outcome, subjects,
           case when outcome = 'refused' then additional_data ->> 'page' end as page,
           case when outcome = 'refused' then 'refused'
                when outcome = 'success' and event = any(%(looks)s) and ground <> %(own)s
                     and subjects <> '{}' and actor_id is not null then 'look'
                else 'other' end as kind
    from audit_logentry
    where unit = %(school)s and "timestamp" >= %(begins)s and "timestamp" < %(ends)s
)
select case grouping(day, hour, ground, person, page, action)
            when 31 then 'day' when 47 then 'hour' when 55 then 'ground'
            when 59 then 'person' when 61 then 'page' else 'kind' end,
       kind, day, hour, role, ground, person, page, action, outcome, count(*)
from (select *, moment::date as day, extract(hour from moment)::integer as hour from here) as each
group by grouping sets (
    (kind, day), (kind, hour), (kind, role, ground), (kind, person, role), (kind, page),
    (action, outcome))
union all
select 'dossier', 'look', null, null, null, null, person, subject::text, null, null, count(*)
from here, unnest(subjects) as subject
where kind = 'look'
group by person, subject
"""
_SINCE = """
select school, (select min(l."timestamp") from audit_logentry l where l.unit = school)
from unnest(%s::uuid[]) as school
"""


@visibility_of(lambda: School.objects.select_related("unit", "board__unit"))
def schools_reported_to(rows: QuerySet[School], user: User, day: date) -> QuerySet[School]:
    """Schools whose reports `user` reads: their own, or all of the board they supervise."""
    units = user.units_with(Permission.READ_REPORTS, day)
    return rows.filter(Q(pk__in=units) | Q(board__in=units))


@visibility_of(lambda: SignedReport.objects.select_related("school__unit", "signed_by"))
def signed_reports_visible_to(
    rows: QuerySet[SignedReport], user: User, day: date
) -> QuerySet[SignedReport]:
    """Signed reports of the schools whose reports `user` reads."""
    return rows.filter(school__in=schools_reported_to(user, on=day).values("pk"))


def schools_signed_by(user: User, *, on: date) -> QuerySet[School]:
    """Schools whose reports `user` signs."""
    units = user.units_with(Permission.SIGN_REPORT, on)
    return schools_reported_to(user, on=on).filter(pk__in=units)


def numbers_for(user: User, school: School, period: Period) -> Numbers:
    """What the log says of a school, for this reader: a dossier of their own child is not listed.

    The school comes from `schools_reported_to`. One statement, whatever the period.
    """
    return added_up(_groups(school.pk, period), period, without=subjects.own_children(user))


def said_about(user: User, school: School, period: Period, *, on: date) -> Said:
    """What a report says to this reader: the numbers of the log, and what waits to be judged."""
    return Said(numbers_for(user, school, period), _open_findings(user, school, period, on))


def _open_findings(user: User, school: School, period: Period, on: date) -> tuple[OpenFinding, ...]:
    rows = open_findings_visible_to(user, on=on).filter(
        unit=school.pk, day__gte=period.first, day__lte=period.last
    )
    found = rows.order_by("day", "rule", "pk").values_list("rule", "day", "severity")
    return tuple(OpenFinding(*one) for one in found)


def _groups(school: uuid.UUID, period: Period) -> Iterator[Group]:
    """The groups that the database counted, each named by what it counts by."""
    with connection.cursor() as cursor:
        cursor.execute(
            _NUMBERS,
            {
                "zone": ZONE.key,
                "looks": list(LOOKS),
                "own": NOT_THE_SCHOOL,
                "school": school,
                "begins": period.begins,
                "ends": period.ends,
            },
        )
        for row in cursor.fetchall():
            group = _group(row)
            if group is not None:
                yield group


def _group(row: tuple[Any, ...]) -> Group | None:
    """One row of the answer; none when it counts what no report shows."""
    of, kind, day, hour, role, ground, person, page, action, outcome, number = row
    if of == "kind":
        return Group("kind", (action, outcome), number)
    if of == "dossier":
        return Group("dossier", (uuid.UUID(page), person), number)
    if kind == "look" and of != "page":
        by = {"day": (day,), "hour": (hour,), "ground": (role, ground), "person": (person, role)}
        return Group(of, by[of], number)
    if kind == "refused" and of == "person":
        return Group("refused", (person, role), number)
    if kind == "refused" and of == "page":
        return Group("page", (page or "",), number)
    return None


def names_of_people(keys: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    """What people in a report are called now; the log of that school has their names too."""
    return dict(User.objects.filter(pk__in=set(keys)).values_list("pk", "name"))


def log_begins(schools: Iterable[School]) -> dict[uuid.UUID, date]:
    """On which day the log of each of these schools begins; a school without a row is left out."""
    with connection.cursor() as cursor:
        cursor.execute(_SINCE, [[school.pk for school in schools]])
        return {key: first.astimezone(ZONE).date() for key, first in cursor.fetchall() if first}
