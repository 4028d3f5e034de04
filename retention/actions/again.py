"""Destroying what the ledger names; and doing so again in a database put back from a copy."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import date

from django.db import connection, connections

from access.acting import Job, acting_as
from audit.actions import record
from retention.actions.ledger import take_over
from retention.destroyer import as_destroyer
from retention.erasing_again import end_rekeyings, erase_again
from retention.events import RESTORED
from retention.ledger import Entry
from retention.models import DestructionItem
from retention.queries.ledger import missing_lines
from vault import blobs
from vault.router import KEYS

_KNOWN = {"dossier", "kind", "part", "key", "blob"}
_IS_LATE = """
select exists (select from vault_partkey where part_id = any (string_to_array(%s, ',')::uuid[]))
"""
_END_LATE = "delete from vault_partkey where part_id = any (string_to_array(%s, ',')::uuid[])"


class UnknownKind(Exception):
    """The ledger names a kind of thing that this version does not know how to destroy."""


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

    Within a door; all or nothing. Raises DatabaseError when an item does not stand, or a dossier is
    held.
    """
    with as_destroyer(), connection.cursor() as cursor:
        cursor.execute("select retention_destroy(%s)", [list(items)])
        return int(cursor.fetchone()[0])


def _said_again(entry: Entry) -> None:
    """An older copy does not know yet what became of the item, where it knows the item at all."""
    rows = DestructionItem.objects.filter(pk=entry.item)
    begun = rows.filter(decision=DestructionItem.Decision.DESTROY, outcome="")
    with as_destroyer():
        begun.update(outcome=DestructionItem.Outcome.INTENDED)
        rows.filter(outcome=DestructionItem.Outcome.INTENDED).update(
            outcome=DestructionItem.Outcome.DESTROYED, done_at=entry.at
        )


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
    """Line by line, the oldest first; a run that was cut off goes on where it was.

    Raises UnknownKind, and LedgerDamaged when file and database tell different stories.
    """
    missing = missing_lines()
    job = Job("restore")
    with acting_as(job, on=on):
        record(RESTORED, by=job, detail={"to_destroy_again": len(missing)})
    for entry in missing:
        _destroy_again(entry, by=job, on=on)
    end_rekeyings(by=job, on=on)
    return len(missing)


def _destroy_again(entry: Entry, *, by: Job, on: date) -> None:
    if "erasure" in entry.keys:
        erase_again(entry, by=by, on=on)
        return
    unknown = entry.keys.keys() - _KNOWN
    if unknown:
        raise UnknownKind(", ".join(sorted(unknown)))
    destroy_keys([entry.keys])
    remove_files(entry.keys["blob"])
    with acting_as(by, on=on):
        take_over(entry)
        destroy_rows([entry.item])
        _said_again(entry)
        record(RESTORED, by=by, detail={"line": entry.number})
