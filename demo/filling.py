"""Fills the demo: an invented board with two schools, through the same actions as a real one."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date

from access.acting import Job, acting_as
from access.models import Membership, Unit, User
from audit.actions import record
from audit.events import Action, event
from audit.grounds import Ground
from demo import people
from demo.calendar import Calendar
from demo.texts import MEDICAL, NOTES
from dossiers.actions.assignments import assign
from dossiers.actions.notes import NoteText, write_note
from dossiers.kinds import AssignmentKind
from dossiers.models import Dossier, DossierPart
from students.enrolment import Enrolled, tell_enrolled
from students.models import (
    Authority,
    Board,
    Enrolment,
    Group,
    GroupMembership,
    Parent,
    ParentAddress,
    Parenthood,
    Pupil,
    School,
    SchoolYear,
)

FILLED = event("demo-filled", "filled the demo", Action.CREATE)
_JOB = Job("demo")
_GROUPS = {people.FIRST_SCHOOL: ("3A", "6A", "6B", "8A"), people.SECOND_SCHOOL: ("6C", "7C")}
_PER_GROUP = 12


class Filling:
    """One filling of an empty database, the same every time for the same day."""

    def __init__(self, today: date, say: Callable[[str], None]) -> None:
        self.days = Calendar(today)
        self.say = say
        self.chance = random.Random(2026)  # nosec B311  # the same demo every time
        self.users: dict[str, User] = {}
        self.units: dict[str, Unit] = {}
        self.groups: dict[str, Group] = {}

    def fill(self) -> None:
        """Everything, in the order a school would do it."""
        with acting_as(_JOB, on=self.days.today):
            self._make_board()
            self._make_accounts()
            self._enrol_pupils()
            self._add_families()
            record(FILLED, by=_JOB, ground=Ground.SYSTEM)
        self._assign_counsellors()
        self._write_notes()

    def _make_board(self) -> None:
        self.say("board and schools")
        top = Unit.objects.create(kind="board", name=people.BOARD)
        self.units[people.BOARD] = top
        self.board = Board.objects.create(unit=top)
        year = SchoolYear.objects.create(
            board=self.board,
            name=self.days.year_name,
            starts_on=self.days.year_starts,
            ends_on=date(self.days.year_starts.year + 1, 7, 31),
        )
        for name, brin in ((people.FIRST_SCHOOL, "99DA"), (people.SECOND_SCHOOL, "99DB")):
            unit = Unit.objects.create(kind="school", parent=top, name=name)
            self.units[name] = unit
            school = School.objects.create(
                unit=unit, board=self.board, brin=brin, region=School.Region.MIDDLE
            )
            for group in _GROUPS[name]:
                self.groups[group] = Group.objects.create(
                    school=school, school_year=year, name=group, year_group=group[0]
                )

    def _make_accounts(self) -> None:
        self.say("the cast")
        for person in people.CAST:
            user = User.objects.create_user(
                person.username,
                name=person.name,
                email=f"{person.username}@example.org" if person.has_email else None,
            )
            self.users[person.username] = user
            for role, unit in person.roles:
                Membership.objects.create(
                    user=user,
                    role=role,
                    unit=self.units[unit],
                    starts_on=date(self.days.year_starts.year - 3, 8, 1),
                )

    def _enrol_pupils(self) -> None:
        self.say("pupils")
        first, last = list(people.FIRST_NAMES), list(people.SURNAMES)
        for group in self.groups.values():
            for _ in range(_PER_GROUP):
                prefix, surname = self.chance.choice(last)
                self._enrol(self.chance.choice(first), prefix, surname, group)
        self.noor = self._enrol("Noor", "van den", "Bergen", self.groups["6B"])
        self.bram = self._enrol("Bram", "", "Oosterwold", self.groups["6B"])
        self.lotte = self._enrol("Lotte", "van der", "Meulen", self.groups["8A"], age=12)
        Pupil.objects.filter(pk=self.lotte.pk).update(user=self.users["lotte"])

    def _enrol(
        self, first: str, prefix: str, surname: str, group: Group, age: int | None = None
    ) -> Pupil:
        pupil = Pupil(board=self.board, first_name=first, prefix=prefix, surname=surname)
        pupil.birth_date = self.days.born(
            age or int(group.year_group) + 4, self.chance.randrange(360)
        )
        for column, value in pupil.name_fields().items():
            setattr(pupil, column, value)
        pupil.save(force_insert=True)
        since = date(self.days.year_starts.year - 2, 8, 18)
        enrolment = Enrolment.objects.create(pupil=pupil, school=group.school, starts_on=since)
        GroupMembership.objects.create(
            enrolment=enrolment, group=group, starts_on=self.days.year_starts
        )
        tell_enrolled([Enrolled(pupil.pk, group.school_id, since)])
        return pupil

    def _add_families(self) -> None:
        self.say("parents")
        self._parent("yvonne", "", "Tuinstra", [self.noor, self.lotte], "mother")
        self._parent("rachid", "", "Amrani", [self.noor], "father", secret=True)
        self._parent("daan", "", "Oosterwold", [self.bram], "father")

    def _parent(
        self,
        username: str,
        prefix: str,
        surname: str,
        children: list[Pupil],
        relation: str,
        *,
        secret: bool = False,
    ) -> None:
        user = self.users[username]
        parent = Parent(
            board=self.board,
            first_name=user.name.split()[0],
            prefix=prefix,
            surname=surname,
            email=user.email,
            user=user,
        )
        for column, value in parent.name_fields().items():
            setattr(parent, column, value)
        parent.save(force_insert=True)
        ParentAddress.objects.create(
            parent=parent,
            street=f"Demolaan {self.chance.randrange(1, 90)}",
            postcode="1234 AB",
            city="Demostad",
            is_secret=secret,
        )
        for child in children:
            link = Parenthood.objects.create(parent=parent, pupil=child, relation=relation)
            Authority.objects.create(
                parenthood=link,
                value=Authority.Value.YES,
                starts_on=child.birth_date or self.days.today,
                source="inschrijfformulier",
            )

    def _assign_counsellors(self) -> None:
        self.say("assignments")
        counsellor, substitute = AssignmentKind.COUNSELLOR, AssignmentKind.SUBSTITUTE
        for user, group, kind in (
            ("hanna", "6A", counsellor),
            ("hanna", "6B", counsellor),
            ("joost", "6B", counsellor),
            ("daan", "6A", counsellor),
            ("mila", "6B", substitute),
        ):
            self._assign_group("karin", user, group, kind)
        self._assign_group("samira", "tom", "6C", counsellor)
        self._assign("karin", "arda", self.noor, AssignmentKind.MEDICAL)

    def _assign_group(self, by: str, user: str, group: str, kind: AssignmentKind) -> None:
        for place in self.groups[group].places.select_related("enrolment__pupil"):
            self._assign(by, user, place.enrolment.pupil, kind)

    def _assign(self, by: str, user: str, pupil: Pupil, kind: AssignmentKind) -> None:
        giver, today = self.users[by], self.days.today
        ends = self.days.ahead(11) if kind is AssignmentKind.SUBSTITUTE else None
        with acting_as(giver, on=today):
            assign(
                dossier=Dossier.objects.select_related("pupil", "school__unit").get(pupil=pupil),
                user=self.users[user],
                kind=kind,
                starts_on=max(self.days.year_starts, self.days.ago(90)),
                ends_on=ends,
                reason="begeleidt deze leerling dit schooljaar",
                by=giver,
                on=today,
            )

    def _write_notes(self) -> None:
        self.say("notes")
        for n, (part, title, facts, opinion) in enumerate(NOTES):
            writer = "hanna" if n % 2 == 0 else "joost"
            self._write(writer, self.noor, part, NoteText(title, facts, opinion), n)
        for place in self.groups["6B"].places.select_related("enrolment__pupil")[:8]:
            part, title, facts, opinion = self.chance.choice(NOTES)
            self._write("hanna", place.enrolment.pupil, part, NoteText(title, facts, opinion), 3)
        self._write("arda", self.noor, "medical", NoteText(*MEDICAL), 20)

    def _write(self, username: str, pupil: Pupil, part: str, text: NoteText, week: int) -> None:
        writer, today = self.users[username], self.days.today
        with acting_as(writer, on=today):
            write_note(
                part=DossierPart.objects.select_related("dossier__pupil").get(
                    dossier__pupil=pupil, kind=part
                ),
                text=text,
                happened_on=self.days.ago(week * 9 + 2),
                by=writer,
                on=today,
            )
