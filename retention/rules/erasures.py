"""Erasing part of a dossier on request: who may do what when. Plain Python.

AVG: article 16 (correcting), 17 (erasing), 12(3) (an answer within a month), 12(4) (a refusal says
why, and where to complain). The database asks the same again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

DAY = timedelta(days=1)
ANSWER_WITHIN = timedelta(days=30)  # AVG article 12(3): a month; the shortest counts as one

PROPOSERS = frozenset({"director", "deputy", "privacy-officer"})
DECIDERS = frozenset({"board-officer", "privacy-officer"})  # never the FG: it supervises


class State(StrEnum):
    """Where a request is."""

    OPEN = "open"
    APPROVED = "approved"
    BEGUN = "begun"
    DONE = "done"
    GONE = "gone"  # nothing of it was left to erase
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Step(StrEnum):
    """What somebody wants to do with a request."""

    APPROVE = "approve"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"


class No(StrEnum):
    """Why a step is refused."""

    STATE = "state"
    ROLE = "role"
    SAME_PERSON = "same-person"
    OWN_CHILD = "own-child"
    HELD = "held"


_WHEN: dict[Step, frozenset[State]] = {
    Step.APPROVE: frozenset({State.OPEN}),
    Step.REFUSE: frozenset({State.OPEN}),
    Step.WITHDRAW: frozenset({State.OPEN, State.APPROVED}),
}


@dataclass(frozen=True)
class Who:
    """Who wants to take a step, and whom it must not be."""

    roles: frozenset[str]
    is_own_child: bool = False
    proposed_it: bool = False
    approved_it: bool = False
    family_asked: bool = False


def no_to(step: Step, state: State, who: Who, *, is_held: bool = False) -> No | None:
    """Why this person may not take this step now; none when they may."""
    if state not in _WHEN[step]:
        return No.STATE
    if not _has_role(step, state, who):
        return No.ROLE
    if who.is_own_child:
        return No.OWN_CHILD
    if step is not Step.WITHDRAW and who.proposed_it:
        return No.SAME_PERSON
    if step is Step.APPROVE and is_held:
        return No.HELD
    return None


def _has_role(step: Step, state: State, who: Who) -> bool:
    """Who may ask takes back, and who approved it; who decides supervises nothing.

    What a family asked and the board approved is undone by who approved it, or the privacy officer:
    else one person of the school would refuse it (AVG 12(4)).
    """
    if step is Step.WITHDRAW:
        if who.approved_it:
            return bool(who.roles & (PROPOSERS | DECIDERS))
        is_promised = who.family_asked and state is State.APPROVED
        return bool(who.roles & (PROPOSERS & DECIDERS if is_promised else PROPOSERS))
    return bool(who.roles & DECIDERS) and "fg" not in who.roles


def may_begin(approved_on: date, on: date) -> bool:
    """Whether it is carried out on a day: a whole day lies between, in which a slip of the hand can
    be taken back.
    """
    return on >= begins_on(approved_on)


def begins_on(approved_on: date) -> date:
    """The first day on which what was approved on a day is erased."""
    return approved_on + 2 * DAY


def answer_by(received_on: date) -> date:
    """The last day on which the school answers who asked."""
    return received_on + ANSWER_WITHIN


def is_late(received_on: date, on: date) -> bool:
    """Whether the days that the law gives are over."""
    return answer_by(received_on) < on
