"""Publishing and saying no at the same instant, and each button pressed twice."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest

from access.acting import acting_as
from access.models import User
from audit.models import LogEntry
from consent.actions.notices import NoticeText, confirm_notice, use_notice, write_notice
from consent.actions.publishing import WithoutYes, record_publication
from consent.actions.taking_down import Deed, take_down
from consent.models import NoticeConfirmation, Publication, Removal, TakeDown
from tests.consent.test_at_once import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.promise("P13")]


def does(pictures, who: str, verb, **details) -> Callable[[], object]:
    def act() -> object:
        user, on = User.objects.get(pk=pictures.cast.people[who].pk), pictures.cast.today
        with acting_as(user, on=on):
            return verb(**details, by=user, on=on)

    return act


def test_a_no_at_the_instant_of_publication_is_a_refusal_or_a_task_and_never_missed(pictures):
    pictures.asked.add("press", "press")
    pictures.asked.ask("other")
    pictures.asked.says("parent_of_other", "other", True, "press")
    check = pictures.check("other", code="press")

    def says_no() -> object:
        return pictures.asked.says("parent_of_other", "other", False, "press")

    published, _no = at_once(
        does(pictures, "counsellor", record_publication, check=check, what=pictures.what("other")),
        says_no,
    )
    if isinstance(published, WithoutYes):
        assert not Publication.objects.exists()
    else:
        assert TakeDown.objects.get().published.publication == published


def test_two_parents_who_say_no_at_once_make_one_task(pictures, published):
    withdrawn = [
        lambda who=who: pictures.asked.says(who, "own", False)
        for who in ("parent", "parent_teacher")
    ]
    at_once(*withdrawn)
    assert TakeDown.objects.count() == 1


def test_a_double_click_publishes_takes_down_and_confirms_once(pictures):
    check, key = pictures.check("own"), uuid.uuid4()
    click = does(
        pictures, "counsellor", record_publication, check=check, what=pictures.what("own", key=key)
    )
    rows = at_once(click, click, click)
    assert {row.pk for row in rows} == {key}
    assert LogEntry.objects.filter(event="picture-published").count() == 1
    deed = Deed("whole", pictures.cast.today, "All of it is gone")
    down = [
        does(pictures, who, take_down, publication=rows[0], pupil=None, deed=deed)
        for who in ("counsellor", "director")
    ]
    results = at_once(*down)
    assert sorted(type(result).__name__ for result in results) == ["Overtaken", "Removal"]
    assert Removal.objects.count() == 1
    text = NoticeText("Tekst", "Text")
    act = pictures.asked.act
    draft = act(write_notice, by="board_officer", board=pictures.cast.board, text=text)
    act(use_notice, by="board_officer", notice=draft)
    confirm = does(pictures, "parent", confirm_notice, notice_id=draft.pk, language="nl")
    assert sorted(at_once(confirm, confirm)) == [0, 1]
    assert NoticeConfirmation.objects.count() == 1
