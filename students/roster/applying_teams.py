"""Does what a plan says about locations, groups and proposed counsellors."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping

from django.db import connection

from students.models import CounsellorProposal, Group, RosterImport, School, SchoolYear
from students.roster.plan import Change, Line, texts

_ADD_LOCATION = """
insert into students_location (id, school_id, name, source_key)
values (gen_random_uuid(), %s, %s, %s)
on conflict on constraint one_location_per_name do update set source_key = excluded.source_key
"""
_ADD_PROPOSAL = """
insert into students_counsellorproposal as here
    (id, school_id, school_year_id, group_id, source, teacher_key, name, roles, state, proposed_at)
values (gen_random_uuid(), %s, %s, %s, %s, %s, %s, %s, 'proposed', now())
on conflict on constraint a_teacher_is_proposed_once_per_group do update
set name = excluded.name, roles = excluded.roles,
    state = case when here.state = 'lapsed' or here.roles <> excluded.roles
        then 'proposed' else here.state end,
    user_id = case when here.roles = excluded.roles then here.user_id end,
    decided_by_id = case when here.roles = excluded.roles then here.decided_by_id end,
    decided_at = case when here.roles = excluded.roles then here.decided_at end
"""


def apply_locations(school: School, lines: Iterable[Line]) -> None:
    """New and renamed locations; one that was made by hand with that name gets the key."""
    with connection.cursor() as cursor:
        for line in lines:
            if line.change is Change.CHANGED:
                cursor.execute(
                    "update students_location set name = %s where school_id = %s"
                    " and source_key = %s",
                    [line.after["name"], school.pk, line.key],
                )
            else:
                cursor.execute(_ADD_LOCATION, [school.pk, line.after["name"], line.key])


def apply_groups(school: School, year: SchoolYear, lines: Iterable[Line]) -> None:
    """New and changed groups of the school year; a group made by hand with that name is taken."""
    by_hand = {
        group.name: group
        for group in Group.objects.filter(school=school, school_year=year, source_key="")
    }
    by_key = {
        group.source_key: group
        for group in Group.objects.filter(school=school, school_year=year).exclude(source_key="")
    }
    for line in lines:
        group = by_key.get(line.key) or by_hand.pop(str(line.after.get("name")), None)
        is_new = group is None
        group = group or Group(school=school, school_year=year)
        group.source_key = line.key
        for name, value in line.after.items():
            setattr(group, name, value)
        group.save(update_fields=None if is_new else ["source_key", *line.after])


def apply_proposals(
    roster_import: RosterImport,
    year: SchoolYear,
    groups: Mapping[str, uuid.UUID],
    lines: Iterable[Line],
) -> None:
    """Proposes; what a director decided stays unless the roles in the file changed."""
    with connection.cursor() as cursor:
        for line in lines:
            group_key = str((line.after or line.before)["group_key"])
            group = groups.get(group_key)
            if group_key and group is None:
                continue
            if line.change is Change.LEFT:
                CounsellorProposal.objects.filter(
                    school=roster_import.school,
                    school_year=year,
                    source=roster_import.source,
                    teacher_key=line.key,
                    group=group,
                ).update(state=CounsellorProposal.State.LAPSED)
                continue
            cursor.execute(
                _ADD_PROPOSAL,
                [
                    roster_import.school_id,
                    year.pk,
                    group,
                    roster_import.source,
                    line.key,
                    line.after["name"],
                    json.dumps(texts(line.after["roles"])),
                ],
            )
