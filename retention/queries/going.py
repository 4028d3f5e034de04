"""What goes with items of destruction lists, as the database names it; and whose items go now."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from typing import NamedTuple

from django.db import connection

from dossiers.models import Dossier
from retention.destroyer import as_destroyer
from retention.models import DestructionItem


class Named(NamedTuple):
    """What goes with an item: the keys of its parts or of other rows, or of its sealed files."""

    item: uuid.UUID
    what: str  # part, key or blob
    keys: list[str]


def named_by(items: Sequence[uuid.UUID]) -> list[Named]:
    """Every key of the vault and every sealed file that goes with these items.

    Asked as the destroyer, of items that are said to be going: row-level security hides it from
    jobs too.
    """
    with as_destroyer(), connection.cursor() as cursor:
        cursor.execute(
            "select item, what, array_agg(key::text) from retention_named_by(%s)"
            " group by item, what",
            [list(items)],
        )
        return [Named(*row) for row in cursor.fetchall()]


def pupils_going(pupils: Collection[uuid.UUID], school: uuid.UUID) -> set[uuid.UUID]:
    """Of these pupils those of whom something at a school is being destroyed (ADR 41)."""
    dossiers = Dossier.objects.filter(pupil__in=list(pupils), school=school)
    of = dict(dossiers.values_list("pk", "pupil_id"))
    return {of[item.dossier_id] for item in _going(of)}


def kinds_going(dossier: uuid.UUID) -> set[str]:
    """The kinds of record of a dossier that are being destroyed: nothing stops that any more."""
    return {item.kind for item in _going([dossier])}


def _going(dossiers: Collection[uuid.UUID]) -> list[DestructionItem]:
    rows = DestructionItem.objects.filter(dossier_id__in=list(dossiers))
    return list(rows.filter(outcome=DestructionItem.Outcome.INTENDED).order_by())
