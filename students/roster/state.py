"""What the school has now, read from the database in a few queries, whatever its size."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from django.db import connection

from access.models import User
from access.roles import ROLES
from students.models import (
    CounsellorProposal,
    Group,
    Location,
    Parenthood,
    RosterImport,
    School,
    SchoolYear,
)
from students.roster.known import (
    KnownFamilies,
    KnownGroup,
    KnownLink,
    KnownParent,
    KnownProposal,
    KnownPupil,
    KnownSchool,
)

_PUPILS = """
with stay as (
    select distinct on (pupil_id) id, pupil_id, location_id, starts_on, ends_on,
        lag(ends_on) over (partition by pupil_id order by starts_on, id) as earlier_left_on
    from students_enrolment where school_id = %(school)s
    order by pupil_id, starts_on desc, id desc
), source as (
    select distinct on (pupil_id) pupil_id, system, key
    from students_pupilsourcekey where school_id = %(school)s
    order by pupil_id, (system = %(source)s) desc, id desc
), place as (
    select m.enrolment_id,
        max(g.source_key) filter (where not g.is_combined) as base,
        array_agg(distinct g.source_key) filter (where g.is_combined) as combined
    from students_groupmembership m join students_group g on g.id = m.group_id
    where g.school_id = %(school)s and g.school_year_id = %(year)s and g.source_key <> ''
        and coalesce(m.ends_on, 'infinity') >= %(on)s
    group by m.enrolment_id
)
select p.id::text, coalesce(source.system, ''), coalesce(source.key, ''),
    p.first_name, p.prefix, p.surname, p.birth_date,
    coalesce(place.base, ''), coalesce(place.combined, '{}'::varchar[]), coalesce(l.source_key, ''),
    stay.starts_on, stay.ends_on, stay.earlier_left_on
from stay
join students_pupil p on p.id = stay.pupil_id
left join source on source.pupil_id = p.id
left join place on place.enrolment_id = stay.id
left join students_location l on l.id = stay.location_id
order by p.sort_name, p.id
"""

_PARENTS = """
with mine as (
    select h.parent_id as id from students_parenthood h
        join students_enrolment e on e.pupil_id = h.pupil_id where e.school_id = %(school)s
    union select parent_id from students_parentsourcekey where school_id = %(school)s
), source as (
    select distinct on (parent_id) parent_id, system, key
    from students_parentsourcekey where school_id = %(school)s
    order by parent_id, (system = %(source)s) desc, id desc
)
select p.id::text, coalesce(source.system, ''), coalesce(source.key, ''),
    p.first_name, p.prefix, p.surname,
    coalesce(a.street, ''), coalesce(a.postcode, ''), coalesce(a.city, ''),
    coalesce(a.is_secret, false), coalesce(p.email, ''),
    coalesce(a.is_secret, false) and not exists (
        select from students_parenthood h join students_enrolment e on e.pupil_id = h.pupil_id
        where h.parent_id = p.id and h.withdrawn_at is null and e.school_id = %(school)s
            and coalesce(e.ends_on, 'infinity') >= %(on)s
    ),
    exists (
        select from access_membership m where m.user_id = p.user_id and m.role = any(%(staff)s)
            and coalesce(m.ends_on, 'infinity') >= %(on)s
    )
from mine join students_parent p using (id)
left join source on source.parent_id = p.id
left join students_parentaddress a on a.parent_id = p.id
order by p.sort_name, p.id
"""

_STAFF = [code for code, role in ROLES.items() if role.is_staff]

_LINKS = """
select distinct on (h.id) h.parent_id::text, h.pupil_id::text, h.relation,
    coalesce(a.value, 'unknown'), a.starts_on, coalesce(a.source, '')
from students_parenthood h
left join students_authority a on a.parenthood_id = h.id and a.ends_on is null
where h.pupil_id in (select pupil_id from students_enrolment where school_id = %(school)s)
    and (h.withdrawn_at is not null) = %(withdrawn)s
order by h.id
"""

_SUM = "coalesce(sum(hashtextextended(t::text, 0)::numeric), 0)"
_OF_SCHOOL = "select {sum} from {table} t where school_id = %(school)s"
_OF_PUPILS = (
    "select {sum} from {table} t where t.{column} in"
    " (select pupil_id from students_enrolment where school_id = %(school)s)"
)
_FINGERPRINTS = {
    RosterImport.Kind.EDEXML: (
        _OF_PUPILS.format(sum=_SUM, table="students_pupil", column="id"),
        _OF_SCHOOL.format(sum=_SUM, table="students_pupilsourcekey"),
        _OF_SCHOOL.format(sum=_SUM, table="students_enrolment"),
        _OF_SCHOOL.format(sum=_SUM, table="students_group"),
        _OF_SCHOOL.format(sum=_SUM, table="students_location"),
        _OF_SCHOOL.format(sum=_SUM, table="students_counsellorproposal"),
        (
            f"select {_SUM} from students_groupmembership t join students_group g"  # nosec B608  our own names
            " on g.id = t.group_id where g.school_id = %(school)s"
        ),
    ),
    RosterImport.Kind.PARENTS: (
        _OF_SCHOOL.format(sum=_SUM, table="students_pupilsourcekey"),
        _OF_SCHOOL.format(sum=_SUM, table="students_parentsourcekey"),
        _OF_PUPILS.format(sum=_SUM, table="students_parenthood", column="pupil_id"),
        (
            f"select {_SUM} from students_parent t where id in (select h.parent_id from"  # nosec B608  our own names
            " students_parenthood h join students_enrolment e using (pupil_id)"
            " where e.school_id = %(school)s)"
        ),
        (
            f"select {_SUM} from students_parentaddress t where parent_id in (select h.parent_id"  # nosec B608  our own names
            " from students_parenthood h join students_enrolment e using (pupil_id)"
            " where e.school_id = %(school)s)"
        ),
        (
            f"select {_SUM} from students_authority t where parenthood_id in (select h.id"  # nosec B608  our own names
            " from students_parenthood h join students_enrolment e using (pupil_id)"
            " where e.school_id = %(school)s)"
        ),
    ),
}


def _rows(sql: str, **values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


def year_named(school: School, name: str, *, on: date) -> SchoolYear | None:
    """The board's school year of this name, or the one of the day when a file names none."""
    years = SchoolYear.objects.filter(board_id=school.board_id)
    if name:
        return years.filter(name=name).first()
    return years.filter(starts_on__lte=on, ends_on__gte=on).order_by("-starts_on").first()


def known_pupils(
    school: School, year: SchoolYear | None, *, source: str, on: date
) -> tuple[KnownPupil, ...]:
    """All pupils of the school, now and earlier."""
    rows = _rows(_PUPILS, school=school.pk, year=year.pk if year else None, source=source, on=on)
    return tuple(KnownPupil(*row) for row in rows)


def known_school(school: School, year: SchoolYear | None, *, source: str, on: date) -> KnownSchool:
    """Everything an EDEXML file is compared with."""
    groups = Group.objects.filter(school=school, school_year=year).exclude(source_key="")
    proposals = (
        CounsellorProposal.objects.filter(school=school, school_year=year, source=source)
        .exclude(state=CounsellorProposal.State.LAPSED)
        .select_related("group")
    )
    return KnownSchool(
        source=source,
        pupils=known_pupils(school, year, source=source, on=on),
        groups={
            one.source_key: KnownGroup(one.source_key, one.name, one.year_group, one.is_combined)
            for one in (groups if year else ())
        },
        locations=dict(
            Location.objects.filter(school=school)
            .exclude(source_key="")
            .values_list("source_key", "name")
        ),
        proposals=tuple(
            KnownProposal(
                one.teacher_key,
                one.group.source_key if one.group else "",
                one.name,
                tuple(one.roles),
            )
            for one in (proposals if year else ())
        ),
    )


def known_families(school: School, *, source: str, by: User, on: date) -> KnownFamilies:
    """Everything a parents file is compared with, when `by` reads or applies it."""
    pupils = _rows(
        "select key, pupil_id::text from students_pupilsourcekey"
        " where school_id = %(school)s and system = %(source)s",
        school=school.pk,
        source=source,
    )
    return KnownFamilies(
        source=source,
        pupil_ids=dict(pupils),
        parents=tuple(
            KnownParent(*row)
            for row in _rows(_PARENTS, school=school.pk, source=source, on=on, staff=_STAFF)
        ),
        links=tuple(KnownLink(*row) for row in _rows(_LINKS, school=school.pk, withdrawn=False)),
        withdrawn=frozenset(
            (row[0], row[1]) for row in _rows(_LINKS, school=school.pk, withdrawn=True)
        ),
        own_children=frozenset(
            str(key)
            for key in Parenthood.objects.filter(parent__user=by).values_list("pupil", flat=True)
        ),
    )


def fingerprint(school: School, kind: str) -> str:
    """A sum over everything that a plan of this kind was compared with."""
    sums = [
        str(_rows(sql, school=school.pk)[0][0]) for sql in _FINGERPRINTS[RosterImport.Kind(kind)]
    ]
    return uuid.uuid5(uuid.NAMESPACE_OID, ":".join(sums)).hex


def try_lock(school: School) -> bool:
    """Takes the school for the rest of the transaction; false when somebody else has it."""
    number = int.from_bytes(school.pk.bytes[:8], "big", signed=True)
    return bool(_rows("select pg_try_advisory_xact_lock(%(number)s)", number=number)[0][0])
