"""Destruction lists: who may do what when. Plain Python; the database asks the same again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import TypeVar

T = TypeVar("T")

AHEAD = timedelta(days=45)  # a list is made so long before its items fall due
COOLING = timedelta(days=7)  # whole days between the approval and the first thing destroyed

REVIEWERS = frozenset({"director", "deputy"})
APPROVERS = frozenset({"board-officer", "privacy-officer"})  # never the FG: it supervises
NAMERS = frozenset({"board-officer"})  # of who is missing
WATCHERS = frozenset({"fg"})

# Why an item is left: a copy was put back, what was decided since is lost; its hold was lifted, and
# the log does not say by whom.
RESTORED, UNLIFTED = "restored", "unlifted"


class State(StrEnum):
    """Where a list is."""

    DRAFT = "draft"
    REVIEWED = "reviewed"
    COOLING = "cooling"
    READY = "ready"
    BEGUN = "begun"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class Step(StrEnum):
    """What somebody wants to do with a list."""

    DECIDE = "decide"
    REVIEW = "review"
    APPROVE = "approve"
    CANCEL = "cancel"
    ASSIGN = "assign"
    CARRY_OUT = "carry-out"


class Refusal(StrEnum):
    """Why a step is refused."""

    STATE = "state"
    ROLE = "role"
    SAME_PERSON = "same-person"
    OWN_CHILD = "own-child"
    REVIEWER = "reviewer"
    UNDECIDED = "undecided"
    DECIDED_BY_PARENT = "decided-by-parent"
    NAME = "name"


_WHEN: dict[Step, frozenset[State]] = {
    Step.DECIDE: frozenset({State.DRAFT}),
    Step.REVIEW: frozenset({State.DRAFT}),
    Step.APPROVE: frozenset({State.REVIEWED}),
    Step.CANCEL: frozenset({State.DRAFT, State.REVIEWED, State.COOLING, State.READY}),
    Step.ASSIGN: frozenset({State.DRAFT}),
    Step.CARRY_OUT: frozenset({State.READY, State.BEGUN}),
}
_BY: dict[Step, frozenset[str]] = {
    Step.DECIDE: REVIEWERS,
    Step.REVIEW: REVIEWERS,
    Step.APPROVE: APPROVERS,
    Step.CANCEL: APPROVERS | REVIEWERS,
    Step.ASSIGN: APPROVERS | REVIEWERS,
}


@dataclass(frozen=True)
class Milestones:
    """The days of a list; none where it is not yet."""

    reviewed_on: date | None = None
    approved_on: date | None = None
    begun: bool = False
    closed: bool = False
    cancelled: bool = False


def cools_until(approved_on: date) -> date:
    """The last day on which nothing may be destroyed yet."""
    return approved_on + COOLING


def first_day(approved_on: date) -> date:
    """The day on which a list that was approved is carried out."""
    return cools_until(approved_on) + timedelta(days=1)


def begins_on(approved_on: date, first_due: date | None) -> date:
    """The same, where its first item falls due later: the day after that."""
    cooled = first_day(approved_on)
    return cooled if first_due is None else max(cooled, first_due + timedelta(days=1))


def state_of(days: Milestones, on: date) -> State:
    """Where a list is on a day."""
    if days.cancelled:
        return State.CANCELLED
    if days.closed:
        return State.CLOSED
    if days.begun:
        return State.BEGUN
    if days.approved_on is not None:
        return State.READY if on > cools_until(days.approved_on) else State.COOLING
    return State.DRAFT if days.reviewed_on is None else State.REVIEWED


def is_to_be_reminded(approve_by: date, on: date) -> bool:
    """Whether somebody hears again that a list waits: two weeks and a week before it would be late,
    on the day itself, and then each week.
    """
    days = (approve_by - on).days
    return days <= 14 and days % 7 == 0


@dataclass(frozen=True)
class Who:
    """Who wants to take a step, and whom it must not be."""

    roles: frozenset[str]
    has_own_child_on_it: bool = False
    did_an_earlier_step: bool = False
    somebody_else_reviews: bool = False  # the review was given to another person


def refusal(step: Step, state: State, who: Who) -> Refusal | None:
    """Why this person may not take this step now; none when they may."""
    if state not in _WHEN[step]:
        return Refusal.STATE
    if not who.roles & _BY.get(step, frozenset()):
        return Refusal.ROLE
    if who.has_own_child_on_it:
        return Refusal.OWN_CHILD
    if step in (Step.DECIDE, Step.REVIEW) and who.somebody_else_reviews:
        return Refusal.REVIEWER
    if step is Step.APPROVE and who.did_an_earlier_step:
        return Refusal.SAME_PERSON
    return None


class Missing(StrEnum):
    """Who is missing, so that a list can't come to its end."""

    REVIEWER = "reviewer"
    APPROVER = "approver"
    SECOND_PERSON = "second-person"  # one and the same is all there is


def who_is_missing(
    state: State, reviewers: Iterable[T], approvers: Iterable[T], earlier: Iterable[T]
) -> Missing | None:
    """Who must be named before this list can be reviewed and approved; none: it can.

    `earlier` made the list, decided or reviewed. A board of one school whose director is its
    officer has nobody to approve, until it names somebody else.
    """
    if state not in (State.DRAFT, State.REVIEWED):
        return None
    may_review, may_approve, before = set(reviewers), set(approvers), set(earlier)
    if state is State.DRAFT and not may_review:
        return Missing.REVIEWER
    if not may_approve:
        return Missing.APPROVER
    left = may_approve - before
    if state is State.DRAFT and len(left) == 1 and may_review == left:
        return Missing.SECOND_PERSON
    return None if left else Missing.SECOND_PERSON
