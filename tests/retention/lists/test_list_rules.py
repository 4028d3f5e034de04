"""Who may take which step of a destruction list when: tables of cases, no database."""

from datetime import date, timedelta

import pytest

from retention.list_words import where_it_is
from retention.rules.lists import (
    Milestones,
    Missing,
    Refusal,
    State,
    Step,
    Who,
    cools_until,
    refusal,
    state_of,
    who_is_missing,
)

APPROVED = date(2026, 10, 3)


@pytest.mark.parametrize(
    ("days", "on", "state"),
    [
        (Milestones(), APPROVED, State.DRAFT),
        (Milestones(reviewed_on=APPROVED), APPROVED, State.REVIEWED),
        (Milestones(APPROVED, APPROVED), APPROVED, State.COOLING),
        (Milestones(APPROVED, APPROVED), APPROVED + timedelta(days=7), State.COOLING),
        (Milestones(APPROVED, APPROVED), APPROVED + timedelta(days=8), State.READY),
        (Milestones(APPROVED, APPROVED), APPROVED - timedelta(days=1), State.COOLING),
        (Milestones(APPROVED, APPROVED, begun=True), APPROVED, State.BEGUN),
        (Milestones(APPROVED, APPROVED, begun=True, closed=True), APPROVED, State.CLOSED),
        (Milestones(APPROVED, APPROVED, cancelled=True), APPROVED, State.CANCELLED),
        (Milestones(cancelled=True), APPROVED, State.CANCELLED),
    ],
)
def test_a_list_is_where_its_days_say(days, on, state):
    assert state_of(days, on) is state


def test_seven_whole_days_lie_between_the_approval_and_the_first_destruction():
    assert cools_until(date(2026, 12, 28)) == date(2027, 1, 4)


DIRECTOR, OFFICER = frozenset({"director"}), frozenset({"privacy-officer"})


@pytest.mark.parametrize(
    ("step", "state", "who", "why"),
    [
        (Step.DECIDE, State.DRAFT, Who(DIRECTOR), None),
        (Step.DECIDE, State.DRAFT, Who(DIRECTOR, somebody_else_reviews=True), Refusal.REVIEWER),
        (Step.REVIEW, State.DRAFT, Who(DIRECTOR, somebody_else_reviews=True), Refusal.REVIEWER),
        (Step.CANCEL, State.DRAFT, Who(DIRECTOR, somebody_else_reviews=True), None),
        (Step.ASSIGN, State.DRAFT, Who(DIRECTOR, somebody_else_reviews=True), None),
        (Step.ASSIGN, State.DRAFT, Who(OFFICER), None),
        (Step.ASSIGN, State.DRAFT, Who(frozenset({"fg"})), Refusal.ROLE),
        (Step.ASSIGN, State.REVIEWED, Who(DIRECTOR), Refusal.STATE),
        (Step.DECIDE, State.REVIEWED, Who(DIRECTOR), Refusal.STATE),
        (Step.DECIDE, State.DRAFT, Who(OFFICER), Refusal.ROLE),
        (Step.REVIEW, State.DRAFT, Who(frozenset({"deputy"})), None),
        (Step.REVIEW, State.COOLING, Who(DIRECTOR), Refusal.STATE),
        (Step.REVIEW, State.DRAFT, Who(frozenset({"counsellor"})), Refusal.ROLE),
        (Step.REVIEW, State.DRAFT, Who(DIRECTOR, has_own_child_on_it=True), Refusal.OWN_CHILD),
        (Step.APPROVE, State.REVIEWED, Who(OFFICER), None),
        (Step.APPROVE, State.REVIEWED, Who(frozenset({"board-officer"})), None),
        (Step.APPROVE, State.REVIEWED, Who(frozenset({"fg"})), Refusal.ROLE),
        (Step.APPROVE, State.REVIEWED, Who(DIRECTOR), Refusal.ROLE),
        (Step.APPROVE, State.DRAFT, Who(OFFICER), Refusal.STATE),
        (
            Step.APPROVE,
            State.REVIEWED,
            Who(DIRECTOR | OFFICER, did_an_earlier_step=True),
            Refusal.SAME_PERSON,
        ),
        (Step.APPROVE, State.REVIEWED, Who(OFFICER, has_own_child_on_it=True), Refusal.OWN_CHILD),
        (Step.CANCEL, State.COOLING, Who(OFFICER, did_an_earlier_step=True), None),
        (Step.CANCEL, State.READY, Who(DIRECTOR), None),
        (Step.CANCEL, State.BEGUN, Who(DIRECTOR), Refusal.STATE),
        (Step.CARRY_OUT, State.COOLING, Who(DIRECTOR), Refusal.STATE),
    ],
)
def test_a_step_is_for_some_people_at_some_time(step, state, who, why):
    assert refusal(step, state, who) is why


@pytest.mark.parametrize(
    ("state", "reviewers", "approvers", "earlier", "missing"),
    [
        (State.DRAFT, "d", "o", "", None),
        (State.DRAFT, "", "o", "", Missing.REVIEWER),
        (State.DRAFT, "d", "", "", Missing.APPROVER),
        # a board of one school: its director is its officer
        (State.DRAFT, "d", "d", "", Missing.SECOND_PERSON),
        (State.DRAFT, "de", "d", "", None),  # the deputy reviews, the director approves
        (State.DRAFT, "de", "d", "d", Missing.SECOND_PERSON),  # but not once the director decided
        (State.DRAFT, "d", "do", "d", None),
        (State.REVIEWED, "d", "d", "d", Missing.SECOND_PERSON),
        (State.REVIEWED, "d", "do", "d", None),
        (State.REVIEWED, "", "o", "d", None),
        (State.REVIEWED, "d", "", "d", Missing.APPROVER),
        (State.COOLING, "", "", "", None),
        (State.CLOSED, "", "", "", None),
    ],
)
def test_who_must_be_named_before_a_list_can_come_to_its_end(
    state, reviewers, approvers, earlier, missing
):
    assert who_is_missing(state, reviewers, approvers, earlier) is missing


@pytest.mark.parametrize(
    ("state", "must_answer", "is_dealt_with", "words", "badge"),
    [
        (State.READY, False, False, "about to be carried out", "attention"),
        (State.BEGUN, False, False, "being carried out", "neutral"),
        (State.BEGUN, True, False, "being carried out", "neutral"),
        (State.BEGUN, True, True, "waits for an answer", "open"),
        (State.BEGUN, False, True, "carried out, not closed yet", "neutral"),
        (State.CLOSED, False, True, "carried out", "yes"),
    ],
)
def test_a_list_of_which_all_is_dealt_with_is_not_being_carried_out_any_more(
    state, must_answer, is_dealt_with, words, badge
):
    where = where_it_is(state, must_answer=must_answer, is_dealt_with=is_dealt_with)
    assert (str(where[0]), where[1]) == (words, badge)
