"""Writes destructions down: in the database with the intention, then in the file outside it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence

from django.db import connection, transaction
from django.utils import timezone

from retention import ledger
from retention.destroyer import as_destroyer
from retention.ledger import Entry
from retention.models import LedgerLine
from retention.queries.ledger import database_head

_LOCK = 20261123  # one line after the other


@transaction.atomic
def intend(item: uuid.UUID, keys: Mapping[str, Sequence[uuid.UUID | str]]) -> Entry:
    """The line about `item` in the open transaction; the same one when it was written before.

    Once this is committed call `write_out`, and only then destroy the first key.
    """
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [_LOCK])
    known = LedgerLine.objects.filter(item=item).first()
    if known is not None:
        return _entry(known)
    entry = ledger.next_entry(
        database_head(),
        item=item,
        keys={kind: [str(key) for key in some] for kind, some in keys.items()},
        at=timezone.now(),
    )
    _add(entry)
    return entry


def write_out() -> int:
    """Adds to the file what the database knows and the file does not; says how many lines.

    Raises LedgerDamaged when the two tell different stories.
    """
    number = 0
    for line in LedgerLine.objects.filter(number__gt=ledger.head().number).order_by("number"):
        ledger.append(_entry(line))
        number += 1
    return number


def take_over(entry: Entry) -> None:
    """Enters a line of the file that a restored database does not know, once it is destroyed."""
    _add(entry)


def _add(entry: Entry) -> None:
    with as_destroyer():
        LedgerLine.objects.create(
            number=entry.number,
            at=entry.at,
            item=entry.item,
            keys=dict(entry.keys),
            previous=entry.previous,
            hash=entry.hash,
        )


def _entry(line: LedgerLine) -> Entry:
    return Entry(line.number, line.at, line.item, line.keys, line.previous)
