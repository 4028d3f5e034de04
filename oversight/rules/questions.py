"""Asking why somebody looked: who answers, until when, and how often one may ask. Plain Python."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import date, timedelta
from enum import StrEnum

ANSWER_WITHIN = 30  # days, every day of the calendar counts (AVG: within a month)
MOST_A_DAY = 5  # questions of one person


class GoesTo(StrEnum):
    """Who answers a question."""

    DIRECTOR = "director"
    BOARD = "board"


def goes_to(
    *,
    heads: Collection[uuid.UUID],
    lookers: Collection[uuid.UUID],
    family: Collection[uuid.UUID],
) -> GoesTo:
    """Who answers: the director, unless the director or deputy looked, or is family, or is none.

    `heads` are director and deputies of the school, `family` the accounts of the pupil's parents
    and of the pupil. A deputy does not answer for the director, nor the other way round.
    """
    heads = set(heads)
    if not heads or heads & set(lookers) or heads & set(family):
        return GoesTo.BOARD
    return GoesTo.DIRECTOR


def due_on(asked_on: date) -> date:
    """The last day to answer: thirty days after the day on which it was asked."""
    return asked_on + timedelta(days=ANSWER_WITHIN)


def is_overdue(due: date, on: date) -> bool:
    """Whether the last day has passed; on that day itself there is still time."""
    return on > due
