"""What answers come to: one or all, conflict, withdrawal, authority, texts, others who answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta

import pytest

from consent.rules import PUPIL, Kind, Outcome, PupilPart, Reason, Who, effective_answer
from consent.rules import who_must_answer as asked
from tests.consent.made import (
    ALL,
    CURATOR,
    EIGHTEEN,
    FIFTEEN,
    LONG_AGO,
    MENTOR,
    NINE,
    ONE,
    PARENTS_ALONE,
    SIXTEEN,
    TODAY,
    TWELVE,
    VOOGD,
    YEAR,
    A,
    B,
    C,
    Held,
    Inability,
    Representation,
    Unreachable,
    facts,
    has,
    says,
)

pytestmark = pytest.mark.promise("P5")
DAY = timedelta(days=1)
YES, NO, OPEN = Outcome.YES, Outcome.NO, Outcome.OPEN


@pytest.mark.parametrize(
    ("question", "a", "b", "outcome", "waiting"),
    [
        (ONE, None, None, OPEN, (A, B)),
        (ONE, "yes", None, YES, ()),
        (ONE, "yes", "yes", YES, ()),
        (ONE, "yes", "no", NO, ()),
        (ONE, None, "no", NO, (A,)),
        (ONE, "yes", "withdrawn", NO, ()),
        (ALL, None, None, OPEN, (A, B)),
        (ALL, "yes", None, OPEN, (B,)),
        (ALL, "yes", "yes", YES, ()),
        (ALL, "yes", "no", NO, ()),
        (ALL, "no", None, NO, (B,)),
        (ALL, "withdrawn", "yes", NO, ()),
    ],
)
def test_what_two_parents_say_together(question, a, b, outcome, waiting):
    answers = [says(who, said) for who, said in ((A, a), (B, b)) if said]
    effect = effective_answer(facts(*answers), question, TODAY)
    assert (effect.outcome, effect.waiting) == (outcome, waiting)
    assert effect.is_conflict == ({a, b} >= {"yes"} and bool({a, b} & {"no", "withdrawn"}))


def test_only_the_latest_answer_of_each_person_counts():
    first, second, third = (date(2026, 9, day) for day in (3, 4, 5))
    known = facts(says(A, "no", first), says(A, "yes", second))
    assert effective_answer(known, ONE, TODAY).is_allowed
    known = facts(says(A, "yes", first), says(A, "withdrawn", second))
    effect = effective_answer(known, ONE, TODAY)
    assert (effect.outcome, effect.is_withdrawn, effect.since) == (NO, True, second)
    known = facts(says(A, "yes", first), says(A, "withdrawn", second), says(A, "yes", third))
    assert effective_answer(known, ONE, TODAY).since == third


def test_a_withdrawal_is_a_no_also_after_the_school_year_until_answered_anew():
    new = (date(2027, 8, 1), date(2028, 7, 31))
    ahead = says(A, "yes", date(2027, 6, 10), days=new)
    gone = says(A, "withdrawn", date(2027, 7, 1))
    again = says(A, "yes", date(2027, 8, 20), days=new)
    assert effective_answer(facts(ahead, gone), ONE, date(2027, 8, 1)).outcome is NO
    assert effective_answer(facts(ahead, gone, again), ONE, date(2027, 8, 20)).is_allowed
    other = says(B, "yes", date(2027, 8, 2), days=new)
    assert effective_answer(facts(ahead, gone, other), ONE, date(2027, 8, 2)).outcome is NO


def test_a_yes_for_this_year_leaves_the_one_given_ahead_for_the_next_year_alone():
    ahead = says(A, "yes", date(2027, 6, 10), days=(date(2027, 8, 1), date(2028, 7, 31)))
    now = says(A, "yes", date(2027, 7, 1))
    assert effective_answer(facts(ahead, now), ONE, date(2027, 8, 1)).is_allowed


def test_a_yes_from_before_a_no_does_not_come_back_when_a_later_yes_has_ended():
    short = (date(2026, 9, 5), date(2026, 9, 30))
    known = facts(
        says(A, "yes"),
        says(A, "no", date(2026, 9, 4)),
        says(A, "yes", date(2026, 9, 5), days=short),
    )
    assert effective_answer(known, ONE, date(2026, 9, 30)).is_allowed
    assert effective_answer(known, ONE, date(2026, 10, 1)).outcome is OPEN


def test_a_no_for_next_year_leaves_this_year_as_it_is():
    ahead = says(A, "no", date(2027, 6, 10), days=(date(2027, 8, 1), date(2028, 7, 31)))
    known = facts(says(A, "yes"), ahead)
    assert effective_answer(known, ONE, date(2027, 7, 31)).is_allowed
    assert effective_answer(known, ONE, date(2027, 8, 1)).outcome is NO


def test_an_answer_counts_from_its_own_day_and_not_before():
    known = facts(says(A, "yes", TODAY))
    assert effective_answer(known, ONE, TODAY - DAY).outcome is OPEN
    assert effective_answer(known, ONE, TODAY).is_allowed


def test_of_two_answers_at_the_same_instant_the_no_counts():
    for answers in ([says(A, "yes"), says(A, "no")], [says(A, "no"), says(A, "yes")]):
        assert effective_answer(facts(*answers), ONE, TODAY).outcome is NO
    later = says(A, "yes", at=time(12, 0, 1))
    assert effective_answer(facts(says(A, "no"), later), ONE, TODAY).is_allowed


def test_another_text_in_use_asks_anew_and_a_no_stands_meanwhile():
    second = replace(ALL, text=2)
    effect = effective_answer(facts(says(A, "yes"), says(B, "yes")), second, TODAY)
    assert (effect.outcome, effect.waiting) == (OPEN, (A, B))
    known = facts(says(A, "no"), says(B, "yes", text=2))
    assert effective_answer(known, replace(ONE, text=2), TODAY).outcome is NO


@pytest.mark.parametrize("held", [Held.NO, Held.UNKNOWN])
def test_without_authority_or_when_it_is_unknown_nobody_can_sign(held):
    known = facts(says(A, "yes"), authorities=has(A, held=held))
    assert effective_answer(known, ONE, TODAY).reason is Reason.NOBODY
    known = facts(says(A, "no"), says(B, "yes"), authorities=(*has(A, held=held), *has(B)))
    assert effective_answer(known, ALL, TODAY).is_allowed


def test_a_parent_of_another_family_has_no_voice():
    known = facts(says(C, "no"), says(A, "yes"), says(B, "yes"))
    assert effective_answer(known, ALL, TODAY).is_allowed
    assert effective_answer(facts(says(C, "yes")), ONE, TODAY).outcome is OPEN


def test_authority_counts_on_its_first_and_last_day_and_not_outside_them():
    start, end = date(2026, 10, 1), date(2026, 11, 20)
    known = facts(says(A, "yes", start), authorities=has(A, start=start, end=end))
    assert effective_answer(known, ONE, start).is_allowed
    assert effective_answer(known, ONE, end).is_allowed
    assert effective_answer(known, ONE, end + DAY).reason is Reason.NOBODY
    early = facts(says(A, "yes", start - DAY), authorities=has(A, start=start, end=end))
    assert effective_answer(early, ONE, start).outcome is OPEN


def test_rows_about_authority_that_contradict_each_other_give_none():
    known = facts(says(A, "yes"), authorities=(*has(A), *has(A, held=Held.NO)))
    assert effective_answer(known, ONE, TODAY).reason is Reason.NOBODY


def test_unreachable_is_not_waited_for_but_one_yes_is_needed():
    away = (Unreachable(B, date(2026, 10, 1)),)
    assert effective_answer(facts(says(A, "yes"), unreachable=away), ALL, TODAY).is_allowed
    effect = effective_answer(facts(unreachable=away), ALL, TODAY)
    assert (effect.outcome, effect.waiting) == (OPEN, (A,))
    both = (*away, Unreachable(A, date(2026, 10, 1)))
    assert effective_answer(facts(unreachable=both), ALL, TODAY).waiting == (A, B)
    assert effective_answer(facts(says(A, "yes"), unreachable=both), ALL, TODAY).is_allowed


def test_unreachable_never_goes_over_a_no_and_only_within_its_dates():
    away = (Unreachable(B, date(2026, 10, 1), date(2026, 10, 31)),)
    known = facts(says(A, "yes"), says(B, "no"), unreachable=away)
    assert effective_answer(known, ALL, date(2026, 10, 15)).outcome is NO
    known = facts(says(A, "yes"), unreachable=away)
    assert [
        effective_answer(known, ALL, date(2026, month, day)).outcome
        for month, day in ((9, 30), (10, 1), (10, 31), (11, 1))
    ] == [OPEN, YES, YES, OPEN]


def order(who: Who, **more) -> Representation:
    return Representation(who, LONG_AGO, covers=True, **more)


def test_a_voogd_answers_as_parents_do_until_16():
    known = facts(says(VOOGD, "yes"), authorities=(), representations=(order(VOOGD),))
    assert effective_answer(known, ALL, TODAY).is_allowed
    known = facts(says(VOOGD, "yes"), born=SIXTEEN, authorities=(), representations=(order(VOOGD),))
    assert asked(known, ALL, TODAY).people == {PUPIL}


def test_officers_of_one_institution_have_one_voice_and_its_latest_answer_counts():
    other = Who(Kind.VOOGD, "S")
    officers = (order(VOOGD, voice="Demo"), order(other, voice="Demo"))
    known = facts(says(VOOGD, "yes"), authorities=(), representations=officers)
    assert effective_answer(known, ALL, TODAY).is_allowed
    known = facts(
        says(VOOGD, "yes"),
        says(other, "no", date(2026, 9, 4)),
        authorities=(),
        representations=officers,
    )
    assert effective_answer(known, ALL, TODAY).outcome is NO
    apart = (order(VOOGD), order(other))
    known = facts(says(VOOGD, "yes"), authorities=(), representations=apart)
    assert effective_answer(known, ALL, TODAY).waiting == (other,)


def test_supervision_alone_gives_no_authority():
    officer = Who(Kind.SUPERVISION, "R")
    known = facts(says(officer, "yes"), authorities=(), representations=(order(officer),))
    assert effective_answer(known, ONE, TODAY).reason is Reason.NOBODY
    known = facts(says(officer, "no"), says(A, "yes"), representations=(order(officer),))
    assert effective_answer(known, ONE, TODAY).is_allowed


@pytest.mark.parametrize("who", [CURATOR, MENTOR])
def test_a_curator_or_mentor_answers_where_the_order_covers_it_also_after_16(who):
    known = facts(says(who, "yes"), born=EIGHTEEN, representations=(order(who),))
    assert effective_answer(known, ALL, TODAY).is_allowed
    known = facts(says(who, "yes"), says(PUPIL, "no"), born=SIXTEEN, representations=(order(who),))
    assert effective_answer(known, ALL, TODAY).by == (PUPIL,)
    elsewhere = Representation(who, LONG_AGO, covers=False)
    known = facts(says(who, "yes"), born=EIGHTEEN, representations=(elsewhere,))
    assert effective_answer(known, ALL, TODAY).waiting == (PUPIL,)
    ended = Representation(who, LONG_AGO, TODAY - DAY, covers=True)
    known = facts(says(who, "yes"), born=EIGHTEEN, representations=(ended,))
    assert effective_answer(known, ALL, TODAY).waiting == (PUPIL,)


UNABLE = (Inability(date(2026, 8, 1), date(2027, 7, 31)),)


@pytest.mark.parametrize("born", [TWELVE, FIFTEEN, SIXTEEN])
def test_parents_answer_for_a_pupil_who_can_not_decide_and_its_own_no_still_counts(born):
    known = facts(says(A, "yes"), says(B, "yes"), born=born, inabilities=UNABLE)
    assert effective_answer(known, ALL, TODAY).is_allowed
    for question in (ALL, PARENTS_ALONE):
        known = facts(
            says(A, "yes"), says(B, "yes"), says(PUPIL, "no"), born=born, inabilities=UNABLE
        )
        assert effective_answer(known, question, TODAY).by == (PUPIL,)
    known = facts(says(PUPIL, "yes"), born=born, inabilities=UNABLE)
    assert effective_answer(known, ONE, TODAY).waiting == (A, B)


def test_a_decision_that_was_not_reviewed_within_its_year_ends():
    known = facts(says(A, "yes"), says(B, "yes"), born=SIXTEEN, inabilities=UNABLE)
    assert effective_answer(known, ALL, date(2027, 7, 31)).is_allowed
    assert effective_answer(known, ALL, date(2027, 8, 1)).waiting == (PUPIL,)


def test_at_18_parents_no_longer_answer_for_who_can_not_decide():
    known = facts(says(A, "yes"), says(B, "yes"), born=EIGHTEEN, inabilities=UNABLE)
    assert effective_answer(known, ALL, TODAY).reason is Reason.NOBODY
    known = replace(known, representations=(order(MENTOR),))
    assert effective_answer(known, ALL, TODAY).waiting == (MENTOR,)


def test_the_birthday_of_18_makes_no_yes_of_a_parents_no():
    born = date(2008, 11, 16)
    known = facts(
        says(A, "no"),
        says(MENTOR, "yes"),
        born=born,
        inabilities=UNABLE,
        representations=(order(MENTOR),),
    )
    assert effective_answer(known, ALL, date(2026, 11, 15)).outcome is NO
    assert effective_answer(known, ALL, date(2026, 11, 16)).waiting == (MENTOR,)


def test_the_own_no_of_who_can_not_decide_outlives_its_sixteenth_birthday():
    born = date(2010, 11, 16)
    ahead = [says(w, "yes", date(2026, 11, 1), days=(date(2026, 11, 16), YEAR[1])) for w in (A, B)]
    known = facts(says(PUPIL, "no"), *ahead, born=born, inabilities=UNABLE)
    assert effective_answer(known, ALL, date(2026, 11, 16)).by == (PUPIL,)
    silent = replace(known, answers=tuple(ahead))
    assert effective_answer(silent, ALL, date(2026, 11, 16)).is_allowed


def test_inability_says_nothing_about_a_child_under_12():
    assert asked(facts(born=NINE, inabilities=UNABLE), ALL, TODAY).pupil is PupilPart.NOTHING
