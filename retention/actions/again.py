"""Destroying what the ledger names; and doing so again in a database put back from a copy."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date

from django.db import connection

from access.acting import Job, acting_as
from audit.actions import record
from retention.actions.ledger import take_over
from retention.destroyer import as_destroyer
from retention.erasing_again import end_rekeyings, erase_again
from retention.events import RESTORED
from retention.ledger import Entry
from retention.queries.ledger import missing_lines
from vault import blobs
from vault.models import PartKey
from vault.router import KEYS

_KNOWN = {"dossier", "kind", "part", "blob"}


class UnknownKind(Exception):
    """The ledger names a kind of thing that this version does not know how to destroy."""


def destroy_keys_of_parts(parts: Sequence[str]) -> None:
    """Takes the keys of these parts away, where they are still there."""
    with as_destroyer(KEYS):
        PartKey.objects.filter(part_id__in=parts).delete()


def destroy_rows(item: uuid.UUID) -> int:
    """Takes the rows away that the ledger's line of this item names; says how many.

    Within a door. Raises DatabaseError when the item does not stand, or the dossier is held.
    """
    with as_destroyer(), connection.cursor() as cursor:
        cursor.execute("select retention_destroy(%s)", [item])
        return int(cursor.fetchone()[0])


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
    destroy_keys_of_parts(entry.keys["part"])
    remove_files(entry.keys["blob"])
    with acting_as(by, on=on):
        take_over(entry)
        destroy_rows(entry.item)
        record(RESTORED, by=by, detail={"line": entry.number})
