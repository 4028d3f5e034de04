"""The log says what somebody did, and nothing else says it for the log."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest

from access.acting import acting_as
from audit.actions import record
from audit.events import Action, event
from audit.models import LogDeparture, LogEntry
from audit.said import Deed, is_said, not_said

pytestmark = [pytest.mark.django_db, pytest.mark.promise("P2")]
DONE, OTHER = event("done-here", "did", Action.UPDATE), event("done-else", "did", Action.UPDATE)


@pytest.fixture
def said(cast) -> LogEntry:
    with acting_as(cast.director, on=cast.today):
        row = record(DONE, by=cast.director, target=cast.school)
    return LogEntry.objects.get(pk=row.pk)


def ask(cast, said: LogEntry, **other: object) -> bool:
    wanted = {"by": cast.director.pk, "at": said.timestamp, "event": DONE, "target": cast.school.pk}
    wanted |= other
    return is_said(wanted.pop("event"), wanted.pop("target"), **wanted)


def test_the_log_says_it_of_this_person_deed_thing_and_moment_and_of_no_other(cast, said):
    assert ask(cast, said)
    assert ask(cast, said, at=said.timestamp + timedelta(minutes=5))
    assert not ask(cast, said, by=cast.privacy_officer.pk)
    assert not ask(cast, said, event=OTHER)
    assert not ask(cast, said, target=uuid.uuid4())
    assert not ask(cast, said, at=said.timestamp + timedelta(hours=1))
    assert not ask(cast, said, at=said.timestamp - timedelta(hours=1))
    assert not ask(cast, said, at=None)
    assert not ask(cast, said, by=None)


def test_a_row_counts_under_an_older_key_and_under_no_strange_one(cast, said, settings):
    known = settings.LOG_KEYS
    settings.LOG_KEYS = (("newer", b"n" * 32), *known)
    assert ask(cast, said)
    settings.LOG_KEYS = (("newer", b"n" * 32),)
    assert not ask(cast, said)


def test_of_many_deeds_it_names_those_the_log_does_not_say_but_of_a_month_that_left(cast, said):
    at, by = said.timestamp, cast.director.pk
    wrong = [Deed(uuid.uuid4(), by, at), Deed(uuid.uuid4(), None, at), Deed(uuid.uuid4(), by, None)]
    late, other = (
        Deed(cast.school.pk, by, at + timedelta(hours=1)),
        Deed(cast.school.pk, None, at),
    )
    right = Deed(cast.school.pk, by, at + timedelta(minutes=5))
    assert not_said(DONE, []) == not_said(DONE, [right]) == set()
    assert not_said(OTHER, [right]) == not_said(DONE, [late]) == {cast.school.pk}
    assert not_said(DONE, [other]) == {cast.school.pk}
    assert not_said(DONE, [right, *wrong]) == {one.target for one in wrong}

    old = Deed(uuid.uuid4(), by, at - timedelta(days=3000))
    assert not_said(DONE, [right, old]) == {old.target}
    month = old.at.date().replace(day=1)
    LogDeparture.objects.create(month=month, rows=1, left_at=at)
    assert not_said(DONE, [right, old, wrong[0]]) == {wrong[0].target}
