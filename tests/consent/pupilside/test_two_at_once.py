"""Two at the same instant, with real connections: one paper recorded twice, one form sent twice."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest

from access.acting import acting_as
from access.models import User
from audit.models import LogEntry
from consent.actions.recording import Way, record_answers
from consent.forms.words import OnceForm
from consent.models import Answer, Scan
from tests.consent.pupilside.conftest import sent
from tests.consent.test_at_once import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.promise("P13")]


def test_one_paper_recorded_by_two_colleagues_at_once_is_one_answer_with_one_scan(asked, stored):
    asked.ask("own")
    said = [(asked.request("own", of="parent"), True)]
    on = asked.cast.today

    def record_by(who: str) -> Callable[[], object]:
        def act() -> object:
            by = User.objects.get(pk=asked.cast.people[who].pk)
            with acting_as(by, on=on):
                way = Way(on, "paper", "nl")
                return record_answers(said=said, way=way, scan=sent(), by=by, on=on)

        return act

    results = at_once(record_by("administrator"), record_by("director"))
    assert sorted(result.new for result in results) == [0, 1]
    assert (Answer.objects.count(), Scan.objects.count(), len(stored())) == (1, 1, 1)
    assert LogEntry.objects.filter(event="consent-answer-recorded").count() == 1


def test_of_one_form_sent_twice_at_once_only_one_is_first(asked):
    once = str(uuid.uuid4())

    def send() -> object:
        by = User.objects.get(pk=asked.cast.director.pk)
        with acting_as(by, on=asked.cast.today):
            form = OnceForm({"once": once})
            assert form.is_valid()
            return form.is_first(by)

    assert sorted(at_once(send, send)) == [False, True]
