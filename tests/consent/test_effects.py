"""The engine: what holds for many pupils and purposes, in a fixed number of queries."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from access.acting import acting_as
from consent.actions.answering import row_for
from consent.queries import effects_of, texts_in_use
from consent.rules import Outcome, Reason

pytestmark = pytest.mark.promise("P13")


@pytest.mark.parametrize("number", [1, 30])
def test_one_pupil_or_thirty_cost_the_same_queries(asked, number, django_assert_num_queries):
    cast = asked.cast
    asked.add("press", "press", needs="one")
    for n in range(number - 1):
        cast.add_pupil(f"row{n}")
        cast.add_parent(f"parent{n}", f"row{n}")
    rows = ["own", *(f"row{n}" for n in range(number - 1))]
    asked.ask(*rows)
    for n in range(number - 1):
        asked.says(f"parent{n}", f"row{n}", True, "press")
    with acting_as(cast.counsellor, on=cast.today):
        texts = list(texts_in_use(cast.board.pk, cast.today))
        pupils = [cast.pupils[key] for key in rows]
        with django_assert_num_queries(2):
            found = effects_of(pupils, texts, school_id=cast.school.pk, on=cast.today)
    assert len(found) == 2 * number
    allowed = [key for key, effect in found.items() if effect.is_allowed]
    assert len(allowed) == number - 1


def test_each_pupil_gets_the_own_answers_only(asked):
    cast = asked.cast
    cast.add_parent("parent_of_other", "other")
    asked.ask("own", "other", "sixteen")
    asked.says("parent_of_other", "other", True)
    asked.says("parent", "own", False)
    asked.says("pupil_sixteen", "sixteen", True)
    assert [asked.holds(key).outcome for key in ("own", "other", "sixteen", "twelve")] == [
        Outcome.NO,
        Outcome.YES,
        Outcome.YES,
        Outcome.OPEN,
    ]
    assert asked.holds("twelve").reason is Reason.NOBODY


def test_the_hour_that_comes_twice_in_autumn_does_not_turn_answers_around(asked):
    """A yes at half past two, and a no forty minutes later, at ten past two."""
    asked.add("guide", "guide", is_yearly=False)
    asked.ask("own")
    row = row_for(asked.request("own", "guide", of="parent"))
    night = datetime(2027, 10, 31, 0, 30, tzinfo=UTC)
    for minutes, said in ((0, "given"), (40, "withdrawn")):
        row.pk, row.said = uuid.uuid4(), said
        row.answered_at = row.recorded_at = night + timedelta(minutes=minutes)
        row.route, row.language, row.recorded_by = "paper", "nl", asked.cast.administrator
        row.save(force_insert=True)
    found = asked.holds("own", "guide", on=night.date())
    assert (found.outcome, found.since) == (Outcome.NO, night.date())


def test_a_school_without_a_text_in_use_finds_nothing(cast):
    with acting_as(cast.counsellor, on=cast.today):
        texts = list(texts_in_use(cast.board.pk, cast.today))
        pupils = [cast.pupils["own"]]
        assert not effects_of(pupils, texts, school_id=cast.school.pk, on=cast.today)
