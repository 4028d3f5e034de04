"""Tables of cases: where a pupil stands, which version is asked, and which days are proposed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import pytest

from consent.rules import PUPIL, Enough, Question, effective_answer
from consent.rules.board import State, counting_day, is_complete, state_of, tally, tally_of_all
from consent.rules.round_days import proposed_days
from consent.rules.versions import Stage, at_stage, stages_of
from tests.consent.made import (
    ALL,
    FIFTEEN,
    NINE,
    ONE,
    TODAY,
    A,
    B,
    CourtOrder,
    Stop,
    Unreachable,
    facts,
    has,
    says,
)

pytestmark = pytest.mark.promise("P13")
SEPTEMBER = date(2026, 9, 1)
AWAY_A, AWAY_B = Unreachable(A, SEPTEMBER), Unreachable(B, SEPTEMBER)
BACK = Unreachable(B, SEPTEMBER, TODAY - timedelta(days=1))
BLOCKED = {"safety_blocks": (Stop(SEPTEMBER),)}
FREE = Question(text=1, enough=Enough.ALL, is_publication=False, is_free=True)


@pytest.mark.parametrize(
    ("question", "known", "state"),
    [
        (ALL, facts(says(A, "yes"), says(B, "yes")), State.ANSWERED),
        (ALL, facts(says(A, "yes")), State.OPEN),
        (ALL, facts(), State.OPEN),
        (ONE, facts(says(A, "yes")), State.ANSWERED),
        (FREE, facts(), State.ANSWERED),
        (ALL, facts(court_orders=(CourtOrder(True, SEPTEMBER, SEPTEMBER),)), State.ANSWERED),
        # a no, whoever else is silent
        (ALL, facts(says(A, "no")), State.REFUSED),
        (ALL, facts(says(A, "no"), says(B, "no")), State.REFUSED),
        (ALL, facts(says(A, "withdrawn")), State.REFUSED),
        # what outranks is a no that no answer changes, also when the answers disagree
        (ALL, facts(**BLOCKED), State.REFUSED),
        (ALL, facts(says(A, "yes"), says(B, "no"), **BLOCKED), State.REFUSED),
        (ALL, facts(says(A, "yes"), says(B, "yes"), objections=(Stop(SEPTEMBER),)), State.REFUSED),
        # one yes and one no among those who decide
        (ALL, facts(says(A, "yes"), says(B, "no")), State.CONFLICTING),
        (ONE, facts(says(A, "yes"), says(B, "no")), State.CONFLICTING),
        (ALL, facts(says(A, "yes"), says(PUPIL, "no"), born=FIFTEEN), State.CONFLICTING),
        # who said yes before is no longer in it, or never decided
        (ALL, facts(says(A, "yes", text=0), says(B, "no")), State.REFUSED),
        (ALL, facts(says(A, "yes"), says(B, "no"), authorities=has(B)), State.REFUSED),
        (ALL, facts(says(A, "yes"), says(A, "no", SEPTEMBER + timedelta(days=9))), State.REFUSED),
        # nobody is left who can be asked
        (ALL, facts(unreachable=(AWAY_A, AWAY_B)), State.UNREACHABLE),
        (ALL, facts(authorities=()), State.UNREACHABLE),
        (ALL, facts(unreachable=(AWAY_B,)), State.OPEN),
        (ALL, facts(says(A, "yes"), unreachable=(AWAY_B,)), State.ANSWERED),
        (ALL, facts(unreachable=(AWAY_A, BACK)), State.OPEN),
        (ALL, facts(unreachable=(AWAY_A, AWAY_B), born=FIFTEEN), State.OPEN),
        (ALL, facts(says(PUPIL, "yes"), unreachable=(AWAY_A, AWAY_B), born=FIFTEEN),
         State.UNREACHABLE),
        # never over a no
        (ALL, facts(says(A, "no"), unreachable=(AWAY_A, AWAY_B)), State.REFUSED),
    ],
)  # fmt: skip
def test_a_pupil_stands_in_one_of_five_places(question, known, state):
    assert known.born in {NINE, FIFTEEN}
    assert state_of(effective_answer(known, question, TODAY), known, TODAY) is state


def test_a_question_counts_each_pupil_once_and_all_questions_together_where_any_stands():
    yes, no, conflict, unanswered = State.ANSWERED, State.REFUSED, State.CONFLICTING, State.OPEN
    one = tally([yes, yes, no, unanswered])
    assert (one.pupils, one.at(yes), one.at(no), one.at(conflict), one.at(unanswered)) == (
        4,
        2,
        1,
        0,
        1,
    )
    every = tally_of_all([[yes, no], [yes, unanswered], [conflict, unanswered], []])
    assert (every.pupils, every.at(no), every.at(conflict), every.at(unanswered)) == (4, 1, 1, 2)
    assert every.at(yes) == 2  # nothing is left to answer
    assert not is_complete([yes, State.UNREACHABLE])


@pytest.mark.parametrize(
    ("today", "day"),
    [
        (date(2026, 6, 2), date(2026, 8, 1)),  # asked before the summer
        (date(2026, 8, 1), date(2026, 8, 1)),
        (date(2026, 11, 16), date(2026, 11, 16)),
        (date(2027, 9, 1), date(2027, 7, 31)),  # looked at afterwards
    ],
)
def test_answers_are_looked_at_as_they_count(today, day):
    assert counting_day(today, date(2026, 8, 1), date(2027, 7, 31)) == day


@dataclass(frozen=True)
class Text:
    number: int
    in_use_from: date | None


def test_of_the_versions_one_is_asked_and_each_says_since_when():
    rows = [Text(1, SEPTEMBER), Text(2, TODAY), Text(3, TODAY + timedelta(days=1)), Text(4, None)]
    found = stages_of(rows, TODAY, ended_on=None)
    assert [(found[n].stage, found[n].day) for n in (1, 2, 3, 4)] == [
        (Stage.REPLACED, TODAY),
        (Stage.IN_USE, TODAY),
        (Stage.PLANNED, TODAY + timedelta(days=1)),
        (Stage.DRAFT, None),
    ]
    assert at_stage(rows, found, Stage.IN_USE) == rows[1]
    ended = stages_of(rows, TODAY, ended_on=TODAY)
    assert [ended[n].stage for n in (1, 2, 3, 4)] == [
        Stage.REPLACED,
        Stage.ENDED,
        Stage.ENDED,
        Stage.DRAFT,
    ]
    same_day = [Text(1, TODAY), Text(2, TODAY)]
    found = stages_of(same_day, TODAY, ended_on=None)
    assert at_stage(same_day, found, Stage.IN_USE) == same_day[1]
    assert stages_of([], TODAY, ended_on=None) == {}


@pytest.mark.parametrize(
    ("today", "opens"),
    [
        (date(2027, 4, 5), date(2027, 6, 1)),  # before the summer
        (date(2027, 6, 1), date(2027, 6, 1)),
        (date(2027, 6, 26), date(2027, 6, 28)),  # a Saturday
        (date(2027, 9, 6), date(2027, 9, 6)),  # the year runs: today
    ],
)
def test_a_round_is_proposed_before_the_summer_or_today_and_never_in_the_past(today, opens):
    days = proposed_days(date(2027, 8, 1), today)
    assert days.opens_on == opens
    ordered = [days.opens_on, days.reminds_on, days.reminds_again_on, days.closes_on]
    assert ordered == sorted(set(ordered))
    assert all(day.weekday() < 5 and day >= today for day in ordered)
