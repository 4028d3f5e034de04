"""Keeps a person's answers to what a plan asks."""

from __future__ import annotations

import uuid
from collections import Counter
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from access.errors import Refused
from access.models import User
from audit.actions import record
from audit.grounds import Ground
from students.models import Enrolment, Pupil, RosterImport, RosterLine
from students.roster import events
from students.roster.holding import hold_planned
from students.roster.lines import log_keys_of
from students.roster.plan import ANSWERS_TO, Answer, Change, Subject


@transaction.atomic
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
    roster_import = hold_planned(line.roster_import_id, by=by, on=on)
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


@transaction.atomic
def decide_single_candidates(*, roster_import: RosterImport, by: User, on: date) -> int:
    """Answers "the same person" wherever one pupil alone has this name and date of birth.

    For a school that changed systems: every key is new, and a person looked at the list. Who has
    no date of birth, here or in the file, stays a question.
    """
    roster_import = hold_planned(roster_import.pk, by=by, on=on)
    decided = _clear_cases(roster_import)
    for line in decided:
        line.answer, line.candidate = Answer.SAME, line.candidates[0]
        line.decided_by, line.decided_at = by, timezone.now()
    RosterLine.objects.bulk_update(
        decided, ["answer", "candidate", "decided_by", "decided_at"], batch_size=500
    )
    _record_decisions(roster_import, decided, by=by)
    return len(decided)


def _clear_cases(roster_import: RosterImport) -> list[RosterLine]:
    """Open questions about another key, with one candidate whom no other line is about."""
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
    born = {
        str(key): day.isoformat() if day else None
        for key, day in Pupil.objects.filter(pk__in=shown).values_list("pk", "birth_date")
    }
    return [
        line
        for line in single
        if shown[line.candidates[0]] == 1
        and line.candidates[0] not in taken
        and line.after["birth_date"]
        and line.after["birth_date"] == born.get(line.candidates[0])
    ]


@transaction.atomic
def answer_all_missing(*, roster_import: RosterImport, answer: Answer, by: User, on: date) -> int:
    """Gives one answer for every missing pupil nobody answered for: still here, or ask later."""
    if answer not in (Answer.STILL_HERE, Answer.ASK_LATER):
        raise Refused(_("Who left is answered one by one, each with a date."))
    roster_import = hold_planned(roster_import.pk, by=by, on=on)
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
