"""Destroying what the ledger names; and doing so again in a database put back from a copy."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import date

from django.db import DatabaseError, connection, connections
from django.db.models import Q, QuerySet
from django.utils import timezone

from access.acting import Job, acting_as
from audit.actions import record
from retention.actions.ledger import entry_of, take_over
from retention.actions.other_systems import note_other_systems
from retention.beginning_again import begin_again_after
from retention.destroyer import as_destroyer
from retention.erasing_again import end_rekeyings, erase_again
from retention.events import RESTORED
from retention.ledger import Entry
from retention.models import DestructionItem, DestructionList, Erasure, LedgerLine
from retention.queries.ledger import missing_lines
from retention.rekeying import stands
from retention.searching.marks import gathering
from vault import blobs
from vault.router import KEYS

_KNOWN = {"dossier", "kind", "part", "key", "blob"}
_IS_LATE = """
select exists (select from vault_partkey where part_id = any (string_to_array(%s, ',')::uuid[]))
"""
_END_LATE = "delete from vault_partkey where part_id = any (string_to_array(%s, ',')::uuid[])"


class UnknownKind(Exception):
    """The ledger names a kind of thing that this version does not know how to destroy."""


class NotDestroyedAgain(Exception):
    """A line of the ledger could not be carried out in the copy; the message says which."""


def destroy_keys(lines: Sequence[Mapping[str, Sequence[str]]]) -> None:
    """Takes the keys away that these lines name, of parts and of other rows, where there are."""
    keys = [key for named in lines for what in ("part", "key") for key in named.get(what, ())]
    with as_destroyer(KEYS), connections[KEYS].cursor() as cursor:
        cursor.execute("delete from vault_partkey where part_id = any (%s::uuid[])", [keys])


def destroy_what_came_late(gone: Sequence[str]) -> None:
    """Takes away keys and sealed files of rows that went, but came after the ledger's line.

    A hold, a question or a scan is still taken while an item waits for another try, and has a key
    of its own that no line names. Call it before it is committed that the rows went: cut off in
    between, they stand without their keys, and go in the next run.
    """
    with as_destroyer(KEYS), connections[KEYS].cursor() as cursor:
        cursor.execute(_IS_LATE, [",".join(gone)])
        if cursor.fetchone()[0]:
            remove_files(gone)
            cursor.execute(_END_LATE, [",".join(gone)])


def destroy_rows(items: Sequence[uuid.UUID]) -> int:
    """Takes the rows away that the ledger's lines of these items name; says how many.

    Within a door; all or nothing. Who is at school all the same begins again, empty. Raises
    DatabaseError when an item does not stand, or a dossier is held.
    """
    with as_destroyer(), connection.cursor() as cursor:
        cursor.execute("select retention_destroy(%s)", [list(items)])
        gone = int(cursor.fetchone()[0])
    begin_again_after(items)
    return gone


def remove_files(names: Sequence[str]) -> None:
    """Takes sealed files away, where they are still there; one that does not go keeps no other.

    Raises OSError, for the first of those that stayed, when all were tried.
    """
    stayed = []
    for name in names:
        try:
            blobs.remove(uuid.UUID(name))
        except OSError as error:
            stayed.append(error)
    if stayed:
        raise stayed[0]


def destroy_missing_again(*, on: date) -> int:
    """All that the ledger names and this database still holds; says how many destructions.

    First what the copy knows as intended: it was made before those rows went. Then the lines that
    the copy does not know, the oldest first. A run that was cut off goes on where it was.
    Raises UnknownKind, NotDestroyedAgain, and LedgerDamaged when file and database tell different
    stories.
    """
    lines = [*_begun_in_the_copy(), *missing_lines()]
    job = Job("restore")
    with acting_as(job, on=on):
        record(RESTORED, by=job, detail={"lines": len(lines)})
    for entry in lines:
        try:
            _destroy_again(entry, by=job, on=on)
        except (DatabaseError, OSError) as error:
            reason = type(error).__name__
            raise NotDestroyedAgain(f"line {entry.number} of the ledger: {reason}") from error
    end_rekeyings(by=job, on=on)
    return sum("certificate" not in entry.keys for entry in lines)


def _begun_in_the_copy() -> list[Entry]:
    """Lines that this database knows, and whose rows it may hold yet: of items that were intended
    when the copy was made, or begun by a restore that was cut off. (What is being erased on request
    from a held dossier waits, here as before.)
    """
    cut_off = Q(outcome="", list__begun_at__isnull=False)
    items = _approved().filter(Q(outcome=DestructionItem.Outcome.INTENDED) | cut_off)
    erasures = Erasure.objects.filter(outcome=Erasure.Outcome.INTENDED).values_list("pk", flat=True)
    stand = [key for key in erasures if stands(key)]
    lines = LedgerLine.objects.filter(Q(item__in=items.values("pk")) | Q(item__in=stand))
    return [entry_of(line) for line in lines.order_by("number")]


def _approved() -> QuerySet[DestructionItem]:
    """What this copy knows as approved; other lines name items that it can say nothing of."""
    rows = DestructionItem.objects.select_related("list")
    return rows.filter(decision=DestructionItem.Decision.DESTROY, list__approved_on__isnull=False)


def _destroy_again(entry: Entry, *, by: Job, on: date) -> None:
    if "certificate" in entry.keys:  # the paper is lost here; that it was given is not
        with acting_as(by, on=on):
            take_over(entry)
            record(RESTORED, by=by, detail={"certificate": entry.number})
        return
    if "erasure" in entry.keys:
        erase_again(entry, by=by, on=on)
        return
    unknown = entry.keys.keys() - _KNOWN
    if unknown:
        raise UnknownKind(", ".join(sorted(unknown)))
    item = _begun_again(entry, by=by, on=on)
    destroy_keys([entry.keys])
    remove_files(entry.keys["blob"])
    with acting_as(by, on=on):
        if item is None:
            take_over(entry)
        with gathering(item.list_id if item else None) as gone:
            destroy_rows([entry.item])
        destroy_what_came_late(gone)
        if item is not None:
            _say_destroyed(item)
        record(RESTORED, by=by, target=item and item.list, detail={"line": entry.number})


def _begun_again(entry: Entry, *, by: Job, on: date) -> DestructionItem | None:
    """The item of a line, where the copy knows its list as approved: the list is then searched,
    answered for and closed like any other.

    What other systems hold is counted before the keys go, in the transaction that takes the line
    over: once, however often a restore is cut off.
    """
    with acting_as(by, on=on):
        item = _approved().select_for_update(of=("self",)).filter(pk=entry.item).first()
        if item is not None and not LedgerLine.objects.filter(item=entry.item).exists():
            take_over(entry)
            with as_destroyer():
                begins = DestructionList.objects.filter(pk=item.list_id, begun_at__isnull=True)
                begins.update(begun_at=entry.at)
            note_other_systems(item)
            record(RESTORED, by=by, target=item.list, detail={"begun": entry.number})
        return item


def _say_destroyed(item: DestructionItem) -> None:
    """Now, not when the line was written: copies made in between hold its key and its names."""
    rows = DestructionItem.objects.filter(pk=item.pk)
    with as_destroyer():
        rows.filter(outcome="").update(outcome=DestructionItem.Outcome.INTENDED)
        rows.filter(outcome=DestructionItem.Outcome.INTENDED).update(
            outcome=DestructionItem.Outcome.DESTROYED, done_at=timezone.now(), failed_at=None
        )
