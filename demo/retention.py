"""Pupils who left: one falls due soon, one is held, of one nobody recorded when."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta

from access.acting import acting_as
from access.models import User
from demo.calendar import Calendar
from demo.leavers import Leavers
from demo.lists import ListsFilling
from dossiers.models import Dossier
from retention.actions.absences import keep_absences
from retention.actions.holds import Reason, place_hold
from retention.actions.terms import Proposal, propose_term
from retention.rules import anniversary
from retention.terms import KINDS
from students.actions.pupils import PupilData, enrol_pupil
from students.enrolment import Missing
from students.models import Board, Pupil, School

_WEEK = timedelta(days=7)


class RetentionFilling:
    """Who left De Demobongerd some years ago, a hold, a proposed term, and who is missing."""

    def __init__(self, days: Calendar, users: dict[str, User], say: Callable[[str], None]) -> None:
        self.days = days
        self.users = users
        self.say = say

    def fill(self, board: Board, school: School, second: School) -> None:
        """Each situation once, and a few more so that the calendar has something to count."""
        self.say("pupils who left, and what is destroyed")
        today = self.days.today
        leave = Leavers(today, self._user).leave
        lists = ListsFilling(today, self.users, leave)
        lists.fill(school, second)
        leave(school, "Jelle", "", "Waterman", _years_ago(today, 3) + _WEEK * 2)
        held = leave(school, "Nienke", "de", "Graafland", _years_ago(today, 3) - _WEEK)
        leave(school, "Milan", "", "Oudekerk", _years_ago(today, 3) - _WEEK * 3)
        for n, name in enumerate(("Tessa", "Omar", "Floor", "Hugo", "Selin", "Wout")):
            leave(school, name, "", "Vertrokken", _years_ago(today, 2) - _WEEK * 9 * n)
        self._hold(held)
        self._missing(school)
        lists.draft(school)
        with self._acting("priya") as (by, on):
            source = "Besluit van het bestuur van de demo, artikel 4 (verzonnen)"
            proposal = Proposal(2, "left", source)
            propose_term(board=board, kind=KINDS["agreements"], proposal=proposal, by=by, on=on)

    def _hold(self, pupil: Pupil) -> None:
        dossier = Dossier.objects.select_related("pupil", "school").get(pupil=pupil)
        with self._acting("priya") as (by, on):
            words = "Klacht bij de landelijke commissie, nog niet behandeld (verzonnen)."
            place_hold(dossier=dossier, reason=Reason("complaint", words), by=by, on=on)

    def _missing(self, school: School) -> None:
        """A pupil who was not in the roster for 70 days, as the import that found it recorded."""
        with self._acting("greet") as (by, on):
            data = PupilData("Dounia", "", "Zoekgeraakt", self.days.born(10, 40))
            pupil = enrol_pupil(school=school, data=data, starts_on=_years_ago(on, 4), by=by, on=on)
            missing = Missing(school.pk, "Demo", frozenset({pupil.pk}))
            keep_absences(missing, on - timedelta(days=70))

    @contextmanager
    def _acting(self, username: str) -> Iterator[tuple[User, date]]:
        user = self._user(username)
        with acting_as(user, on=self.days.today):
            yield user, self.days.today

    def _user(self, username: str) -> User:
        return User.objects.get(pk=self.users[username].pk)  # memberships as they are now


def _years_ago(day: date, years: int) -> date:
    return anniversary(day, -years)
