"""Fills the demo: an invented board with two schools, through the same actions as a real one."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date

from django.utils.translation import override

from access.acting import Job, acting_as
from access.models import Membership, Unit, User
from audit.actions import record
from audit.events import Action, event
from audit.grounds import Ground
from demo import people
from demo.calendar import Calendar
from demo.consent import ConsentFilling
from demo.dossiers import DossierFilling
from demo.erasures import ErasuresFilling
from demo.findings import FindingsFilling
from demo.former import fill_former
from demo.log import fill_log_term
from demo.looking import LookingFilling
from demo.reports import ReportsFilling
from demo.retention import RetentionFilling
from demo.school_files import SOURCE, SchoolFiles
from demo.seals import seal_and_check
from students.actions.organisation import add_school, add_school_year
from students.models import Board, Parent, Pupil, School
from students.roster.actions.applying import apply_import
from students.roster.actions.closing import approve_import
from students.roster.actions.reading import read_roster

FILLED = event("demo-filled", "filled the demo", Action.CREATE)
_JOB = Job("demo")


class Filling:
    """One filling of an empty database, the same every time for the same day."""

    def __init__(self, today: date, say: Callable[[str], None]) -> None:
        self.days = Calendar(today)
        self.say = say
        self.chance = random.Random(2026)  # nosec B311  the same demo every time
        self.users: dict[str, User] = {}
        self.units: dict[str, Unit] = {}
        self.schools: dict[str, School] = {}

    def fill(self) -> None:
        """Everything, in the order a board would do it."""
        with override("nl"):
            self.say("board and schools")
            self._make_board()
            self.say("the cast")
            self._make_accounts()
            school = self.units[people.FIRST_SCHOOL]
            fill_former(school, FILLED, by=_JOB, on=self.days.today)
            self.say("roster and parents, imported")
            self._import_first_school()
            self._import_second_school()
            self._link_families()
            DossierFilling(self.days, self.users, self.chance, self.say).fill()
            asking = ConsentFilling(self.days, self.users, self.chance, self.say)
            asking.fill(self.board, self.schools)
            ReportsFilling(self.days, self.users, self.say).fill(self.schools)
            LookingFilling(self.days, self.users, self.chance, self.say).fill(self.board)
            ending = RetentionFilling(self.days, self.users, self.say)
            ending.fill(
                self.board, self.schools[people.FIRST_SCHOOL], self.schools[people.SECOND_SCHOOL]
            )
            ErasuresFilling(self.days.today, self.users).fill()
            fill_log_term(self.days, self.users, self.units[people.BOARD])
            findings = FindingsFilling(self.days, self.users, self.say)
            findings.fill(self.board, self.schools[people.FIRST_SCHOOL])
            seal_and_check(self.days.today)

    def _make_board(self) -> None:
        """The board and its first officer, as `manage.py first_officer` does; then the schools."""
        with acting_as(_JOB, on=self.days.today):
            top = Unit.objects.create(kind=Unit.Kind.BOARD, name=people.BOARD)
            self.units[people.BOARD] = top
            self.board = Board.objects.create(unit=top)
            self._add_account(next(p for p in people.STAFF if p.username == "olaf"))
            record(FILLED, by=_JOB, ground=Ground.SYSTEM)
        for name, brin in ((people.FIRST_SCHOOL, "99DA"), (people.SECOND_SCHOOL, "99DB")):
            with self._acting("olaf") as (by, on):
                school = add_school(
                    board=self.board, name=name, brin=brin, region="midden", by=by, on=on
                )
            self.schools[name] = school
            self.units[name] = school.unit
        first = self.days.year_starts.year
        for year in (first - 1, first, first + 1):
            with self._acting("olaf") as (by, on):
                add_school_year(
                    board=self.board,
                    starts_on=date(year, 8, 1),
                    ends_on=date(year + 1, 7, 31),
                    by=by,
                    on=on,
                )

    def _make_accounts(self) -> None:
        with acting_as(_JOB, on=self.days.today):
            for person in people.CAST:
                if person.username not in self.users:
                    self._add_account(person)
            record(FILLED, by=_JOB, ground=Ground.SYSTEM)

    def _add_account(self, person: people.Person) -> None:
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

    def _import_first_school(self) -> None:
        files = SchoolFiles(
            "99DA",
            ("3A", "6A", "6B", "8A"),
            {"Bakkerman": ("6B",), "Oosterwold": ("6A",)},
            self.days,
            self.chance,
        )
        files.invent()
        noor = files.add_pupil("Noor", "van den", "Bergen", "6B")
        lotte = files.add_pupil("Lotte", "van der", "Meulen", "8A", age=12)
        bram = files.add_pupil("Bram", "", "Oosterwold", "6B")
        files.add_pupil("Imke", "", "Zonderling", "3A", born_unknown=True)
        files.add_pupil("Ties", "", "Vertrokken", "8A", left=self.days.ago(45))
        sem = files.add_pupil("Sem", "", "Zonneveld", "8A", age=13)
        files.add_parent("Petra", "", "Zonneveld", (sem,), "moeder")
        files.add_parent("Yvonne", "", "Tuinstra", (noor, lotte), "moeder")
        files.add_parent("Rachid", "", "Amrani", (noor,), "vader", secret=True)
        files.add_parent("Daan", "", "Oosterwold", (bram,), "vader")
        self._import(people.FIRST_SCHOOL, files)

    def _import_second_school(self) -> None:
        files = SchoolFiles("99DB", ("6C", "7C"), {"Rietsnijder": ("6C",)}, self.days, self.chance)
        files.invent()
        self._import(people.SECOND_SCHOOL, files)

    def _import(self, name: str, files: SchoolFiles) -> None:
        """Both files: read, approved and applied by the administrator."""
        for data in (files.edexml(), files.parents_csv()):
            with self._acting("greet") as (by, on):
                found = read_roster(
                    school=self.schools[name], data=data, source=SOURCE, by=by, on=on
                )
            with self._acting("greet") as (by, on):
                approve_import(roster_import=found, by=by, on=on)
            with self._acting("greet") as (by, on):
                apply_import(import_id=found.pk, by=by, on=on)

    def _link_families(self) -> None:
        """The parents and the pupil of the cast get the accounts made above."""
        with acting_as(_JOB, on=self.days.today):
            for username, surname in (
                ("yvonne", "Tuinstra"),
                ("rachid", "Amrani"),
                ("daan", "Oosterwold"),
            ):
                user = self.users[username]
                first = user.name.split()[0]
                parent = Parent.objects.filter(first_name=first, surname=surname)
                parent.update(user=user)
            lotte = Pupil.objects.filter(first_name="Lotte", surname="Meulen")
            lotte.update(user=self.users["lotte"])
            record(FILLED, by=_JOB, ground=Ground.SYSTEM)

    @contextmanager
    def _acting(self, username: str) -> Iterator[tuple[User, date]]:
        user = User.objects.get(pk=self.users[username].pk)  # memberships as they are now
        with acting_as(user, on=self.days.today):
            yield user, self.days.today
