"""When a picture must go: a new no, and not what merely lapses. Tables, no database."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from consent.rules import Reason, effective_answer, latest_end, new_no, take_down_by
from tests.consent.made import (
    ALL,
    CURATOR,
    FIFTEEN,
    ONE,
    PUPIL,
    TODAY,
    YEAR,
    A,
    B,
    CourtOrder,
    Inability,
    Stop,
    Unreachable,
    facts,
    says,
)

pytestmark = pytest.mark.promise("P13")
PUBLISHED = date(2026, 10, 1)
LATER = date(2026, 10, 5)
BEFORE = date(2026, 9, 10)
YESES = (says(A, "yes"), says(B, "yes"))
SIXTEEN_SOON = date(2010, 11, 10)  # 16 between the publication and today

NOES = {
    "a refusal after it": facts(*YESES, says(B, "no", LATER)),
    "a withdrawal after it": facts(*YESES, says(A, "withdrawn", LATER)),
    "a refusal on the same day": facts(*YESES, says(A, "withdrawn", PUBLISHED)),
    "a refusal of another text": facts(*YESES, says(B, "no", LATER, text=2)),
    "a paper of before, recorded after": facts(*YESES, says(B, "no", BEFORE)),
    "an objection": facts(*YESES, objections=(Stop(LATER),)),
    "a safety block": facts(*YESES, safety_blocks=(Stop(LATER),)),
    "a court's no": facts(*YESES, court_orders=(CourtOrder(False, LATER, LATER),)),
    "a court's no of before, known after": facts(
        *YESES, court_orders=(CourtOrder(False, BEFORE, BEFORE),)
    ),
    "the pupil's own no from 16": facts(*YESES, says(PUPIL, "no", date(2026, 11, 12)),
                                        born=SIXTEEN_SOON),
    "the own no of who can't decide": facts(
        *YESES, says(PUPIL, "no", LATER), born=FIFTEEN,
        inabilities=(Inability(BEFORE, date(2027, 7, 1)),),
    ),
    "a no beside a parent who can't be reached": facts(
        says(A, "yes"), says(A, "no", LATER), unreachable=(Unreachable(B, BEFORE),)
    ),
}  # fmt: skip
LAPSES = {
    "nothing": facts(*YESES),
    "the year ended": facts(*(says(w, "yes", days=(YEAR[0], LATER)) for w in (A, B))),
    "sixteen": facts(*YESES, says(PUPIL, "yes"), born=SIXTEEN_SOON),
    "a no of before sixteen": facts(
        *YESES, says(PUPIL, "yes"), says(B, "no", date(2026, 11, 9)), born=SIXTEEN_SOON
    ),
    "an objection that was lifted": facts(*YESES, objections=(Stop(LATER, TODAY),)),
    "a refusal taken back": facts(
        *YESES, says(B, "no", LATER), says(B, "yes", LATER + timedelta(days=1))
    ),
    "a court's yes that ended above an old no": facts(
        says(A, "yes"), says(B, "no", BEFORE),
        court_orders=(CourtOrder(True, BEFORE, BEFORE, LATER),),
    ),
    "a court's no that is to come": facts(
        *YESES, court_orders=(CourtOrder(False, LATER, TODAY + timedelta(days=1)),)
    ),
}  # fmt: skip


@pytest.mark.parametrize("known", NOES.values(), ids=NOES)
def test_a_new_no_takes_a_picture_down(known):
    assert new_no(known, ALL, published_on=PUBLISHED, on=TODAY) is not None


@pytest.mark.parametrize("known", LAPSES.values(), ids=LAPSES)
def test_what_lapses_takes_nothing_down(known):
    assert new_no(known, ALL, published_on=PUBLISHED, on=TODAY) is None


def test_a_text_that_was_replaced_takes_nothing_down():
    replaced = facts(*YESES)
    assert not effective_answer(replaced, ONE.__class__(text=2), TODAY).is_allowed
    assert new_no(replaced, ONE.__class__(text=2), published_on=PUBLISHED, on=TODAY) is None


def test_whoever_is_no_decider_takes_nothing_down():
    assert new_no(facts(*YESES, says(CURATOR, "no", LATER)), ALL, published_on=PUBLISHED,
                  on=TODAY) is None  # fmt: skip


def test_a_threat_gives_a_day_and_anything_else_a_week():
    assert take_down_by(TODAY, is_threat=True) == TODAY + timedelta(days=1)
    assert take_down_by(TODAY, is_threat=False) == TODAY + timedelta(days=7)


def test_a_threat_is_known_as_one_whatever_else_stands():
    found = new_no(
        facts(*YESES, says(A, "no", LATER), safety_blocks=(Stop(LATER),)),
        ALL, published_on=PUBLISHED, on=TODAY,
    )  # fmt: skip
    assert found.reason is Reason.SAFETY_BLOCK


@pytest.mark.promise("P14")
@pytest.mark.parametrize(
    ("days", "year_ends", "last"),
    [
        (14, date(2027, 7, 31), date(2026, 11, 30)),
        (300, date(2027, 7, 31), date(2027, 7, 31)),
        (300, None, TODAY + timedelta(days=300)),
        (14, date(2026, 11, 20), date(2026, 11, 20)),
        (14, date(2026, 7, 31), date(2026, 11, 30)),
    ],
)
def test_a_recording_ends_after_the_boards_days_and_with_the_school_year(days, year_ends, last):
    assert latest_end(TODAY, days=days, year_ends_on=year_ends) == last
