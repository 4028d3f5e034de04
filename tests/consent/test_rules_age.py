"""Who must answer and what holds, by age: 12, 16, 18, 29 February, unknown (P5)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from consent.rules import (
    PUPIL,
    Outcome,
    PupilPart,
    Reason,
    asked_ahead_for,
    consent_year,
    effective_answer,
    who_must_answer,
)
from students.rules import Days
from tests.consent.made import (
    ALL,
    ELEVEN,
    FIFTEEN,
    NINE,
    ONE,
    PARENTS_ALONE,
    SIXTEEN,
    TODAY,
    TWELVE,
    YEAR,
    A,
    B,
    facts,
    says,
)

pytestmark = pytest.mark.promise("P5")
LEAP = date(2012, 2, 29)
DAY = timedelta(days=1)
NOTHING, REFUSES, DECIDES = PupilPart.NOTHING, PupilPart.MAY_REFUSE, PupilPart.DECIDES


@pytest.mark.parametrize(
    ("born", "on", "voices", "pupil"),
    [
        (date(2014, 5, 14), date(2026, 5, 13), 2, NOTHING),
        (date(2014, 5, 14), date(2026, 5, 14), 2, DECIDES),  # 12 on the day itself
        (date(2010, 5, 14), date(2026, 5, 13), 2, DECIDES),
        (date(2010, 5, 14), date(2026, 5, 14), 0, DECIDES),  # 16 on the day itself
        (LEAP, date(2024, 2, 28), 2, NOTHING),
        (LEAP, date(2024, 2, 29), 2, DECIDES),
        (LEAP, date(2028, 2, 28), 2, DECIDES),
        (LEAP, date(2028, 2, 29), 0, DECIDES),
        (date(1888, 2, 29), date(1900, 2, 28), 0, NOTHING),  # no authority recorded so early
        (date(1888, 2, 29), date(1900, 3, 1), 0, DECIDES),  # 1 March where there is no 29th
        (None, date(2026, 5, 14), 2, NOTHING),
        (None, date(2090, 1, 1), 2, NOTHING),
    ],
)
def test_who_must_answer_by_age(born, on, voices, pupil):
    deciders = who_must_answer(facts(born=born), ALL, on)
    assert (len(deciders.voices), deciders.pupil) == (voices, pupil)


def test_where_the_board_chose_parents_alone_the_pupil_is_not_asked_until_16():
    assert who_must_answer(facts(born=FIFTEEN), PARENTS_ALONE, TODAY).pupil is NOTHING
    assert who_must_answer(facts(born=SIXTEEN), PARENTS_ALONE, TODAY).people == {PUPIL}


def test_for_outside_parties_the_pupil_counts_from_12_and_all_parents_whatever_the_board_set():
    question = replace(ONE, pupil_counts=False, is_for_outsiders=True)
    known = facts(says(A, "yes"), says(PUPIL, "yes"), born=TWELVE)
    assert who_must_answer(known, question, TODAY).pupil is DECIDES
    assert effective_answer(known, question, TODAY).outcome is Outcome.OPEN
    known = facts(says(A, "yes"), says(B, "yes"), born=TWELVE)
    assert effective_answer(known, question, TODAY).waiting == (PUPIL,)


@pytest.mark.parametrize(
    ("parent", "pupil", "outcome"),
    [
        ("yes", "yes", Outcome.YES),
        ("yes", "no", Outcome.NO),
        ("no", "yes", Outcome.NO),
        ("yes", None, Outcome.OPEN),
        (None, "yes", Outcome.OPEN),
        (None, None, Outcome.OPEN),
        ("yes", "withdrawn", Outcome.NO),
    ],
)
def test_from_12_a_yes_needs_both_sides_and_either_no_is_a_no(parent, pupil, outcome):
    answers = [says(who, said) for who, said in ((A, parent), (PUPIL, pupil)) if said]
    for born in (TWELVE, FIFTEEN):
        assert effective_answer(facts(*answers, born=born), ONE, TODAY).outcome is outcome


def test_the_yes_of_a_pupil_alone_is_not_enough_at_13_also_when_no_parent_has_authority():
    known = facts(says(PUPIL, "yes"), born=TWELVE, authorities=())
    assert effective_answer(known, ONE, TODAY).reason is Reason.NOBODY


def test_a_pupil_under_12_can_not_answer_and_what_it_said_does_not_count_later():
    early = says(PUPIL, "no", date(2026, 4, 1), days=(date(2025, 8, 1), date(2026, 7, 31)))
    known = facts(early, says(A, "yes"), born=TWELVE)
    assert effective_answer(known, ONE, TODAY).outcome is Outcome.OPEN
    young = facts(says(PUPIL, "no"), says(A, "yes"), born=ELEVEN)
    assert effective_answer(young, ONE, TODAY).is_allowed


def test_asked_ahead_for_its_twelfth_birthday_a_pupil_answers_before_and_counts_from_it():
    born = date(2014, 12, 1)
    ahead = says(PUPIL, "yes", date(2026, 11, 10), days=(date(2026, 12, 1), YEAR[1]))
    known = facts(ahead, says(A, "yes"), born=born)
    assert effective_answer(known, ONE, date(2026, 11, 30)).is_allowed  # the parents' yes
    assert effective_answer(known, ONE, date(2026, 12, 1)).is_allowed
    assert not effective_answer(facts(says(A, "yes"), born=born), ONE, date(2026, 12, 1)).is_allowed


BIRTHDAY_16 = date(2026, 11, 16)
BORN_16 = date(2010, 11, 16)


def test_at_16_all_earlier_answers_lapse_and_the_pupil_alone_is_asked():
    before = [says(A, "yes"), says(B, "yes"), says(PUPIL, "yes")]
    known = facts(*before, born=BORN_16)
    assert effective_answer(known, ALL, BIRTHDAY_16 - DAY).is_allowed
    effect = effective_answer(known, ALL, BIRTHDAY_16)
    assert (effect.outcome, effect.waiting) == (Outcome.OPEN, (PUPIL,))


def test_at_16_an_earlier_no_lapses_too_and_is_asked_anew():
    known = facts(says(A, "no"), says(PUPIL, "no"), born=BORN_16)
    assert effective_answer(known, ALL, BIRTHDAY_16).outcome is Outcome.OPEN


@pytest.mark.parametrize(("said", "outcome"), [("yes", Outcome.YES), ("no", Outcome.NO)])
def test_what_the_pupil_answered_ahead_for_16_counts_from_that_day_only(said, outcome):
    ahead = says(PUPIL, said, date(2026, 10, 20), days=(BIRTHDAY_16, YEAR[1]))
    known = facts(ahead, says(A, "no"), born=BORN_16)
    assert effective_answer(known, ALL, BIRTHDAY_16 - DAY).outcome is Outcome.NO
    assert effective_answer(known, ALL, BIRTHDAY_16).outcome is outcome


def test_parents_of_a_pupil_of_16_have_no_say_whatever_they_answer():
    for said in ("yes", "no", "withdrawn"):
        known = facts(says(A, said), says(B, said), born=SIXTEEN)
        assert effective_answer(known, ALL, TODAY).outcome is Outcome.OPEN
        known = facts(says(A, said), says(PUPIL, "yes"), born=SIXTEEN)
        assert effective_answer(known, ALL, TODAY).is_allowed


def test_an_unknown_birth_date_counts_as_under_12_and_never_lets_the_pupil_decide():
    known = facts(says(PUPIL, "yes"), born=None)
    assert effective_answer(known, ONE, TODAY).outcome is Outcome.OPEN
    known = facts(says(PUPIL, "no"), says(A, "yes"), born=None)
    assert effective_answer(known, ONE, TODAY).is_allowed


@pytest.mark.parametrize(
    ("born", "on", "birthday"),
    [
        (date(2014, 12, 16), date(2026, 11, 15), None),
        (date(2014, 12, 16), date(2026, 11, 16), date(2026, 12, 16)),
        (date(2010, 12, 16), date(2026, 12, 15), date(2026, 12, 16)),
        (date(2010, 12, 16), date(2026, 12, 16), None),
        (LEAP, date(2024, 2, 1), date(2024, 2, 29)),
        (None, date(2026, 11, 16), None),
    ],
)
def test_the_right_people_are_asked_thirty_days_ahead(born, on, birthday):
    assert asked_ahead_for(born, on) == birthday


@pytest.mark.promise("P13")
@pytest.mark.parametrize(
    ("years", "on", "expected"),
    [
        ([], date(2026, 7, 31), Days(date(2025, 8, 1), date(2026, 7, 31))),
        ([], date(2026, 8, 1), Days(date(2026, 8, 1), date(2027, 7, 31))),
        # the board's own dates
        ([Days(date(2026, 8, 24), date(2027, 7, 9))], date(2026, 8, 24), None),
        ([Days(date(2026, 8, 24), date(2027, 7, 9))], date(2027, 7, 9), None),
        # between two years of the board nothing of either counts
        (
            [Days(date(2025, 8, 20), date(2026, 7, 10)), Days(date(2026, 8, 24), date(2027, 7, 9))],
            date(2026, 8, 5),
            Days(date(2026, 8, 1), date(2026, 8, 23)),
        ),
        (
            [Days(date(2025, 8, 20), date(2026, 7, 10)), Days(date(2026, 8, 24), date(2027, 7, 9))],
            date(2026, 7, 20),
            Days(date(2026, 7, 11), date(2026, 7, 31)),
        ),
    ],
)
def test_a_consent_counts_for_the_school_year_around_the_day(years, on, expected):
    assert consent_year(years, on) == (expected or years[0])
    assert consent_year(reversed(years), on) == (expected or years[0])


@pytest.mark.promise("P13")
def test_a_yes_ends_with_the_school_year_and_one_given_ahead_begins_with_the_next():
    last, first = date(2027, 7, 31), date(2027, 8, 1)
    known = facts(says(A, "yes"), says(B, "yes"), born=NINE)
    assert effective_answer(known, ALL, last).is_allowed
    effect = effective_answer(known, ALL, first)
    assert (effect.outcome, effect.waiting) == (Outcome.OPEN, (A, B))
    next_year = (first, date(2028, 7, 31))
    ahead = [says(who, "yes", date(2027, 6, 10), days=next_year) for who in (A, B)]
    assert not effective_answer(facts(*ahead, born=NINE), ALL, last).is_allowed
    assert effective_answer(facts(*ahead, born=NINE), ALL, first).is_allowed
