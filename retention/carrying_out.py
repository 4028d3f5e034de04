"""Carries a destruction list out, from wherever it was cut off; some hundred items at a time.

Of each: ask again whether it is due; write the intention down, in the database, then in the ledger
outside it; destroy its keys; then its sealed files; then its rows, with everything made of them.
Once the intention stands there is no way back, and every step may be taken again.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db import DatabaseError, connection
from django.db.models import Case, Q, Value, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from access.acting import Job, acting_as
from access.errors import Refused
from audit.actions import record
from audit.events import Event
from audit.grounds import Ground
from audit.said import NotSaid, is_said, is_whole_since
from dossiers.models import Dossier
from retention import events
from retention.actions.again import (
    destroy_keys,
    destroy_rows,
    destroy_what_came_late,
    remove_files,
)
from retention.actions.holds import keep_in_step
from retention.actions.ledger import Keys, intend_all, write_out
from retention.actions.other_systems import note_other_systems
from retention.asking_again import ask_again
from retention.destroyer import as_destroyer
from retention.ledger import LedgerDamaged
from retention.level import must_stand_level
from retention.models import DestructionItem, DestructionList, LedgerLine
from retention.queries.going import named_by
from retention.rules.closing import OF_EVERY_ITEM, Stop
from retention.rules.lists import RESTORED, UNLIFTED, State
from retention.searching.marks import gathering
from retention.stopping import close_lost_connections, stopped_by
from retention.telling_holds import tell_that_nobody_lifted
from retention.terms import OF_PUPILS
from vault.errors import Unreadable

Outcome = DestructionItem.Outcome
_BATCH = 500  # items: of each transaction, of each line on disk that is waited for
_IN_ORDER = Case(*(When(kind=kind.code, then=Value(n)) for n, kind in enumerate(OF_PUPILS)))


@dataclass
class Carried:
    """What one run did; `failed` are items whose step did not succeed, to be tried again.

    `busy` are dossiers of pupils about whom somebody else wrote in that moment: the next run.
    """

    destroyed: int = 0
    left: int = 0
    failed: list[uuid.UUID] = field(default_factory=list)
    busy: set[uuid.UUID] = field(default_factory=set)
    stop: Stop | None = None  # why the last of those failed


def carry_out(*, made: DestructionList, by: Job, on: date) -> Carried:
    """Everything on the list that is still to be done on the day `on`; call it outside a door.

    Raises Refused while the list is not approved and cooled off, NotSaid where the log knows of no
    review or approval, or not of the terms that count. One item that fails does not keep the
    others: the list stays open, and the item is named. What would stop every item ends the run, and
    names what is half-way.
    """
    _begin(made, by=by, on=on)
    done = Carried()
    while batch := _next(made, done, on):
        stop = _stop_at(batch, done, made, by=by, on=on)
        for item in batch if stop and stop not in OF_EVERY_ITEM else ():  # each by itself
            if found := _stop_at([item], done, made, by=by, on=on):
                done.failed.append(item)
                done.stop = stop = found
        if stop in OF_EVERY_ITEM:
            half_way = made.items.filter(outcome=Outcome.INTENDED)
            done.failed, done.stop = list(half_way.values_list("pk", flat=True)), stop
            break
    return done


def _begin(made: DestructionList, *, by: Job, on: date) -> None:
    with acting_as(by, on=on):
        keep_in_step(by=by, on=on)
        row = DestructionList.objects.select_for_update().get(pk=made.pk)
        state = row.state_on(on)
        if state not in (State.READY, State.BEGUN):
            raise Refused(_("This list is not approved, still cools off, or ended."))
        _must_be_said(row)
        if state is State.READY:
            with as_destroyer():
                DestructionList.objects.filter(pk=row.pk).update(begun_at=timezone.now())
            record(events.LIST_BEGUN, by=by, unit=row.school_id, target=row)
        _leave_what_was_lost(row, by=by)


def _must_be_said(row: DestructionList) -> None:
    """Raises NotSaid where somebody stands there of whom the log does not say that they did it."""
    reviewed = is_said(events.LIST_REVIEWED, row.pk, by=row.reviewed_by_id, at=row.reviewed_at)
    approved = is_said(events.LIST_APPROVED, row.pk, by=row.approved_by_id, at=row.approved_at)
    if not (reviewed and approved):
        raise NotSaid(str(row.pk))


def _leave_what_was_lost(row: DestructionList, *, by: Job) -> None:
    """Where a copy was put back since the approval, by other means than ours, nothing more goes:
    a hold of meanwhile is lost. What `manage.py restore` put back has no such items any more.
    """
    rows = row.items.filter(decision=DestructionItem.Decision.DESTROY, outcome="")
    if not rows.exists() or is_whole_since(row.approved_at):
        return
    while left := list(rows[:_BATCH]):
        _say(left, Outcome.LEFT, left_because=RESTORED, failed_at=None)
        _record(events.ITEM_LEFT, left, _dossiers_of(left), by=by, because=RESTORED)


def _next(made: DestructionList, done: Carried, on: date) -> list[uuid.UUID]:
    """Some of what is neither destroyed nor left alone: what was begun first, dossier by dossier.

    Of a dossier in the order in which its kinds go: the pupil's own row last. Each waits for the
    day after it falls due. What was begun goes by itself: whatever stops the rest does not stop it.
    """
    rows = made.items.filter(decision=DestructionItem.Decision.DESTROY)
    rows = rows.exclude(pk__in=done.failed).exclude(dossier_id__in=done.busy)
    rows = rows.filter(Q(outcome=Outcome.INTENDED) | Q(outcome="", due_on__lt=on))
    rows = rows.order_by("-outcome", "dossier_id", _IN_ORDER)
    found = list(rows.values_list("pk", "outcome")[:_BATCH])
    return [key for key, outcome in found if outcome == found[0][1]]


def _stop_at(
    items: Sequence[uuid.UUID], done: Carried, made: DestructionList, *, by: Job, on: date
) -> Stop | None:
    """Takes every step with these items; else says why one did not succeed. It may be tried again.

    The ledger is asked first: where it was changed, or knows more than the database, nothing more
    is intended.
    """
    try:
        must_stand_level()
        _intend(items, done, by=by, on=on)
        named = _keys_in_ledger(items)
        if not named:  # all of it was left alone, or another run was faster
            return None
        write_out()
        destroy_keys(named)
        remove_files([blob for keys in named for blob in keys["blob"]])
        _destroy(items, done, by=by, on=on)
    except (DatabaseError, OSError, LedgerDamaged, Unreadable) as error:
        close_lost_connections()
        return stopped_by(error, made, known=done.stop)
    return None


def _intend(items: Sequence[uuid.UUID], done: Carried, *, by: Job, on: date) -> None:
    """Asks again which of these are due: their intentions stand, the others are left alone."""
    with acting_as(by, on=on):
        rows = _locked(items, "")
        dossiers = _dossiers_of(rows)
        answer = ask_again(rows, dossiers, on)
        for why, left in answer.because.items():
            _say(left, Outcome.LEFT, left_because=why)
            _record(events.ITEM_LEFT, left, dossiers, by=by, because=why)
            if why == UNLIFTED:
                tell_that_nobody_lifted(left, on=on)
        going = answer.going(rows)
        if going:
            note_other_systems(*going)
            _say(going, Outcome.INTENDED)
            intend_all(_keys_of(going))
            _record(events.ITEM_INTENDED, going, dossiers, by=by)
    done.left += sum(map(len, answer.because.values()))
    done.busy |= answer.busy


def _keys_of(rows: Sequence[DestructionItem]) -> dict[uuid.UUID, Keys]:
    """What goes with each: enough to destroy it again in a copy that was put back."""
    named: dict[uuid.UUID, dict[str, list[str]]] = {
        row.pk: {
            "dossier": [str(row.dossier_id)], "kind": [row.kind], "part": [], "key": [], "blob": [],
        }
        for row in rows
    }  # fmt: skip
    for one in named_by(list(named)):
        named[one.item][one.what] = one.keys
    return {**named}


def _keys_in_ledger(items: Sequence[uuid.UUID]) -> list[dict[str, list[str]]]:
    """What the lines of these items name, where their rows are still there."""
    going = DestructionItem.objects.filter(pk__in=items, outcome=Outcome.INTENDED)
    lines = LedgerLine.objects.filter(item__in=going.values("pk"))
    return list(lines.values_list("keys", flat=True))


def _destroy(items: Sequence[uuid.UUID], done: Carried, *, by: Job, on: date) -> None:
    """Takes the rows away and says so, in one transaction; what another run left.

    Dossiers of which somebody writes in this moment wait for the next run, as at the intention.
    """
    with acting_as(by, on=on):
        found = _locked(items, Outcome.INTENDED)
        busy = _taken_but_for({row.dossier_id for row in found})
        rows = [row for row in found if row.dossier_id not in busy]
        if rows:
            dossiers = _dossiers_of(rows)
            with gathering(rows[0].list_id) as gone:
                destroy_rows([row.pk for row in rows])
            destroy_what_came_late(gone)
            _say(rows, Outcome.DESTROYED, done_at=timezone.now())
            _record(events.ITEM_DESTROYED, rows, dossiers, by=by)
    done.destroyed += len(rows)
    done.busy |= busy


def _taken_but_for(dossiers: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Makes every row that goes, and the family's, ours until the transaction ends; gives the
    dossiers of which somebody else has one.
    """
    with as_destroyer(), connection.cursor() as cursor:
        cursor.execute("select * from retention_take_at_once(%s)", [list(dossiers)])
        return {dossier for (dossier,) in cursor.fetchall()}


def _locked(items: Sequence[uuid.UUID], outcome: str) -> list[DestructionItem]:
    rows = DestructionItem.objects.select_for_update().filter(pk__in=items, outcome=outcome)
    return list(rows.order_by("dossier_id", _IN_ORDER))


def _dossiers_of(rows: Iterable[DestructionItem]) -> dict[uuid.UUID, Dossier]:
    found = Dossier.objects.select_related("pupil").filter(pk__in={row.dossier_id for row in rows})
    read = found.only("school_id", "pupil_id", "pupil__log_key")
    return {dossier.pk: dossier for dossier in read}


def _say(rows: Sequence[DestructionItem], outcome: str, **more: object) -> None:
    with as_destroyer():
        DestructionItem.objects.filter(pk__in=[row.pk for row in rows]).update(
            outcome=outcome, **more
        )


def _record(
    event: Event,
    rows: Sequence[DestructionItem],
    dossiers: dict[uuid.UUID, Dossier],
    *,
    by: Job,
    because: str = "",
) -> None:
    """One row of the log for all of them, which says whose they were by the keys of the log."""
    found = (dossiers.get(row.dossier_id) for row in rows)
    detail = {"items": [str(row.pk) for row in rows], "kinds": Counter(row.kind for row in rows)}
    record(
        event,
        by=by,
        subjects=dict.fromkeys(dossier.log_key for dossier in found if dossier),
        unit=rows[0].list.school_id,
        target=rows[0].list,
        ground=Ground.SYSTEM,
        detail=detail | ({"because": because} if because else {}),
    )
