"""Reads an upload and keeps the plan of what it would change."""

from __future__ import annotations

import hashlib
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from access.errors import Refused
from access.models import User
from access.typed import tidy
from audit.actions import record
from audit.grounds import Ground
from students.models import RosterImport, RosterProgress, School
from students.roster import events, state
from students.roster.holding import must_import_at
from students.roster.lines import log_keys_of, pupil_keys_of, store_lines
from students.roster.plan import Plan
from students.roster.plan_parents import plan_parents
from students.roster.plan_pupils import plan_roster
from students.roster.problems import BrokenFile, refusal
from students.roster.reading import kind_of, read_upload
from students.roster.records import ParentsFile, RosterFile


@transaction.atomic
def read_roster(*, school: School, data: bytes, source: str, by: User, on: date) -> RosterImport:
    """Reads an upload and keeps the plan of what it would change; nothing of it is done yet.

    A file that cannot be read is kept as its hash and its problems, without any line.
    """
    must_import_at(school, by, on=on)
    source = tidy(source)
    if not source or len(source) > 64:
        raise Refused(_("Say which system the file comes from, in at most 64 characters."))
    roster_import = RosterImport(
        school=school,
        source=source,
        kind=RosterImport.Kind.PARENTS,
        file_hash=hashlib.sha256(data).hexdigest(),
        file_size=len(data),
        read_by=by,
    )
    try:
        roster_import.kind = RosterImport.Kind(kind_of(data))
        file = read_upload(data, on=on)
        if isinstance(file, RosterFile):
            _must_be_of(file, school)
            plan = _planned_roster(roster_import, file, on=on)
        else:
            plan = _planned_parents(roster_import, file, by=by, on=on)
    except BrokenFile as broken:
        return _keep_problems(roster_import, broken, by=by)
    return _keep_plan(roster_import, plan, by=by)


def _must_be_of(file: RosterFile, school: School) -> None:
    brin = file.school.brin
    if brin and brin[:4] != school.brin[:4]:
        raise refusal("other_school", brin=brin)


def _planned_roster(roster_import: RosterImport, file: RosterFile, *, on: date) -> Plan:
    school = roster_import.school
    year = state.year_named(school, file.school.school_year, on=on)
    roster_import.school_year = file.school.school_year or (year.name if year else "")
    known = state.known_school(school, year, source=roster_import.source, on=on)
    return plan_roster(file, known, on=on)


def _planned_parents(roster_import: RosterImport, file: ParentsFile, *, by: User, on: date) -> Plan:
    known = state.known_families(roster_import.school, source=roster_import.source, by=by, on=on)
    return plan_parents(file, known)


def _keep_problems(roster_import: RosterImport, broken: BrokenFile, *, by: User) -> RosterImport:
    roster_import.state = RosterImport.State.BROKEN
    roster_import.problems = [one.as_json() for one in broken.problems]
    roster_import.problem_count = broken.total
    roster_import.save(force_insert=True)
    record(
        events.ROSTER_NOT_READ,
        by=by,
        unit=roster_import.school_id,
        target=roster_import,
        ground=Ground.ADMINISTRATION,
        detail={"file": roster_import.file_hash, "problems": broken.total},
    )
    return roster_import


def _keep_plan(roster_import: RosterImport, plan: Plan, *, by: User) -> RosterImport:
    roster_import.counts = plan.counts()
    roster_import.dropped = dict(plan.dropped)
    roster_import.unchanged = plan.unchanged
    roster_import.fingerprint = state.fingerprint(roster_import.school, roster_import.kind)
    roster_import.save(force_insert=True)
    RosterProgress.objects.create(roster_import=roster_import)
    store_lines(roster_import, plan.lines)
    record(
        events.ROSTER_READ,
        by=by,
        subjects=log_keys_of(pupil_keys_of(plan.lines)),
        unit=roster_import.school_id,
        target=roster_import,
        ground=Ground.ADMINISTRATION,
        detail={"file": roster_import.file_hash, "counts": roster_import.counts},
    )
    return roster_import
