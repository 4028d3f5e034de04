"""Applies an approved import: everything in one transaction, or nothing."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from access.errors import Overtaken, Refused
from access.models import User
from audit.actions import record
from audit.grounds import Ground
from students.enrolment import Missing, tell_missing, who_goes
from students.models import Pupil, RosterImport, RosterLine, School, SchoolYear
from students.roster import events, state
from students.roster.applying import Applied, RosterWork
from students.roster.applying_parents import ParentsWork
from students.roster.holding import must_be_fresh, must_import_at
from students.roster.lines import stored_lines
from students.roster.plan import ANSWERS_TO, Change, Decision, Line, Subject
from students.roster.problems import MOST_KEPT, Problem
from students.roster.progress import Progress, progress_of
from students.roster.settling import settle_parents, settle_roster

_STAYS = {"starts_on", "left_on"}  # what of a line begins or ends a stay


@transaction.atomic
def apply_import(*, import_id: uuid.UUID, by: User, on: date) -> RosterImport:
    """Does what was approved. Of two at once for one school, one wins and the other is told."""
    roster_import = RosterImport.objects.select_related("school").get(pk=import_id)
    must_import_at(roster_import.school, by, on=on)
    if not state.try_lock(roster_import.school):
        raise Overtaken(
            _("Another import of this school is being applied. Look at it first, then read again.")
        )
    roster_import = (
        RosterImport.objects.select_for_update(of=("self",))
        .select_related("school")
        .get(pk=import_id)
    )
    if roster_import.state != RosterImport.State.APPROVED:
        raise Refused(_("Only an approved import can be applied, and only once."))
    must_be_fresh(roster_import)
    with progress_of(roster_import) as progress:
        progress.step("lines", 0, 0, at_once=True)
        applied = _apply(roster_import, by=by, on=on, progress=progress)
        progress.step("closing", 1, 1, at_once=True)
        return _close(roster_import, applied, by=by)


def _apply(roster_import: RosterImport, *, by: User, on: date, progress: Progress) -> Applied:
    lines, decisions = _lines_and_decisions(roster_import)
    if roster_import.kind == RosterImport.Kind.PARENTS:
        parents = _settled_parents(roster_import, lines, decisions, by=by, on=on)
        return ParentsWork(roster_import, by=by, on=on, progress=progress).apply(parents)
    year = _school_year(roster_import.school, roster_import.school_year, on=on)
    pupils = list(_settled_pupils(roster_import, year, lines, decisions, on=on))
    going = _who_goes(roster_import, pupils)
    if going:
        _leave_out(roster_import, going, lines, decisions)
        pupils = [line for line in pupils if not _is_about(line, going)]
    applied = RosterWork(roster_import, year, on=on, progress=progress).apply(pupils)
    tell_missing(_missing(roster_import, lines, decisions), on=on)
    return applied


def _who_goes(roster_import: RosterImport, lines: list[Line]) -> set[str]:
    """The keys of pupils whose records are being destroyed, and whose stay would change."""
    stays = {line.target for line in lines if line.target and _is_of_a_stay(line)}
    locked = Pupil.objects.select_for_update(no_key=True).filter(pk__in=stays).order_by("pk")
    pupils = list(locked.values_list("pk", flat=True))
    return {str(key) for key in who_goes(pupils, school=roster_import.school_id)}


def _is_of_a_stay(line: Line) -> bool:
    return line.subject is Subject.PUPIL and not _STAYS.isdisjoint(line.after)


def _is_about(line: Line, pupils: set[str]) -> bool:
    return line.subject is Subject.PUPIL and line.target in pupils


def _leave_out(
    roster_import: RosterImport,
    going: set[str],
    lines: list[Line],
    decisions: dict[int, Decision],
) -> None:
    """Names each of them in the result, which counts what is done and not what was planned."""
    recognised = {place for place, one in decisions.items() if one.candidate in going}
    theirs = [
        line for place, line in enumerate(lines) if _is_about(line, going) or place in recognised
    ]
    counts = Counter(roster_import.counts)
    counts.subtract(f"{line.subject}.{line.change}" for line in theirs)
    roster_import.counts = {key: number for key, number in counts.items() if number > 0}
    named = dict.fromkeys((line.line, line.key) for line in theirs)
    found = [Problem("being_destroyed", number, key) for number, key in named]
    roster_import.problems = [one.as_json() for one in found[:MOST_KEPT]]
    roster_import.problem_count = len(going)


def _missing(
    roster_import: RosterImport, lines: list[Line], decisions: dict[int, Decision]
) -> Missing:
    """Who is not in the file, but for those a person recognised in a doubtful line."""
    absent = {line.target for line in lines if line.change is Change.MISSING}
    there = {str(decision.candidate) for decision in decisions.values() if decision.candidate}
    pupils = frozenset(uuid.UUID(key) for key in absent - there)
    return Missing(roster_import.school_id, roster_import.source, pupils)


def _lines_and_decisions(
    roster_import: RosterImport,
) -> tuple[list[Line], dict[int, Decision]]:
    lines: list[Line] = []
    decisions: dict[int, Decision] = {}
    for place, (line, decision) in enumerate(stored_lines(roster_import)):
        lines.append(line)
        if decision is not None:
            decisions[place] = decision
    return lines, decisions


def _settled_pupils(
    roster_import: RosterImport,
    year: SchoolYear | None,
    lines: list[Line],
    decisions: dict[int, Decision],
    *,
    on: date,
) -> Iterator[Line]:
    """The lines to do; who is here is only looked up when there was a question."""
    source = roster_import.source
    pupils = {}
    if any(line.change in ANSWERS_TO for line in lines):
        known = state.known_pupils(roster_import.school, year, source=source, on=on)
        pupils = {pupil.id: pupil for pupil in known}
    return settle_roster(lines, decisions, pupils, source=source, on=on)


def _settled_parents(
    roster_import: RosterImport,
    lines: list[Line],
    decisions: dict[int, Decision],
    *,
    by: User,
    on: date,
) -> Iterator[Line]:
    """The lines to do; a link goes to whom a person chose."""
    known = state.known_families(roster_import.school, source=roster_import.source, by=by, on=on)
    return settle_parents(
        lines,
        decisions,
        {parent.id: parent for parent in known.parents},
        {(link.parent_id, link.pupil_id): link for link in known.links},
        known.withdrawn,
        source=roster_import.source,
    )


def _school_year(school: School, name: str, *, on: date) -> SchoolYear:
    """The year of the file; made from 1 August to 31 July when the board has none of that name."""
    found = state.year_named(school, name, on=on)
    if found is not None:
        return found
    first = int(name[:4]) if name else (on.year if on.month >= 8 else on.year - 1)
    starts_on = date(first, 8, 1)
    return SchoolYear.objects.create(
        board_id=school.board_id,
        name=f"{first}-{first + 1}",
        starts_on=starts_on,
        ends_on=date(first + 1, 8, 1) - timedelta(days=1),
    )


def _close(roster_import: RosterImport, applied: Applied, *, by: User) -> RosterImport:
    roster_import.state = RosterImport.State.APPLIED
    roster_import.applied_at = timezone.now()
    roster_import.save(update_fields=["state", "applied_at", "counts", "problems", "problem_count"])
    RosterLine.objects.filter(roster_import=roster_import).delete()
    record(
        events.ROSTER_APPLIED,
        by=by,
        subjects=applied.subjects,
        unit=roster_import.school_id,
        target=roster_import,
        changed=applied.changed,
        ground=Ground.ADMINISTRATION,
        detail={"file": roster_import.file_hash, "counts": roster_import.counts},
    )
    return roster_import
