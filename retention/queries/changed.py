"""Which items of a list would be left alone if it were carried out now, and why."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
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
    left = {key: (one.left_on, one.family_left_on) for key, one in leavers.items()}
    elsewhere = left_elsewhere([one.item for one in rows], left)
    return [
        replace(one, changed=_changed(one.item, fates, left, elsewhere))
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
    left: Mapping[uuid.UUID, tuple[date, date | None]],
    elsewhere: set[uuid.UUID],
) -> Changed | None:
    fate = fates.get((item.dossier_id, item.kind))
    if fate is None:
        return Changed(Why.GONE)
    if fate.why not in (Why.DUE, Why.TERM_RUNS):
        return None if fate.why is Why.HELD else Changed(fate.why)
    own, family = left.get(item.dossier_id, (None, None))
    left_on = family if KINDS[item.kind].follows_family else own
    moved = has_moved(item, fate.day, left_on, is_elsewhere=item.dossier_id in elsewhere)
    return Changed(MOVED, fate.day, left_on) if moved else None


def has_moved(
    item: DestructionItem, day: date | None, left_on: date | None, *, is_elsewhere: bool
) -> bool:
    """Whether it falls due on another day than was listed, or who it follows left on another one.

    Not where a family left earlier because a brother or sister, whose own parents' data went in
    another batch or on another list, counts there no more: the pupil's own day is as it was listed
    (`is_elsewhere` says it is not).
    """
    if not KINDS[item.kind].follows_family or left_on == item.last_day or is_elsewhere:
        return (day, left_on) != (item.due_on, item.last_day)
    return day is None or day > item.due_on or left_on is None or left_on > item.last_day


def left_elsewhere(
    items: Iterable[DestructionItem], left: Mapping[uuid.UUID, tuple[date, date | None]]
) -> set[uuid.UUID]:
    """Dossiers of which the same list says, by another kind, another leaving date than the one of
    today; asked where a family left earlier. `left` are the days of pupils and of their families.
    """
    earlier = {
        (item.list_id, item.dossier_id)
        for item in items
        if KINDS[item.kind].follows_family and _is_earlier(left.get(item.dossier_id), item)
    }
    if not earlier:
        return set()
    rows = DestructionItem.objects.filter(
        list__in={made for made, _dossier in earlier},
        dossier_id__in={dossier for _made, dossier in earlier},
    ).exclude(kind__in=[kind.code for kind in KINDS.values() if kind.follows_family])
    days = rows.order_by().values_list("dossier_id", "last_day").distinct()
    return {dossier for dossier, day in days if day != left[dossier][0]}


def _is_earlier(days: tuple[date, date | None] | None, item: DestructionItem) -> bool:
    return days is not None and days[1] is not None and days[1] < item.last_day
