"""Destruction lists in every state: to review, to approve, cooling off, cancelled, about to begin.

What is about to begin is carried out by the worker as soon as it runs.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from access.acting import Job, acting_as
from access.models import User
from dossiers.actions.elsewhere import Elsewhere, add_record_elsewhere
from dossiers.models import Dossier
from retention.actions.lists import (
    approve_list,
    cancel_list,
    destroy_items,
    keep_items,
    make_list,
    review_list,
)
from retention.models import DestructionList
from retention.rules import anniversary
from students.actions.authority import AuthorityData
from students.actions.families import AddressData, ParentData, add_parent
from students.models import Pupil, School

_NIGHT = Job("make_lists")
Gone = Callable[[School, str, str, str, date], Pupil]  # enrols a pupil who left on that day


class ListsFilling:
    """Takes the steps of some lists on earlier days, as the people of the demo."""

    def __init__(self, today: date, users: dict[str, User], gone: Gone) -> None:
        self.today = today
        self.users = users
        self.gone = gone

    def fill(self, first: School, second: School) -> None:
        """Those that are further on than a draft; what is due later comes onto other lists."""
        carried = self._list(first, 40, ("Ilse", "Lammers"), ("Rik", "Lammers"), mother="Petra")
        self._kept_elsewhere(carried)
        self._approve(carried, "karin", "priya", 38, 8)
        waiting = self._list(first, 20, ("Bente", "Roosdaal"), ("Sjoerd", "Kamphuis"), due_in=40)
        self._keep_one(waiting, 14)
        self._review(waiting, "karin", 13)
        self._cancel(self._list(second, 60, ("Nadia", "Bouzid"), years=5), 59)
        self._approve(self._list(second, 50), "samira", "olaf", 45, 8)
        self._approve(self._list(second, 19, ("Koen", "Verhagen")), "samira", "priya", 12, 2)

    def draft(self, school: School) -> None:
        """What the night made today."""
        self._list(school, 0)

    def _list(
        self,
        school: School,
        ago: int,
        *pupils: tuple[str, str],
        years: int = 3,
        due_in: int = 14,
        mother: str = "",
    ) -> DestructionList:
        """The night's list of that many days ago, with these pupils who left just long enough."""
        on = self._day(ago)
        for n, (first, last) in enumerate(pupils):
            day = anniversary(on, -years) + timedelta(days=due_in + n)
            pupil = self.gone(school, first, "", last, day)
            if mother:
                self._mother(pupil, mother)
        with acting_as(_NIGHT, on=on):
            made = make_list(school=school, by=_NIGHT, on=on)
        assert made is not None
        return made

    def _mother(self, pupil: Pupil, first_name: str) -> None:
        """She is called as the mother of a pupil at school: found when her data are gone."""
        data = ParentData(first_name, "", "Zonneveld", "", "")
        by = self._user("greet")
        with acting_as(by, on=self.today):
            add_parent(
                pupil=pupil,
                data=data,
                address=AddressData(),
                relation="mother",
                authority=AuthorityData("unknown", self.today),
                by=by,
                on=self.today,
            )

    def _kept_elsewhere(self, made: DestructionList) -> None:
        with acting_as(self._user("karin"), on=self.today):
            for dossier in Dossier.objects.filter(pk__in=made.items.values("dossier_id")):
                what = Elsewhere("LeerlingDemo", "toetsen", "intern begeleider", "drie jaar")
                add_record_elsewhere(
                    dossier=dossier, what=what, by=self._user("karin"), on=self.today
                )

    def _keep_one(self, made: DestructionList, ago: int) -> None:
        by, on = self._user("karin"), self._day(ago)
        words = "De ouders vroegen om een kopie; die is nog niet klaar (verzonnen)."
        with acting_as(by, on=on):
            keep_items(
                made=made,
                items=[made.items.order_by("dossier_id")[0].pk],
                words=words,
                until=self.today + timedelta(days=120),
                by=by,
                on=on,
            )

    def _review(self, made: DestructionList, reviewer: str, ago: int) -> None:
        by, on = self._user(reviewer), self._day(ago)
        with acting_as(by, on=on):
            left = made.items.filter(decision="").values_list("pk", flat=True)
            destroy_items(made=made, items=left, by=by, on=on)
            review_list(made=made, by=by, on=on)

    def _approve(
        self, made: DestructionList, reviewer: str, approver: str, reviewed: int, approved: int
    ) -> None:
        self._review(made, reviewer, reviewed)
        by, on = self._user(approver), self._day(approved)
        with acting_as(by, on=on):
            approve_list(made=made, typed=made.name, by=by, on=on)

    def _cancel(self, made: DestructionList, ago: int) -> None:
        self._review(made, "samira", ago)
        by, on = self._user("samira"), self._day(ago)
        with acting_as(by, on=on):
            cancel_list(made=made, by=by, on=on, because="days")

    def _day(self, ago: int) -> date:
        return self.today - timedelta(days=ago)

    def _user(self, username: str) -> User:
        return User.objects.get(pk=self.users[username].pk)  # memberships as they are now
