"""Erases again, in a database put back from a copy, what was erased on request (ADR 36, 44)."""

from __future__ import annotations

import uuid
from datetime import date

from access.acting import Job, acting_as
from audit.actions import record
from retention.actions.ledger import take_over
from retention.erasing import erase_rows
from retention.events import RESTORED
from retention.ledger import Entry
from retention.models import Erasure, LedgerLine
from retention.rekeying import begin_rekeying, end_rekeying, seal_rest_anew
from vault import blobs
from vault.models import PartKey


def erase_again(entry: Entry, *, by: Job, on: date) -> None:
    """One line of the ledger. The copy of the keys may still hold the old one, so the parts get
    new ones here too; what of them no key opens is not brought back by this, nor made worse.
    """
    begin_rekeying(entry.keys["rekeyed"])
    with acting_as(by, on=on):
        take_over(entry)
        erase_rows(entry.item)
        seal_rest_anew(entry.item)
        record(RESTORED, by=by, detail={"line": entry.number})
    end_rekeying(entry.keys["rekeyed"])
    for name in entry.keys["blob"]:
        blobs.remove(uuid.UUID(name))


def end_rekeyings(*, by: Job, on: date) -> None:
    """Ends what a restore that was cut off began. What a night began it goes on with itself."""
    begun = Erasure.objects.exclude(outcome="").values("pk")
    for line in LedgerLine.objects.filter(keys__has_key="erasure").exclude(item__in=begun):
        parts = line.keys["rekeyed"]
        if PartKey.objects.filter(part_id__in=parts, before__isnull=False).exists():
            with acting_as(by, on=on):
                seal_rest_anew(line.item)
                record(RESTORED, by=by, detail={"line": line.number})
            end_rekeying(parts)
