"""Pupils who left some years ago, with what a school wrote about them while they were there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta

from access.acting import acting_as
from access.models import User
from demo.dossiers import part_of
from demo.files import PLAN
from demo.people import FIRST_SCHOOL
from demo.texts import NOTES
from dossiers.actions.agreements import AgreementText, make_agreement
from dossiers.actions.assignments import assign
from dossiers.actions.files import Sent, add_file
from dossiers.actions.notes import NoteText, write_note
from dossiers.kinds import AssignmentKind
from dossiers.models import Dossier
from retention.rules import anniversary
from students.actions.enrolments import record_leaving
from students.actions.pupils import PupilData, enrol_pupil
from students.models import Pupil, School
from students.seen import of_enrolments

_WEEK = timedelta(days=7)
_WRITTEN = (NOTES[0], NOTES[1], NOTES[4])
_AGREED = "Twee keer per week samen lezen; school stuurt de boeken mee.", "beide ouders"


class Leavers:
    """Enrols a pupil, lets somebody write about the pupil, and lets the pupil leave."""

    def __init__(self, today: date, user: Callable[[str], User]) -> None:
        self.today = today
        self.user = user

    def leave(self, school: School, first: str, prefix: str, surname: str, day: date) -> Pupil:
        """A pupil who was at school for five years, and left on that day."""
        data = PupilData(first, prefix, surname, anniversary(day, -12) + _WEEK)
        with self._acting("greet") as by:
            pupil = enrol_pupil(
                school=school, data=data, starts_on=anniversary(day, -5), by=by, on=self.today
            )
        self._write_about(pupil, school, day)
        with self._acting("greet") as by:
            record_leaving(
                enrolment=pupil.enrolments.select_related("pupil", "school").get(),
                last_day=day,
                seen_before=of_enrolments(pupil),
                by=by,
                on=self.today,
            )
        return pupil

    def _write_about(self, pupil: Pupil, school: School, day: date) -> None:
        """Some notes, an agreement and a file, by who is assigned to the pupil."""
        is_first = school.unit.name == FIRST_SCHOOL
        dossier = Dossier.objects.select_related("pupil", "school").get(pupil=pupil)
        with self._acting("karin" if is_first else "samira") as keeper:
            assign(
                dossier=dossier,
                user=self.user("hanna" if is_first else "tom"),
                kind=AssignmentKind.COUNSELLOR,
                starts_on=self.today,
                ends_on=None,
                reason="schreef over deze leerling",
                by=keeper,
                on=self.today,
            )
        with self._acting("hanna" if is_first else "tom") as by:
            for n, (part, title, facts, opinion) in enumerate(_WRITTEN):
                write_note(
                    part=part_of(dossier, part),
                    text=NoteText(title, facts, opinion),
                    happened_on=day - _WEEK * (8 + 9 * n),
                    by=by,
                    on=self.today,
                )
            make_agreement(
                part=part_of(dossier, "agreements"),
                text=AgreementText(*_AGREED),
                made_on=day - _WEEK * 30,
                review_on=None,
                by=by,
                on=self.today,
            )
            name, data = PLAN
            add_file(part=part_of(dossier, "care"), sent=Sent.of(name, data), by=by, on=self.today)

    @contextmanager
    def _acting(self, username: str) -> Iterator[User]:
        user = self.user(username)
        with acting_as(user, on=self.today):
            yield user
