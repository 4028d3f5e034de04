"""The same people in every test: one board, two schools, and who works and learns there.

Everybody is invented. Rows that have an action of their own are made through it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from access.acting import acting_as
from access.models import Membership, Unit, User
from dossiers.actions.assignments import assign
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
    Representative,
    School,
    SchoolYear,
)

PASSWORD = "paars fietsbel dinsdag wolk"
LONG_AGO = date(2020, 8, 1)


@dataclass
class Cast:
    """Attributes are people and places by what they are."""

    today: date
    board: Board
    school: School
    other_school: School
    group: Group
    other_group: Group
    year: SchoolYear
    people: dict[str, User] = field(default_factory=dict)
    pupils: dict[str, Pupil] = field(default_factory=dict)

    def __getattr__(self, name: str) -> User:
        people = self.__dict__.get("people", {})
        if name in people:
            return people[name]
        raise AttributeError(name)

    def dossier(self, pupil: str, school: School | None = None) -> Dossier:
        """The dossier of a pupil of the cast."""
        return Dossier.objects.select_related("pupil", "school__unit").get(
            pupil=self.pupils[pupil], school=school or self.school
        )

    def part(self, pupil: str, kind: str = "guidance") -> DossierPart:
        """One part of that dossier."""
        return DossierPart.objects.select_related("dossier__pupil").get(
            dossier__pupil=self.pupils[pupil], kind=kind
        )

    def add_person(
        self, key: str, role: str, unit: Unit, *, ends_on: date | None = None, name: str = ""
    ) -> User:
        """Adds somebody with one role."""
        user = self.people.get(key) or User.objects.create_user(
            key,
            PASSWORD,
            name=name or f"Demo {key}",
            email=f"{key}@example.org",
            language="en",  # tests read the source's own texts; journeys read both
        )
        self.people[key] = user
        Membership.objects.create(
            user=user, role=role, unit=unit, starts_on=LONG_AGO, ends_on=ends_on
        )
        return user

    def add_pupil(
        self, key: str, *, age: int | None = 9, school: School | None = None, surname: str = ""
    ) -> Pupil:
        """Enrols a pupil of `age`, whose birthday was yesterday; with a dossier."""
        school = school or self.school
        born = None if age is None else date(self.today.year - age, 11, 15)
        pupil = Pupil(board=self.board, first_name=f"First-{key}", surname=surname or f"Sur-{key}")
        pupil.birth_date = born
        for column, value in pupil.name_fields().items():
            setattr(pupil, column, value)
        pupil.save()
        enrolment = Enrolment.objects.create(pupil=pupil, school=school, starts_on=LONG_AGO)
        GroupMembership.objects.create(
            enrolment=enrolment,
            group=self.group if school == self.school else self.other_group,
            starts_on=self.year.starts_on,
        )
        tell_enrolled([Enrolled(pupil.pk, school.pk, LONG_AGO)])
        self.pupils[key] = pupil
        return pupil

    def add_parent(
        self, key: str, *children: str, authority: str = "yes", secret: bool = False
    ) -> Parent:
        """A parent with an account, an address and the same authority over each child."""
        user = self.people.get(key)
        if user is None:
            user = self.add_person(key, "parent", self.school.unit)
        parent = Parent(
            board=self.board, first_name=f"First-{key}", surname=f"Sur-{key}", user=user
        )
        for column, value in parent.name_fields().items():
            setattr(parent, column, value)
        parent.save()
        ParentAddress.objects.create(
            parent=parent, street=f"Street-{key} 1", city="Demostad", is_secret=secret
        )
        for child in children:
            link = Parenthood.objects.create(
                parent=parent, pupil=self.pupils[child], relation="mother"
            )
            Authority.objects.create(
                parenthood=link, value=authority, starts_on=LONG_AGO, source="enrolment form"
            )
        return parent

    def assign(
        self,
        user: str,
        pupil: str,
        kind: AssignmentKind = AssignmentKind.COUNSELLOR,
        *,
        starts_on: date | None = None,
        ends_on: date | None = None,
        by: str = "director",
    ):
        """Lets somebody open a dossier, through the real action."""
        with acting_as(self.people[by], on=self.today):
            return assign(
                dossier=self.dossier(pupil),
                user=self.people[user],
                kind=kind,
                starts_on=starts_on or self.today - timedelta(days=30),
                ends_on=ends_on,
                reason="teaches this group",
                by=self.people[by],
                on=self.today,
            )


def build_cast(today: date) -> Cast:
    """One board, two schools, everybody of the architecture's list."""
    board_unit = Unit.objects.create(kind="board", name="Stichting Demoscholen")
    board = Board.objects.create(unit=board_unit)
    schools = []
    for name, brin in (("De Demobongerd", "99DA"), ("De Demovijver", "99DB")):
        unit = Unit.objects.create(kind="school", parent=board_unit, name=name)
        schools.append(School.objects.create(unit=unit, board=board, brin=brin, region="midden"))
    year = SchoolYear.objects.create(
        board=board, name="2026-2027", starts_on=date(2026, 8, 1), ends_on=date(2027, 7, 31)
    )
    groups = [
        Group.objects.create(school=s, school_year=year, name=f"6{i}", year_group="6")
        for i, s in zip("AB", schools, strict=True)
    ]
    cast = Cast(today, board, schools[0], schools[1], groups[0], groups[1], year)
    _add_staff(cast, schools[0].unit, schools[1].unit, board_unit)
    _add_families(cast)
    cast.assign("counsellor", "own")
    cast.assign("coordinator", "own")
    cast.assign("other_counsellor", "other")
    cast.assign("school_doctor", "own", AssignmentKind.MEDICAL)
    cast.assign("substitute", "own", AssignmentKind.SUBSTITUTE, ends_on=today + timedelta(days=5))
    cast.assign("parent_teacher", "other")
    return cast


def _add_staff(cast: Cast, school: Unit, other: Unit, board: Unit) -> None:
    cast.add_person("director", "director", school)
    cast.add_person("deputy", "deputy", school)
    cast.add_person("other_director", "director", other)
    cast.add_person("counsellor", "counsellor", school)
    cast.add_person("other_counsellor", "counsellor", school)
    cast.add_person("coordinator", "care-coordinator", school)
    cast.add_person("substitute", "counsellor", school)
    cast.add_person("parent_teacher", "counsellor", school)
    cast.add_person("foreign_counsellor", "counsellor", other)
    cast.add_person("former", "counsellor", school, ends_on=cast.today - timedelta(days=1))
    cast.add_person("administrator", "administrator", school)
    cast.add_person("school_doctor", "school-doctor", school)
    cast.add_person("safeguarding", "safeguarding-officer", school)
    cast.add_person("board_officer", "board-officer", board)
    cast.add_person("privacy_officer", "privacy-officer", board)
    cast.add_person("fg", "fg", board)
    cast.add_person("mr_parent", "mr-parent", school)


def _add_families(cast: Cast) -> None:
    for key, age in (("own", 9), ("other", 8), ("eleven", 11), ("twelve", 12), ("fifteen", 15)):
        cast.add_pupil(key, age=age)
    cast.add_pupil("sixteen", age=16)
    cast.add_pupil("foreign", age=9, school=cast.other_school)
    cast.add_parent("parent", "own")
    cast.add_parent("parent_without", "own", authority="no", secret=True)
    cast.add_parent("parent_teacher", "own")
    for key in ("eleven", "twelve", "fifteen", "sixteen"):
        user = cast.add_person(f"pupil_{key}", "pupil", cast.school.unit)
        Pupil.objects.filter(pk=cast.pupils[key].pk).update(user=user)
    Representative.objects.create(
        pupil=cast.pupils["eleven"],
        kind="voogd",
        name="Demo Voogd",
        court_decision="Rechtbank Demostad C/01/234",
        starts_on=LONG_AGO,
    )
