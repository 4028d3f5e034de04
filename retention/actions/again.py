"""Destroys again, in a database that was put back from a copy, what the ledger names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from access.acting import Job, acting_as
from audit.actions import record
from retention.actions.ledger import take_over
from retention.destroyer import as_destroyer
from retention.events import RESTORED
from retention.ledger import Entry
from retention.queries.ledger import missing_lines
from vault.models import PartKey
from vault.router import KEYS


class UnknownKind(Exception):
    """The ledger names a kind of thing that this version does not know how to destroy."""


def destroy_keys_of_parts(parts: Sequence[str]) -> None:
    """Takes the keys of these parts away, where they are still there."""
    with as_destroyer(KEYS):
        PartKey.objects.filter(part_id__in=parts).delete()


# What each kind of key in the ledger stands for; each may be called again.
DESTROY: dict[str, Callable[[Sequence[str]], None]] = {"part": destroy_keys_of_parts}


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
    return len(missing)


def _destroy_again(entry: Entry, *, by: Job, on: date) -> None:
    unknown = entry.keys.keys() - DESTROY.keys()
    if unknown:
        raise UnknownKind(", ".join(sorted(unknown)))
    with acting_as(by, on=on):
        for kind, keys in entry.keys.items():
            DESTROY[kind](keys)
        take_over(entry)
        record(RESTORED, by=by, detail={"line": entry.number})
