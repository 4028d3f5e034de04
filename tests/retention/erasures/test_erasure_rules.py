"""Who may decide about a request to erase, and when: tables of cases, no database."""

from datetime import date, timedelta

import pytest

from retention.rules.erasures import No, State, Step, Who, answer_by, may_begin, no_to

DAY = date(2026, 11, 16)


def who(*roles: str, own=False, proposed=False, approved=False, family=False) -> Who:
    return Who(frozenset(roles), own, proposed, approved, family)


@pytest.mark.parametrize(
    ("step", "state", "person", "no"),
    [
        (Step.APPROVE, State.OPEN, who("privacy-officer"), None),
        (Step.APPROVE, State.OPEN, who("board-officer"), None),
        (Step.APPROVE, State.OPEN, who("fg"), No.ROLE),
        (Step.APPROVE, State.OPEN, who("director"), No.ROLE),
        (Step.APPROVE, State.OPEN, who("fg", "board-officer"), No.ROLE),
        (Step.APPROVE, State.OPEN, who("privacy-officer", proposed=True), No.SAME_PERSON),
        (Step.APPROVE, State.OPEN, who("privacy-officer", own=True), No.OWN_CHILD),
        (Step.APPROVE, State.APPROVED, who("privacy-officer"), No.STATE),
        (Step.APPROVE, State.REFUSED, who("privacy-officer"), No.STATE),
        (Step.REFUSE, State.OPEN, who("board-officer"), None),
        (Step.REFUSE, State.OPEN, who("director"), No.ROLE),
        (Step.REFUSE, State.OPEN, who("privacy-officer", proposed=True), No.SAME_PERSON),
        (Step.REFUSE, State.APPROVED, who("board-officer"), No.STATE),
        (Step.WITHDRAW, State.OPEN, who("director", proposed=True), None),
        (Step.WITHDRAW, State.APPROVED, who("deputy"), None),
        (Step.WITHDRAW, State.OPEN, who("board-officer"), No.ROLE),
        (Step.WITHDRAW, State.OPEN, who("deputy", own=True), No.OWN_CHILD),
        (Step.WITHDRAW, State.APPROVED, who("board-officer", approved=True), None),
        (Step.WITHDRAW, State.APPROVED, who("board-officer"), No.ROLE),
        (Step.WITHDRAW, State.APPROVED, who("counsellor", approved=True), No.ROLE),
        (Step.WITHDRAW, State.OPEN, who("director", family=True), None),
        (Step.WITHDRAW, State.APPROVED, who("director", proposed=True, family=True), No.ROLE),
        (Step.WITHDRAW, State.APPROVED, who("board-officer", family=True), No.ROLE),
        (Step.WITHDRAW, State.APPROVED, who("privacy-officer", family=True), None),
        (Step.WITHDRAW, State.APPROVED, who("board-officer", approved=True, family=True), None),
        (Step.WITHDRAW, State.BEGUN, who("board-officer", approved=True), No.STATE),
        (Step.WITHDRAW, State.BEGUN, who("director"), No.STATE),
        (Step.WITHDRAW, State.DONE, who("director"), No.STATE),
    ],
)
def test_a_request_is_decided_by_who_may_while_it_may_be(step, state, person, no):
    assert no_to(step, state, person) is no


def test_a_held_dossier_stops_the_approval_and_nothing_else():
    assert no_to(Step.APPROVE, State.OPEN, who("board-officer"), is_held=True) is No.HELD
    assert no_to(Step.REFUSE, State.OPEN, who("board-officer"), is_held=True) is None
    assert no_to(Step.WITHDRAW, State.OPEN, who("director"), is_held=True) is None


def test_it_begins_a_whole_day_after_the_approval_and_is_answered_within_thirty_days():
    assert not may_begin(DAY, DAY + timedelta(days=1))
    assert may_begin(DAY, DAY + timedelta(days=2))
    assert answer_by(DAY) == date(2026, 12, 16)
