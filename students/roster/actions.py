"""Reads, decides, approves, applies and cancels a roster import; each one event in the log."""

from __future__ import annotations

import hashlib
import uuid
from collections import Counter
from collections.abc import Iterable
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from access.errors import NotAllowed, Refused
from access.models import User
from access.permissions import Permission
from audit.actions import record
from audit.grounds import Ground
from students.models import Enrolment, Pupil, RosterImport, RosterLine, RosterProgress, School
from students.roster import events, state
from students.roster.lines import pupil_keys_of, store_lines
from students.roster.plan import ANSWERS_TO, Answer, Change, Plan, Subject
from students.roster.plan_parents import plan_parents
from students.roster.plan_pupils import plan_roster
from students.roster.problems import BrokenFile, refusal
from students.roster.reading import kind_of, read_upload
from students.roster.records import ParentsFile, RosterFile

State = RosterImport.State


def must_import_at(school: School, by: User, *, on: date) -> None:
    """Raises NotAllowed unless `by` may import the roster of this school today."""
    units = by.units_with(Permission.IMPORT_ROSTER, on)
    if school.pk not in units and school.board_id not in units:
        raise NotAllowed("no import at this school")


def read_roster(*, school: School, data: bytes, source: str, by: User, on: date) -> RosterImport:
    """Reads an upload and keeps the plan of what it would change; nothing of it is done yet.

    A file that cannot be read is kept as its hash and its problems, without any line.
    """
    must_import_at(school, by, on=on)
    source = " ".join(source.split())
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
            plan = _planned_parents(roster_import, file)
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


def _planned_parents(roster_import: RosterImport, file: ParentsFile) -> Plan:
    known = state.known_families(roster_import.school, source=roster_import.source)
    return plan_parents(file, known)


def _keep_problems(roster_import: RosterImport, broken: BrokenFile, *, by: User) -> RosterImport:
    roster_import.state = State.BROKEN
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


def log_keys_of(pupil_ids: Iterable[uuid.UUID]) -> list[uuid.UUID]:
    """How the log points at these pupils."""
    found = Pupil.objects.filter(pk__in=list(pupil_ids))
    return list(found.order_by("pk").values_list("log_key", flat=True))


def decide(
    *,
    line: RosterLine,
    answer: Answer,
    candidate: str = "",
    left_on: date | None = None,
    by: User,
    on: date,
) -> RosterLine:
    """Keeps a person's answer to a doubtful or missing line; it may be changed until approval."""
    roster_import = _planned(line.roster_import_id, by=by, on=on)
    _check_answer(line, answer, candidate, left_on)
    line.answer = answer
    line.candidate = candidate if answer is Answer.SAME else ""
    line.left_on = left_on if answer is Answer.LEFT else None
    line.decided_by = by
    line.decided_at = timezone.now()
    line.save(update_fields=["answer", "candidate", "left_on", "decided_by", "decided_at"])
    _record_decisions(roster_import, [line], by=by)
    return line


def _check_answer(line: RosterLine, answer: Answer, candidate: str, left_on: date | None) -> None:
    if answer not in ANSWERS_TO.get(Change(line.change), ()):
        raise Refused(_("This answer does not fit the question."))
    if answer is Answer.SAME:
        if candidate not in line.candidates:
            raise Refused(_("Choose one of the people shown."))
        taken = RosterLine.objects.filter(
            roster_import_id=line.roster_import_id, answer=Answer.SAME, candidate=candidate
        ).exclude(pk=line.pk)
        if line.subject == Subject.PUPIL and taken.exists():
            raise Refused(_("Another line of this file is already this pupil."))
    if answer is Answer.LEFT:
        if left_on is None:
            raise Refused(_("Fill in the last day at school."))
        stay = Enrolment.objects.filter(
            pupil_id=line.target, school=line.roster_import.school
        ).latest("starts_on")
        if left_on < stay.starts_on:
            raise Refused(_("The last day at school lies before the day of enrolment."))


def decide_single_candidates(*, roster_import: RosterImport, by: User, on: date) -> int:
    """Answers "the same person" wherever exactly one person is shown and nobody chose yet.

    For a school that changed systems: every key is new, and a person looked at the list.
    """
    roster_import = _planned(roster_import.pk, by=by, on=on)
    open_lines = RosterLine.objects.filter(
        roster_import=roster_import,
        change=Change.DOUBTFUL,
        subject=Subject.PUPIL,
        doubt="other_key",
        answer="",
    )
    single = [line for line in open_lines if len(line.candidates) == 1]
    shown = Counter(line.candidates[0] for line in single)
    taken = set(
        RosterLine.objects.filter(roster_import=roster_import, answer=Answer.SAME).values_list(
            "candidate", flat=True
        )
    )
    decided = [
        line
        for line in single
        if shown[line.candidates[0]] == 1 and line.candidates[0] not in taken
    ]
    for line in decided:
        line.answer, line.candidate = Answer.SAME, line.candidates[0]
        line.decided_by, line.decided_at = by, timezone.now()
    RosterLine.objects.bulk_update(
        decided, ["answer", "candidate", "decided_by", "decided_at"], batch_size=500
    )
    _record_decisions(roster_import, decided, by=by)
    return len(decided)


def answer_all_missing(*, roster_import: RosterImport, answer: Answer, by: User, on: date) -> int:
    """Gives one answer for every missing pupil nobody answered for: still here, or ask later."""
    if answer not in (Answer.STILL_HERE, Answer.ASK_LATER):
        raise Refused(_("Who left is answered one by one, each with a date."))
    roster_import = _planned(roster_import.pk, by=by, on=on)
    lines = list(
        RosterLine.objects.filter(roster_import=roster_import, change=Change.MISSING, answer="")
    )
    RosterLine.objects.filter(pk__in=[line.pk for line in lines]).update(
        answer=answer, decided_by=by, decided_at=timezone.now()
    )
    _record_decisions(roster_import, lines, by=by)
    return len(lines)


def _record_decisions(roster_import: RosterImport, lines: list[RosterLine], *, by: User) -> None:
    keys = [key for line in lines for key in (line.target, *line.candidates)]
    pupils = {uuid.UUID(key) for key in keys if key and not key.startswith("line:")}
    record(
        events.ROSTER_DECIDED,
        by=by,
        subjects=log_keys_of(pupils),
        unit=roster_import.school_id,
        target=roster_import,
        ground=Ground.ADMINISTRATION,
        detail={"lines": len(lines), "answers": dict(Counter(str(one.answer) for one in lines))},
    )


def approve_import(*, roster_import: RosterImport, by: User, on: date) -> RosterImport:
    """Says that the plan may be done, once every question has an answer."""
    roster_import = _planned(roster_import.pk, by=by, on=on)
    if open_questions(roster_import):
        raise Refused(_("Some lines still wait for an answer."))
    must_be_fresh(roster_import)
    roster_import.state = State.APPROVED
    roster_import.approved_by = by
    roster_import.approved_at = timezone.now()
    roster_import.save(update_fields=["state", "approved_by", "approved_at"])
    record(
        events.ROSTER_APPROVED,
        by=by,
        unit=roster_import.school_id,
        target=roster_import,
        ground=Ground.ADMINISTRATION,
        detail={"counts": roster_import.counts},
    )
    return roster_import


def open_questions(roster_import: RosterImport) -> int:
    """How many lines wait for an answer."""
    return RosterLine.objects.filter(
        roster_import=roster_import, change__in=ANSWERS_TO, answer=""
    ).count()


def must_be_fresh(roster_import: RosterImport) -> None:
    """Raises Refused when something changed since the plan was made."""
    if state.fingerprint(roster_import.school, roster_import.kind) != roster_import.fingerprint:
        raise Refused(
            _("Pupils, groups or parents changed after this plan was made. Read the file again.")
        )


def cancel_import(*, roster_import: RosterImport, by: User, on: date) -> RosterImport:
    """Throws the plan away; the import stays in the list with its hash and counts."""
    must_import_at(roster_import.school, by, on=on)
    locked = RosterImport.objects.select_for_update(of=("self",)).get(pk=roster_import.pk)
    if not locked.is_open:
        raise Refused(_("This import is already closed."))
    locked.state = State.CANCELLED
    locked.cancelled_by = by
    locked.cancelled_at = timezone.now()
    locked.save(update_fields=["state", "cancelled_by", "cancelled_at"])
    RosterLine.objects.filter(roster_import=locked).delete()
    record(
        events.ROSTER_CANCELLED,
        by=by,
        unit=locked.school_id,
        target=locked,
        ground=Ground.ADMINISTRATION,
    )
    return locked


def _planned(import_id: uuid.UUID, *, by: User, on: date) -> RosterImport:
    """The import, locked, if it still waits and `by` may decide on it."""
    found = (
        RosterImport.objects.select_for_update(of=("self",))
        .select_related("school")
        .get(pk=import_id)
    )
    must_import_at(found.school, by, on=on)
    if found.state != State.PLANNED:
        raise Refused(_("This plan can no longer be changed."))
    return found
