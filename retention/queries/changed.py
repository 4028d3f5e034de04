"""Which items of a list would be left alone if it were carried out now, and why."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from retention.models import DestructionItem, Leaver
from retention.queries.facts import fates_of
from retention.queries.lists import Changed, Listed
from retention.rules import Fate, Why
from retention.terms import KINDS

MOVED = "moved"  # its day, or the leaving date, is another one than was listed


def with_changes(listed: Iterable[Listed], *, on: date) -> list[Listed]:
    """With what changed since the list was made, where it still goes on; holds are told apart."""
    rows = list(listed)
    dossiers = {one.dossier.pk: one.dossier for one in rows if one.dossier and _waits(one.item)}
    if not dossiers:
        return rows
    fates = fates_of(dossiers.values(), on=on, kinds={one.item.kind for one in rows})
    leavers = Leaver.objects.in_bulk(dossiers)
    return [
        replace(one, changed=_changed(one.item, fates, leavers))
        if one.item.dossier_id in dossiers and _waits(one.item)
        else one
        for one in rows
    ]


def _waits(item: DestructionItem) -> bool:
    made = item.list
    ended = made.cancelled_on is not None or made.closed_at is not None
    return not ended and item.outcome == "" and item.decision != DestructionItem.Decision.KEEP


def _changed(
    item: DestructionItem,
    fates: dict[tuple[uuid.UUID, str], Fate],
    leavers: dict[uuid.UUID, Leaver],
) -> Changed | None:
    fate = fates.get((item.dossier_id, item.kind))
    if fate is None:
        return Changed(Why.GONE)
    if fate.why not in (Why.DUE, Why.TERM_RUNS):
        return None if fate.why is Why.HELD else Changed(fate.why)
    left_on, leaver = None, leavers.get(item.dossier_id)
    if leaver is not None:
        left_on = leaver.family_left_on if KINDS[item.kind].follows_family else leaver.left_on
    if (fate.day, left_on) == (item.due_on, item.last_day):
        return None
    return Changed(MOVED, fate.day, left_on)
