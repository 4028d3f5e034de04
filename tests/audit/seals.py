"""A log of rows for tests of its seals: written as the portal writes, sealed, and checked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from unittest.mock import patch

from django.db import connection
from django.utils import timezone

from audit import sealing
from audit.actions import write
from audit.models import LogEntry, Seal
from audit.sealing import seal_log
from audit.verdicts import Period, Verdict
from audit.verifying import verify_log

MONTHS = [datetime(2026, month, 10, 9, tzinfo=UTC) for month in (8, 9, 10)]


def a_row(**values) -> LogEntry:
    return LogEntry(
        **{"event": "page-seen", "action": 3, "outcome": "success", "cid": "x"} | values
    )


def some_rows(number: int = 4, *, at: datetime | None = None) -> list[LogEntry]:
    """So many rows a second apart, in order."""
    start = at or timezone.now()
    rows = [a_row(timestamp=start + timedelta(seconds=n)) for n in range(number)]
    write(rows)
    return rows


def sealed_log() -> list[LogEntry]:
    """Three months of four rows each, under a seal each, and then four of now."""
    rows = []
    for month in MONTHS:
        rows += some_rows(at=month)
        seal()
    rows += some_rows()
    seal()
    return rows


def seal() -> None:
    """In a test's own transaction nothing can be waited for; the rows to seal are its own."""
    settled = sealing._settled_number
    if connection.in_atomic_block:
        settled = lambda now, patience: sealing._last_number()  # noqa: E731  beside what it replaces
    with patch.object(sealing, "_settled_number", settled):
        seal_log(now=timezone.now(), patience=60)


def check(**options) -> Verdict:
    return verify_log(now=options.pop("now", timezone.now()), **options)


def number_of(row: LogEntry) -> int:
    return LogEntry.objects.get(pk=row.pk).number


def ask(statement: str, *values) -> list[tuple]:
    """Straight in the database, as its owner."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else []


def seals() -> list[Seal]:
    return list(Seal.objects.order_by("position"))


def of(first, last) -> Period:
    return Period(first, last)
