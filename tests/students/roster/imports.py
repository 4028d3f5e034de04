"""Takes an upload through the actions, the way a page or the command does."""

from __future__ import annotations

from datetime import date

from access.acting import acting_as
from access.models import User
from students.models import RosterImport, RosterLine, School
from students.roster import actions
from students.roster.plan import ANSWERS_TO, Answer, Change

SOURCE = "parnassys"


def read(school: School, data: bytes, *, by: User, on: date, source: str = SOURCE) -> RosterImport:
    """Reads a file and gives the plan as stored."""
    with acting_as(by, on=on):
        made = actions.read_roster(school=school, data=data, source=source, by=by, on=on)
    return RosterImport.objects.get(pk=made.pk)


def answer_everything(roster_import: RosterImport, *, by: User, on: date) -> None:
    """New for the doubtful, still here for the missing."""
    for line in RosterLine.objects.filter(
        roster_import=roster_import, change__in=ANSWERS_TO, answer=""
    ):
        answer = Answer.NEW if line.change == Change.DOUBTFUL else Answer.STILL_HERE
        with acting_as(by, on=on):
            actions.decide(line=line, answer=answer, by=by, on=on)


def approve(roster_import: RosterImport, *, by: User, on: date) -> None:
    """Approves a plan."""
    with acting_as(by, on=on):
        actions.approve_import(roster_import=roster_import, by=by, on=on)


def apply(roster_import: RosterImport, *, by: User, on: date) -> RosterImport:
    """Applies an approved plan."""
    with acting_as(by, on=on):
        return actions.apply_import(import_id=roster_import.pk, by=by, on=on)


def run(school: School, data: bytes, *, by: User, on: date, source: str = SOURCE) -> RosterImport:
    """Reads, answers, approves and applies."""
    made = read(school, data, by=by, on=on, source=source)
    answer_everything(made, by=by, on=on)
    approve(made, by=by, on=on)
    return apply(made, by=by, on=on)
