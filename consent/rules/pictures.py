"""What is published must go when a new no comes, and recordings end (mission: Pictures, P13, P14).

A new no is a refusal, withdrawal, objection, court's no or safety block that came after the
publication, or became known after it. What merely lapses (a school year or an order that ends, a
sixteenth birthday, a text that was replaced) makes nobody take anything down.
"""

from __future__ import annotations

from datetime import date, timedelta

from consent.rules.effect import Effect, Reason, effective_answer
from consent.rules.facts import Facts, Outcome, Question

# Each of these gives no whatever else is known, so none stood when it was published.
_ALWAYS_NEW = {Reason.SAFETY_BLOCK, Reason.OBJECTION, Reason.COURT_SAID_NO}
_USUALLY = timedelta(days=7)
_AT_A_THREAT = timedelta(days=1)


def new_no(facts: Facts, question: Question, *, published_on: date, on: date) -> Effect | None:
    """The no for which it must be taken down; none when nobody said no since.

    A refusal that was outranked when it was published (by a court's yes that ended since) is not
    new; one given before and known later is.
    """
    now = effective_answer(facts, question, on)
    if now.outcome is not Outcome.NO:
        return None
    if now.reason in _ALWAYS_NEW or (now.since is not None and now.since >= published_on):
        return now
    then = effective_answer(facts, question, published_on)
    return now if then.outcome is Outcome.NO else None


def take_down_by(asked_on: date, *, is_threat: bool) -> date:
    """The last day to take something down: a week, or a day when somebody is in danger."""
    return asked_on + (_AT_A_THREAT if is_threat else _USUALLY)


def latest_end(recorded_on: date, *, days: int, year_ends_on: date | None) -> date:
    """Until when a lesson recording may be kept: the board's days, at most the school year."""
    by_days = recorded_on + timedelta(days=days)
    if year_ends_on is None or year_ends_on < recorded_on:
        return by_days
    return min(by_days, year_ends_on)
