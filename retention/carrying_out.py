"""Carries a destruction list out: item by item, step by step, from wherever it was cut off.

Of each item: ask again whether it is due; write the intention down, in the database, then in the
ledger outside it; destroy its keys; then its rows; then its sealed files. Once the intention
stands there is no way back, and every step may be taken again.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import date

from django.db import DatabaseError, connection
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from access.acting import Job, acting_as
from access.errors import Refused
from access.turns import wait_for_turn
from audit.actions import record
from audit.events import Event
from audit.grounds import Ground
from dossiers.models import Dossier, DossierPart
from retention import events
from retention.actions.again import destroy_keys_of_parts, destroy_rows, remove_files
from retention.actions.holds import keep_in_step
from retention.actions.ledger import intend, write_out
from retention.actions.other_systems import note_other_systems
from retention.destroyer import as_destroyer
from retention.models import DestructionItem, DestructionList, LedgerLine
from retention.queries.facts import fates_of
from retention.rules import Why
from retention.rules.lists import State
from retention.searching.marks import gathering
from retention.terms import KINDS

Outcome = DestructionItem.Outcome
_MOVED = "moved"  # its day is another one than was approved


@dataclass
class Carried:
    """What one run did; `failed` are items whose step did not succeed, to be tried again."""

    destroyed: int = 0
    left: int = 0
    failed: list[uuid.UUID] = field(default_factory=list)


def carry_out(*, made: DestructionList, by: Job, on: date) -> Carried:
    """Everything on the list that is still to be done on the day `on`; call it outside a door.

    Raises Refused while the list is not approved and cooled off. One item that fails does not
    keep the others: the list stays open, and the item is named.
    """
    _begin(made, by=by, on=on)
    done = Carried()
    for item in _to_do(made):
        try:
            _carry_out_item(item, done, by=by, on=on)
        except (DatabaseError, OSError):
            done.failed.append(item.pk)
    done.failed += _remove_files(made)
    return done


def _begin(made: DestructionList, *, by: Job, on: date) -> None:
    with acting_as(by, on=on):
        keep_in_step(by=by, on=on)
        row = DestructionList.objects.select_for_update().get(pk=made.pk)
        state = row.state_on(on)
        if state is State.READY:
            with as_destroyer():
                DestructionList.objects.filter(pk=row.pk).update(begun_at=timezone.now())
            record(events.LIST_BEGUN, by=by, unit=row.school_id, target=row)
        elif state is not State.BEGUN:
            raise Refused(_("This list is not approved, still cools off, or ended."))


def _to_do(made: DestructionList) -> list[DestructionItem]:
    """What is neither destroyed nor left alone; what was begun first."""
    rows = made.items.filter(decision=DestructionItem.Decision.DESTROY)
    rows = rows.filter(outcome__in=["", Outcome.INTENDED])
    return list(rows.order_by("-outcome", "due_on", "pk"))


def _carry_out_item(item: DestructionItem, done: Carried, *, by: Job, on: date) -> None:
    if item.outcome == "" and not _intended(item, by=by, on=on):
        done.left += 1
        return
    write_out()
    destroy_keys_of_parts(LedgerLine.objects.get(item=item.pk).keys["part"])
    if _rows_destroyed(item, by=by, on=on):
        done.destroyed += 1


def _intended(item: DestructionItem, *, by: Job, on: date) -> bool:
    """Asks again whether the item is due: then its intention stands; else it is left alone."""
    with acting_as(by, on=on):
        row = DestructionItem.objects.select_for_update().get(pk=item.pk)
        if row.outcome != "":  # another run was faster
            return row.outcome == Outcome.INTENDED
        wait_for_turn(row.dossier_id)  # nobody places a hold on it meanwhile
        dossier = Dossier.objects.filter(pk=row.dossier_id).first()
        why = _why_not(row, dossier, on)
        if dossier is None or why:
            _say(row, Outcome.LEFT, left_because=why)
            _record(events.ITEM_LEFT, row, dossier, by=by, detail={"because": why})
            return False
        note_other_systems(row)
        _say(row, Outcome.INTENDED)
        intend(row.pk, _keys_of(row))
        _record(events.ITEM_INTENDED, row, dossier, by=by)
    return True


def _why_not(row: DestructionItem, dossier: Dossier | None, on: date) -> str:
    """Why an item is not destroyed today; empty when it is. A changed day is a change too."""
    if dossier is None:
        return str(Why.GONE)
    fate = fates_of([dossier], on=on).get((dossier.pk, row.kind))
    if fate is None or not fate.may_be_destroyed(on):
        return str(fate.why) if fate else str(Why.GONE)
    return "" if fate.day == row.due_on else _MOVED


def _keys_of(row: DestructionItem) -> dict[str, list[uuid.UUID | str]]:
    """What goes with the item: enough to destroy it again in a copy that was put back."""
    parts = DossierPart.objects.filter(
        dossier=row.dossier_id, kind__in=KINDS[row.kind].parts
    ).values_list("pk", flat=True)
    with as_destroyer(), connection.cursor() as cursor:
        cursor.execute("select * from retention_blobs_of(%s)", [row.pk])
        found = [blob for (blob,) in cursor.fetchall()]
    return {"dossier": [row.dossier_id], "kind": [row.kind], "part": [*parts], "blob": found}


def _rows_destroyed(item: DestructionItem, *, by: Job, on: date) -> bool:
    """Takes the rows away and says so, in one transaction; no: another run did so before."""
    with acting_as(by, on=on):
        row = DestructionItem.objects.select_for_update().get(pk=item.pk)
        if row.outcome != Outcome.INTENDED:
            return False
        dossier = Dossier.objects.get(pk=row.dossier_id)
        with gathering(row.list_id):
            number = destroy_rows(row.pk)
        _say(row, Outcome.DESTROYED, done_at=timezone.now())
        _record(events.ITEM_DESTROYED, row, dossier, by=by, detail={"rows": number})
    return True


def _remove_files(made: DestructionList) -> list[uuid.UUID]:
    """Sealed files of what is destroyed; their keys are gone already, so they are noise.

    Gives the items of which one did not go: the list stays open.
    """
    destroyed = made.items.filter(outcome=Outcome.DESTROYED).values("pk")
    failed = []
    for item, keys in LedgerLine.objects.filter(item__in=destroyed).values_list("item", "keys"):
        try:
            remove_files(keys["blob"])
        except OSError:
            failed.append(item)
    return failed


def _say(row: DestructionItem, outcome: str, **more: object) -> None:
    with as_destroyer():
        DestructionItem.objects.filter(pk=row.pk).update(outcome=outcome, **more)


def _record(
    event: Event,
    row: DestructionItem,
    dossier: Dossier | None,
    *,
    by: Job,
    detail: dict[str, object] | None = None,
) -> None:
    record(
        event,
        by=by,
        subjects=[dossier.log_key] if dossier else [],
        unit=row.list.school_id,
        target=row,
        ground=Ground.SYSTEM,
        detail={"kind": row.kind, **(detail or {})},
    )
