"""A list of what falls due of one pupil, brought as far as a test wants it."""

from __future__ import annotations

from datetime import date

import pytest

from access.acting import Job, acting_as
from access.models import User
from retention.actions.lists import (
    approve_list,
    cancel_list,
    destroy_item,
    make_list,
    review_list,
)
from retention.models import DestructionList
from students.models import Parent
from tests.retention.test_due_in_sql import let_leave

MADE, REVIEWED, APPROVED = date(2026, 10, 1), date(2026, 10, 2), date(2026, 10, 3)
LEFT = date(2023, 11, 1)  # due on 1 November 2026
OVERNIGHT = Job("test of lists")


class Lists:
    """Takes the steps of a list as the people who may."""

    def __init__(self, cast) -> None:
        self.cast = cast

    def make(self, *pupils: str, left: date = LEFT, on: date = MADE) -> DestructionList:
        for pupil in pupils:
            let_leave(self.cast, pupil, left)
            self._name_family(pupil)
        with acting_as(OVERNIGHT, on=on):
            made = make_list(school=self.cast.school, by=OVERNIGHT, on=on)
        assert made is not None
        return made

    def newest(self) -> DestructionList:
        return DestructionList.objects.latest("made_at")

    def _name_family(self, pupil: str) -> None:
        """As accounts of families are called: what goes is looked for by these words."""
        for parent in Parent.objects.filter(children__pupil=self.cast.pupils[pupil]):
            if not parent.user.has_ever_worked:
                word = f"ouder-{parent.pk.hex[:8]}"
                User.objects.filter(pk=parent.user_id).update(
                    username=word, email=f"{word}@example.org", name=f"Sjoukje {word}"
                )

    def decide(self, made: DestructionList, by: str = "director", on: date = REVIEWED) -> None:
        who = self.cast.people[by]
        with acting_as(who, on=on):
            for item in made.items.filter(decision=""):
                destroy_item(item=item, by=who, on=on)

    def review(self, made: DestructionList, by: str = "director", on: date = REVIEWED) -> None:
        who = self.cast.people[by]
        with acting_as(who, on=on):
            review_list(made=made, by=who, on=on)

    def approve(
        self,
        made: DestructionList,
        by: str = "privacy_officer",
        on: date = APPROVED,
        typed: str | None = None,
    ) -> None:
        who = self.cast.people[by]
        with acting_as(who, on=on):
            approve_list(made=made, typed=made.name if typed is None else typed, by=who, on=on)

    def cancel(
        self, made: DestructionList, by: str = "director", on: date = APPROVED, because: str = ""
    ) -> None:
        who = self.cast.people[by]
        with acting_as(who, on=on):
            cancel_list(made=made, by=who, on=on, because=because)

    def approved(self, *pupils: str) -> DestructionList:
        """All the way, ready to be carried out on the day of the tests."""
        made = self.make(*pupils)
        self.decide(made)
        self.review(made)
        self.approve(made)
        made.refresh_from_db()
        return made


@pytest.fixture
def lists(cast) -> Lists:
    return Lists(cast)
