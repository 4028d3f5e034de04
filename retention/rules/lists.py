"""Destruction lists: who may do what when. Plain Python; the database asks the same again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

AHEAD = timedelta(days=45)  # a list is made so long before its items fall due
COOLING = timedelta(days=7)  # whole days between the approval and the first thing destroyed

REVIEWERS = frozenset({"director", "deputy"})
APPROVERS = frozenset({"board-officer", "privacy-officer"})  # never the FG: it supervises


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
    CARRY_OUT = "carry-out"


class Refusal(StrEnum):
    """Why a step is refused."""

    STATE = "state"
    ROLE = "role"
    SAME_PERSON = "same-person"
    OWN_CHILD = "own-child"
    UNDECIDED = "undecided"
    NAME = "name"


_WHEN: dict[Step, frozenset[State]] = {
    Step.DECIDE: frozenset({State.DRAFT}),
    Step.REVIEW: frozenset({State.DRAFT}),
    Step.APPROVE: frozenset({State.REVIEWED}),
    Step.CANCEL: frozenset({State.DRAFT, State.REVIEWED, State.COOLING, State.READY}),
    Step.CARRY_OUT: frozenset({State.READY, State.BEGUN}),
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


@dataclass(frozen=True)
class Who:
    """Who wants to take a step, and whom it must not be."""

    roles: frozenset[str]
    has_own_child_on_it: bool = False
    did_an_earlier_step: bool = False


def refusal(step: Step, state: State, who: Who) -> Refusal | None:
    """Why this person may not take this step now; none when they may."""
    if state not in _WHEN[step]:
        return Refusal.STATE
    wanted = APPROVERS if step is Step.APPROVE else REVIEWERS
    if step is Step.CANCEL:
        wanted = APPROVERS | REVIEWERS
    if not who.roles & wanted:
        return Refusal.ROLE
    if who.has_own_child_on_it:
        return Refusal.OWN_CHILD
    if step is Step.APPROVE and who.did_an_earlier_step:
        return Refusal.SAME_PERSON
    return None
