"""Deciding anew what somebody decided who turned out to have a child on the list."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone

from access.errors import Overtaken
from access.models import User
from audit.actions import record
from retention import events
from retention.actions.lists import to_change
from retention.list_words import REFUSED
from retention.models import DestructionList
from retention.queries.deciding_anew import decided_by_parents
from retention.rules.lists import Refusal, Step


@transaction.atomic
def decide_the_same(*, made: DestructionList, by: User, on: date) -> int:
    """Decides about all of those as they are decided now, as the own decision; says how many.

    What is kept stays kept by the hold it has. Whoever decides otherwise about some does so first.
    """
    row = to_change(Step.DECIDE, made, by=by, on=on)
    number = decided_by_parents(row).update(decided_by=by, decided_at=timezone.now())
    if not number:
        raise Overtaken(REFUSED[Refusal.STATE])
    record(
        events.ITEM_DECIDED,
        by=by,
        unit=row.school_id,
        target=row,
        detail={"items": number, "as": "before"},
    )
    return number
