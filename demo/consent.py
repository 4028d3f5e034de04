"""A running round at both schools, with the situations that a school meets."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date

from access.acting import acting_as
from access.models import User
from consent.actions import matters
from consent.actions.answering import Choice, answer
from consent.actions.correcting import correct_mistake
from consent.actions.purposes import add_purpose, put_in_use, write_text
from consent.actions.recording import Given, record_answer
from consent.actions.rounds import RoundDates, ask_next_batch, start_round
from consent.models import Answer, Request
from demo import people
from demo.calendar import Calendar
from demo.consent_texts import PURPOSES
from demo.matters import MattersFilling
from demo.pictures import PicturesFilling
from students.models import Board, Pupil, School, SchoolYear

_AT_SCHOOL = ("klassenapp", "website")  # what most families already answered on paper


class ConsentFilling:
    """Asks everybody and lets some answer: online, on paper, against each other, not at all."""

    def __init__(
        self,
        days: Calendar,
        users: dict[str, User],
        chance: random.Random,
        say: Callable[[str], None],
    ) -> None:
        self.days = days
        self.users = users
        self.chance = chance
        self.say = say

    def fill(self, board: Board, schools: dict[str, School]) -> None:
        """Texts, rounds, answers, and what outranks them."""
        self.say("consent: texts and rounds")
        self._ask_for(board)
        for school in schools.values():
            self._round(school)
        self.say("consent: answers")
        self._answer_online()
        self._answer_on_paper("6B")
        self._answer_on_paper("6C")
        self._correct_a_mistake("6B")
        self._outrank()
        MattersFilling(schools[people.FIRST_SCHOOL], self._acting).fill()
        self.say("consent: pictures")
        PicturesFilling(board, schools[people.FIRST_SCHOOL], self._acting).fill()

    def _ask_for(self, board: Board) -> None:
        for code, channel, data in PURPOSES:
            with self._acting("olaf") as (by, on):
                purpose = add_purpose(board=board, code=code, channel=channel, by=by, on=on)
                text = write_text(purpose=purpose, data=data, by=by, on=on)
                put_in_use(text=text, from_day=on, by=by, on=on)

    def _round(self, school: School) -> None:
        ahead = self.days.ahead
        dates = RoundDates(self.days.today, ahead(14), ahead(28), ahead(42))
        year = SchoolYear.objects.get(board=school.board_id, name=self.days.year_name)
        with self._acting("greet") as (by, on):
            row = start_round(school=school, school_year=year, dates=dates, by=by, on=on)
        while row.carried_out_at is None:
            with self._acting("greet") as (by, on):
                row = ask_next_batch(round_id=row.pk, by=by, on=on)

    def _answer_online(self) -> None:
        """Noor's parents do not agree; Lotte of 12 has answered one of her questions."""
        self._says("yvonne", "Noor", lambda code: True)
        self._says("rachid", "Noor", lambda code: code not in {"website", "sociale-media"})
        self._says("yvonne", "Lotte", lambda code: code != "sociale-media")
        self._says("lotte", "Lotte", lambda code: True, only="website")
        self._says("daan", "Bram", lambda code: True)

    def _says(
        self, username: str, child: str, is_yes: Callable[[str], bool], *, only: str = ""
    ) -> None:
        user = self.users[username]
        rows = Request.objects.filter(pupil__first_name=child).select_related("purpose")
        mine = rows.filter(parent__user=user) | rows.filter(
            answers_as=Request.As.PUPIL, pupil__user=user
        )
        choices = [
            Choice(row.pk, is_yes(row.purpose.code))
            for row in mine.order_by("pk")
            if not only or row.purpose.code == only
        ]
        if choices:
            with self._acting(username) as (by, on):
                answer(choices=choices, language="nl", by=by, on=on)

    def _answer_on_paper(self, group: str) -> None:
        """Most families of a group handed in a paper; some said no, some have not answered."""
        rows = Request.objects.filter(
            pupil__enrolments__places__group__name=group,
            purpose__code__in=_AT_SCHOOL,
            parent__user__isnull=True,
            answers__isnull=True,
            answers_as=Request.As.PARENT,
        )
        for request in rows.select_related("pupil").distinct().order_by("pupil_id", "pk"):
            luck = self.chance.random()
            if luck < 0.15:
                continue
            given = Given(luck < 0.85, self.days.today, "paper", "nl")
            with self._acting("greet") as (by, on):
                record_answer(request=request, given=given, by=by, on=on)

    def _correct_a_mistake(self, group: str) -> None:
        """One of those noes came from the paper of another pupil."""
        row = (
            Answer.objects.filter(
                pupil__enrolments__places__group__name=group, said="refused", route="paper"
            )
            .order_by("answered_at", "pk")
            .first()
        )
        if row is not None:
            with self._acting("karin") as (by, on):
                reason = "Het papier van een andere leerling, in de demo verzonnen."
                correct_mistake(answer=row, reason=reason, by=by, on=on)

    def _outrank(self) -> None:
        """An objection of a pupil, and a safety block."""
        objects, threatened = self._two_of("6B")
        with self._acting("joost") as (by, on):
            about = matters.About(objects, self._school(objects), "Wil zelf niet op de foto.")
            matters.record_objection(about=about, comes_from="pupil", by=by, on=on)
        with self._acting("karin") as (by, on):
            about = matters.About(
                threatened,
                self._school(threatened),
                "Verzoek van de politie, in de demo verzonnen.",
            )
            matters.place_safety_block(about=about, by=by, on=on)

    def _two_of(self, group: str) -> tuple[Pupil, Pupil]:
        pupils = Pupil.objects.filter(enrolments__places__group__name=group)
        first, second = pupils.exclude(first_name__in=["Noor", "Bram"]).order_by("sort_name")[:2]
        return first, second

    def _school(self, pupil: Pupil) -> School:
        return School.objects.get(enrolments__pupil=pupil, enrolments__ends_on__isnull=True)

    @contextmanager
    def _acting(self, username: str) -> Iterator[tuple[User, date]]:
        user = User.objects.get(pk=self.users[username].pk)  # memberships as they are now
        with acting_as(user, on=self.days.today):
            yield user, self.days.today
