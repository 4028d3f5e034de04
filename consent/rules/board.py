"""Where a pupil stands with a question, as whoever looks after the answers counts it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from consent.rules.effect import Effect, Reason
from consent.rules.facts import Facts, Outcome
from students.rules import covers


class State(StrEnum):
    """One of five, in the order in which they are shown."""

    ANSWERED = "answered"  # it is a yes: nobody need do anything
    REFUSED = "refused"  # it is a no: somebody refused, or something outranks
    CONFLICTING = "conflicting"  # of those who decide one said yes and one no
    OPEN = "open"  # somebody is still to answer
    UNREACHABLE = "unreachable"  # nobody is left who can be asked


# Where nobody can do more by waiting: the answers are in, whatever they say.
SETTLED = frozenset({State.ANSWERED, State.REFUSED, State.CONFLICTING})


def state_of(effect: Effect, facts: Facts, on: date) -> State:
    """What `effective_answer` found on `on`, as one of five.

    Unreachable: all who are still to answer are recorded so by the director, or nobody is recorded
    who may answer. A reminder helps in neither.
    """
    if effect.outcome is Outcome.YES:
        return State.ANSWERED
    if effect.outcome is Outcome.NO:
        return State.CONFLICTING if effect.is_conflict else State.REFUSED
    if effect.reason is Reason.NOBODY:
        return State.UNREACHABLE
    away = {decision.parent for decision in facts.unreachable if covers(decision, on)}
    return State.UNREACHABLE if away.issuperset(effect.waiting) else State.OPEN


@dataclass(frozen=True)
class Tally:
    """How many pupils stand where."""

    counts: Mapping[State, int] = field(default_factory=dict)
    pupils: int = 0

    def at(self, state: State) -> int:
        """How many stand there."""
        return self.counts.get(state, 0)


def tally(states: Iterable[State]) -> Tally:
    """For one question: each pupil stands in one place."""
    counts = Counter(states)
    return Tally(counts, counts.total())


def tally_of_all(pupils: Iterable[Iterable[State]]) -> Tally:
    """For all questions together: each pupil counts in every state one of its questions is in.

    But for answered: there counts who has nothing left to answer.
    """
    counts: Counter[State] = Counter()
    number = 0
    for states in pupils:
        found = set(states)
        number += 1
        counts[State.ANSWERED] += is_complete(found)
        counts.update(found - {State.ANSWERED})
    return Tally(counts, number)


def is_complete(states: Iterable[State]) -> bool:
    """Whether nobody is still to answer anything."""
    return set(states) <= SETTLED


def counting_day(today: date, counts_from: date, counts_until: date) -> date:
    """The day for which the answers of a round are looked at.

    A round is opened before the summer: until its first day the answers are looked at as they
    will count then.
    """
    return min(max(today, counts_from), counts_until)
