"""Writes destructions down: in the database with the intention, then in the file outside it."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence

from django.db import connection, transaction
from django.utils import timezone

from retention import ledger
from retention.destroyer import as_destroyer
from retention.ledger import Entry
from retention.level import must_stand_level
from retention.models import LedgerLine
from retention.queries.ledger import database_head

_LOCK = 20261123  # one line after the other


Keys = Mapping[str, Sequence[uuid.UUID | str]]


def intend(item: uuid.UUID, keys: Keys) -> Entry:
    """The line about `item` in the open transaction; the same one when it was written before.

    Once this is committed call `write_out`, and only then destroy the first key. Raises
    DatabaseIsBehind where the file has lines that the database does not know.
    """
    return intend_all({item: keys})[0]


@transaction.atomic
def intend_all(wanted: Mapping[uuid.UUID, Keys]) -> list[Entry]:
    """The lines about several items, one after the other, as `intend` does."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [_LOCK])
    must_stand_level()
    known = {line.item: entry_of(line) for line in LedgerLine.objects.filter(item__in=list(wanted))}
    head, now, new = database_head(), timezone.now(), []
    if head == ledger.BEGINNING:
        ledger.begin()
    for item, keys in wanted.items():
        if item in known:
            continue
        named = {kind: [str(key) for key in some] for kind, some in keys.items()}
        known[item] = ledger.next_entry(head, item=item, keys=named, at=now)
        head = known[item].head
        new.append(known[item])
    _add(*new)
    return [known[item] for item in wanted]


def write_out() -> int:
    """Adds to the file what the database knows and the file does not; says how many lines.

    When it returns the file is safely on disk, also what another run wrote into it. Raises
    LedgerDamaged when the two tell different stories: DatabaseIsBehind where the file knows more.
    """
    newest = must_stand_level()
    lines = LedgerLine.objects.filter(number__gt=newest.number).order_by("number")
    entries = [entry_of(line) for line in lines]
    ledger.append(*entries)
    return len(entries)


def take_over(entry: Entry) -> None:
    """Enters a line of the file that a restored database does not know yet."""
    if not LedgerLine.objects.filter(number=entry.number).exists():
        _add(entry)


_INSERT = """
insert into retention_ledgerline (number, at, item, keys, previous, hash)
select l.* from jsonb_to_recordset(%s::jsonb) as l
    (number bigint, at timestamptz, item uuid, keys jsonb, previous text, hash text)
"""


def _add(*entries: Entry) -> None:
    """All in one value: a list has some hundred lines with a dozen keys each."""
    lines = [
        {
            "number": entry.number,
            "at": entry.at.isoformat(),
            "item": str(entry.item),
            "keys": dict(entry.keys),
            "previous": entry.previous,
            "hash": entry.hash,
        }
        for entry in entries
    ]
    with as_destroyer(), connection.cursor() as cursor:
        cursor.execute(_INSERT, [json.dumps(lines)])


def entry_of(line: LedgerLine) -> Entry:
    """A line of the database as the file has it."""
    return Entry(line.number, line.at, line.item, line.keys, line.previous)
