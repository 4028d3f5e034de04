"""What outranks answers: a court, an objection, a safety block; and being free of consent."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations

import pytest
from django.utils import translation

from consent.rules import PUPIL, CourtOrder, Effect, Outcome, Reason, Stop, effective_answer
from consent.sentences import for_family, for_staff
from tests.consent.made import (
    ALL,
    FIFTEEN,
    LONG_AGO,
    MENTOR,
    ONE,
    SIXTEEN,
    TODAY,
    A,
    B,
    Inability,
    Representation,
    facts,
    has,
    says,
)

pytestmark = pytest.mark.promise("P5")
DAY = timedelta(days=1)
BOTH_YES = (says(A, "yes"), says(B, "yes"))
BOTH_NO = (says(A, "no"), says(B, "no"))
STOP = (Stop(date(2026, 10, 1)),)
COURT_YES = (CourtOrder(True, date(2026, 9, 20), date(2026, 9, 20)),)
COURT_NO = (CourtOrder(False, date(2026, 9, 20), date(2026, 9, 20)),)
FREE = replace(ALL, is_free=True)
INSIDE = replace(ALL, is_publication=False)


@pytest.mark.parametrize(
    ("known", "question", "reason"),
    [
        ({"court_orders": COURT_YES, "answers": BOTH_NO}, ALL, Reason.COURT_SAID_YES),
        ({"court_orders": COURT_YES}, ALL, Reason.COURT_SAID_YES),
        ({"court_orders": COURT_NO, "answers": BOTH_YES}, ALL, Reason.COURT_SAID_NO),
        ({"court_orders": COURT_YES + COURT_NO, "answers": BOTH_YES}, ALL, Reason.COURT_SAID_NO),
        ({"objections": STOP, "answers": BOTH_YES}, ALL, Reason.OBJECTION),
        ({"objections": STOP, "court_orders": COURT_YES}, ALL, Reason.OBJECTION),
        ({"safety_blocks": STOP, "answers": BOTH_YES}, ALL, Reason.SAFETY_BLOCK),
        ({"safety_blocks": STOP, "court_orders": COURT_YES}, ALL, Reason.SAFETY_BLOCK),
        ({"safety_blocks": STOP, "objections": STOP}, ALL, Reason.SAFETY_BLOCK),
        ({"safety_blocks": STOP}, FREE, Reason.SAFETY_BLOCK),
        ({"safety_blocks": STOP, "answers": BOTH_YES}, INSIDE, Reason.AGREED),
        ({"objections": STOP}, FREE, Reason.OBJECTION),
        ({"court_orders": COURT_NO}, FREE, Reason.COURT_SAID_NO),
        ({}, FREE, Reason.FREE),
    ],
)
def test_what_outranks_what(known, question, reason):
    answers = known.pop("answers", ())
    assert effective_answer(facts(*answers, **known), question, TODAY).reason is reason
    known["answers"] = answers


@pytest.mark.parametrize("kind", ["objections", "safety_blocks"])
def test_it_stands_from_its_day_until_the_day_it_is_lifted(kind):
    stop = Stop(date(2026, 10, 1), date(2026, 11, 1))
    known = facts(*BOTH_YES, **{kind: (stop,)})
    assert [
        effective_answer(known, ALL, day).is_allowed
        for day in (date(2026, 9, 30), date(2026, 10, 1), date(2026, 10, 31), date(2026, 11, 1))
    ] == [True, False, False, True]


def test_a_courts_yes_counts_within_its_dates_only():
    order = CourtOrder(True, date(2026, 9, 20), date(2026, 10, 1), date(2026, 10, 31))
    known = facts(*BOTH_NO, court_orders=(order,))
    assert [
        effective_answer(known, ALL, day).is_allowed
        for day in (date(2026, 9, 30), date(2026, 10, 1), date(2026, 10, 31), date(2026, 11, 1))
    ] == [False, True, True, False]


def test_a_courts_yes_in_a_parents_place_lapses_at_16_unless_decided_after_it():
    born = date(2010, 11, 16)
    known = facts(court_orders=COURT_YES, born=born)
    assert effective_answer(known, ALL, date(2026, 11, 15)).is_allowed
    assert effective_answer(known, ALL, date(2026, 11, 16)).waiting == (PUPIL,)
    later = CourtOrder(True, date(2026, 11, 16), date(2026, 11, 16))
    known = facts(says(PUPIL, "no"), court_orders=(later,), born=born)
    assert effective_answer(known, ALL, date(2026, 11, 16)).is_allowed
    assert effective_answer(
        facts(court_orders=COURT_NO, born=born), ALL, date(2026, 11, 16)
    ).reason is (Reason.COURT_SAID_NO)


# --- sentences ------------------------------------------------------------------------------

REPRESENTED = (Representation(MENTOR, LONG_AGO, covers=True),)
EVERY_NO = [
    facts(),
    facts(authorities=()),
    facts(says(A, "yes")),
    facts(says(A, "no")),
    facts(says(A, "yes"), says(B, "no")),
    facts(*BOTH_NO),
    facts(says(A, "withdrawn")),
    facts(*BOTH_YES, born=FIFTEEN),
    facts(says(PUPIL, "no"), born=FIFTEEN),
    facts(says(PUPIL, "withdrawn"), born=SIXTEEN),
    facts(says(MENTOR, "no"), born=SIXTEEN, representations=REPRESENTED),
    facts(born=FIFTEEN, representations=REPRESENTED),
    facts(
        says(MENTOR, "withdrawn"),
        says(A, "yes"),
        born=SIXTEEN,
        inabilities=(Inability(LONG_AGO, date(2030, 1, 1)),),
        representations=REPRESENTED,
    ),
    facts(*BOTH_YES, safety_blocks=STOP),
    facts(*BOTH_YES, objections=STOP),
    facts(*BOTH_YES, court_orders=COURT_NO),
]


def effects() -> list[Effect]:
    return [effective_answer(known, ALL, TODAY) for known in EVERY_NO]


@pytest.mark.parametrize("language", ["en", "nl"])
def test_a_parent_reads_the_same_for_silence_a_no_a_block_an_objection_and_a_court(language):
    with translation.override(language):
        read = {for_family(effect) for effect in effects()}
    assert len(read) == 1
    assert not read.pop().is_allowed


@pytest.mark.parametrize("language", ["en", "nl"])
def test_staff_read_why_and_nobodys_name(language):
    with translation.override(language):
        read = [for_staff(effect) for effect in effects()]
    assert all(sentence.endswith(".") and "%" not in sentence for sentence in read)
    assert len(set(read)) >= 13
    assert {effect.reason for effect in effects()} | {
        Reason.AGREED,
        Reason.FREE,
        Reason.COURT_SAID_YES,
    } == set(Reason)


def test_the_sentence_of_the_issue():
    effect = effective_answer(facts(says(A, "yes"), says(B, "no")), ONE, TODAY)
    assert for_staff(effect) == "No: one parent with authority refused on 3 September 2026."
    effect = effective_answer(facts(says(A, "yes"), born=FIFTEEN), ALL, TODAY)
    assert for_staff(effect) == "Open, so no. Still to answer: one parent, the pupil."


@pytest.mark.parametrize(
    ("known", "question", "said"),
    [
        (facts(*BOTH_YES), ALL, "Yes: everybody who must decide agreed, since 3 September 2026."),
        (facts(), FREE, "Yes: the board asks no consent for this."),
        (
            facts(*BOTH_NO, court_orders=COURT_YES),
            ALL,
            "Yes: a court gave consent, from 20 September 2026.",
        ),
    ],
)
def test_a_yes_says_why_to_staff_and_no_more_than_yes_to_parents(known, question, said):
    effect = effective_answer(known, question, TODAY)
    assert for_staff(effect) == said
    assert for_family(effect).is_allowed


def test_a_yes_by_one_parent_reads_as_one_by_both_or_by_a_court():
    known = [facts(says(A, "yes")), facts(*BOTH_YES), facts(court_orders=COURT_YES)]
    read = {for_family(effective_answer(one, ONE, TODAY)) for one in known}
    assert len(read) == 1


def test_each_pair_of_reasons_that_are_no_reads_alike_for_the_family():
    """Also for reasons nobody thought of yet: the family's sentence asks the outcome only."""
    noes = [Effect(Outcome.NO, r) for r in Reason if r is not Reason.FREE]
    noes += [Effect(Outcome.OPEN, r) for r in Reason if r is not Reason.FREE]
    assert all(for_family(one) == for_family(other) for one, other in combinations(noes, 2))


def test_who_has_no_authority_makes_no_difference_to_what_is_read():
    alone = facts(says(A, "yes"), authorities=has(A))
    assert for_family(effective_answer(alone, ALL, TODAY)).is_allowed
