"""The log says what somebody did, and nothing else says it for the log."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest

from access.acting import acting_as
from audit.actions import record
from audit.events import Action, event
from audit.models import LogEntry
from audit.said import is_said

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
