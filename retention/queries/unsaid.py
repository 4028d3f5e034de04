"""What stands in the database and the log does not say: whoever has a login of it alone wrote it.

A hold that was lifted so still counts as standing, and a term that was approved so counts for
nothing that is carried out. Neither can be seen in SQL: the mark of a row of the log is made with
a key outside the database.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from audit.said import Deed, NotSaid, not_said
from dossiers.models import Dossier
from retention import events
from retention.models import DestructionItem, Hold, TermChange
from retention.queries.due import families_of
from retention.rules import weighs_as
from retention.terms import KINDS
from students.models import School


class TermNotSaid(NotSaid):
    """A term counts of which the log does not say that two people decided it."""


def lifted_by_nobody(dossiers: Collection[uuid.UUID], on: date) -> list[Hold]:
    """Holds of persons on these dossiers that would stand on a day, were they not lifted, and of
    which the log does not say that they were.

    Until somebody places one that weighs as much anew: then it is that one which counts.
    """
    rows = Hold.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=on), dossier__in=dossiers)
    lifted = list(rows.filter(room="", lifted_at__isnull=False))
    deeds = [Deed(row.pk, row.lifted_by_id, row.lifted_at) for row in lifted]
    unsaid = not_said(events.HOLD_LIFTED, deeds)
    forged = [row for row in lifted if row.pk in unsaid]
    if not forged:
        return []
    others = list(Hold.objects.filter(room="", dossier__in={row.dossier_id for row in forged}))
    deeds = [Deed(row.pk, row.placed_by_id, row.placed_at) for row in others]
    unplaced = not_said(events.HOLD_PLACED, deeds)
    placed = [row for row in others if row.pk not in unplaced]
    return [row for row in forged if not any(_is_instead(one, row) for one in placed)]


def _is_instead(later: Hold, row: Hold) -> bool:
    return (
        later.dossier_id == row.dossier_id
        and row.lifted_at is not None
        and later.placed_at > row.lifted_at
        and weighs_as(later.placed_as) == weighs_as(row.placed_as)
    )


def items_held_still(rows: Sequence[DestructionItem], on: date) -> set[uuid.UUID]:
    """Items that such a hold keeps: on their dossier, for parents' data on any of the family's."""
    around = {row.dossier_id for row in rows if KINDS[row.kind].follows_family}
    family = _family_of(around) if around else set()
    found = lifted_by_nobody({row.dossier_id for row in rows} | family, on)
    held = {hold.dossier_id for hold in found}
    held_around = _family_of(held) if held else set()
    return {
        row.pk
        for row in rows
        if row.dossier_id in held
        or (KINDS[row.kind].follows_family and row.dossier_id in held_around)
    }


def _family_of(dossiers: Collection[uuid.UUID]) -> set[uuid.UUID]:
    rows = Dossier.objects.filter(pupil__in=families_of(dossiers))
    return set(rows.values_list("pk", flat=True))


def terms_not_said(boards: Collection[uuid.UUID] | QuerySet[Any, Any]) -> set[str]:
    """Of which kinds a term counts at these boards, and the log does not say that one person
    proposed it and another approved it. The log is asked only where a board set a term.
    """
    rows = TermChange.objects.filter(board__in=boards, approved_at__isnull=False)
    counts = {(row.board_id, row.kind): row for row in rows.order_by("approved_at", "pk")}
    approved = [Deed(row.pk, row.approved_by_id, row.approved_at) for row in counts.values()]
    proposed = [Deed(row.pk, row.proposed_by_id, row.proposed_at) for row in counts.values()]
    unsaid = not_said(events.TERM_APPROVED, approved) | not_said(events.TERM_PROPOSED, proposed)
    return {row.kind for row in counts.values() if row.pk in unsaid}


def terms_must_be_said(schools: Iterable[uuid.UUID]) -> None:
    """Raises TermNotSaid where such a term counts for one of these schools."""
    boards = School.objects.filter(pk__in=set(schools)).values("board")
    if found := terms_not_said(boards):
        raise TermNotSaid(",".join(sorted(found)))
