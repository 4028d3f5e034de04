"""Finds the newest rows that fit, from the newest month back, and stops in time (ADR 31).

The log has one table a month. Each step asks about some months only, so that a question touches
the indexes of those; a question that no index answers goes month by month. After a few seconds the
search stops and says how far it came: nobody waits for it, and other pages are not slowed down.
"""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock

from django.db import OperationalError, connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from psycopg.errors import QueryCanceled

from audit.models import LogEntry
from audit.queries import Wanted, narrowed

NEWEST_FIRST = ("-timestamp", "-id")
PATIENCE = 3.0  # seconds
EARLIEST, LATEST = date(2000, 1, 1), date(2200, 1, 1)  # nothing happened outside
_MONTH = re.compile(r"audit_logentry_(\d{4})(\d{2})$")
_TABLES = (
    "select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid"
    " where i.inhparent = 'audit_logentry'::regclass"
)
_IN_TIME = (
    "select current_setting('statement_timeout'),"
    " set_config('statement_timeout', %s, true)"  # of this transaction
)


@dataclass(frozen=True)
class Place:
    """Where the next page begins: after this row, or before this moment when there is no row."""

    moment: datetime
    row: uuid.UUID | None = None

    def __str__(self) -> str:
        return f"{self.moment.isoformat()}|{self.row or ''}"

    @classmethod
    def read(cls, typed: str) -> Place | None:
        """What `str` wrote; none when it was made up."""
        moment, _, key = typed.partition("|")
        try:
            place = cls(datetime.fromisoformat(moment), uuid.UUID(key) if key else None)
        except ValueError:
            return None
        is_ours = timezone.is_aware(place.moment) and EARLIEST < place.moment.date() < LATEST
        return place if is_ours else None

    def narrows(self, rows: QuerySet[LogEntry]) -> QuerySet[LogEntry]:
        """The rows after this place."""
        if self.row is None:
            return rows.filter(timestamp__lt=self.moment)
        older = Q(timestamp__lt=self.moment) | Q(timestamp=self.moment, id__lt=self.row)
        return rows.filter(older, timestamp__lte=self.moment)


@dataclass(frozen=True)
class Found:
    """A page of rows, and where the next one begins: nowhere at the end.

    `stopped_at`: time ran out before the page was full; nothing newer than this is missing.
    `is_too_slow`: not even one step came to its end.
    """

    rows: list[LogEntry]
    following: Place | None = None
    stopped_at: datetime | None = None
    is_too_slow: bool = False


def newest(
    rows: QuerySet[LogEntry],
    wanted: Wanted,
    *,
    size: int,
    on: date,
    after: Place | None = None,
    patience: float = PATIENCE,
) -> Found:
    """The newest rows that fit, at most `size`, after the place where the page before ended."""
    fitting = narrowed(rows, wanted).order_by(*NEWEST_FIRST)
    first, last = _period(wanted)
    if after is not None:
        fitting = after.narrows(fitting)
        edge = max(after.moment, _midnight(EARLIEST)) + timedelta(microseconds=1)
        last = min(last, edge) if last else edge
    found: list[LogEntry] = []
    begun = time.monotonic()
    reached: datetime | None = None
    try:
        with transaction.atomic(), _statements_end_within(patience):
            for start, end in _steps(first, last, on, grows=wanted.is_indexed):
                if time.monotonic() - begun > patience:
                    return _unfinished(found, reached)
                found += list(_between(fitting, start, end)[: size + 1 - len(found)])
                reached = start
                if len(found) > size:
                    last_row = found[size - 1]
                    return Found(found[:size], Place(last_row.timestamp, last_row.pk))
    except OperationalError as error:
        if not isinstance(error.__cause__, QueryCanceled):
            raise
        return _unfinished(found, reached)
    return Found(found)


def _unfinished(found: list[LogEntry], reached: datetime | None) -> Found:
    if reached is None:
        return Found([], is_too_slow=True)
    return Found(found, Place(reached), stopped_at=reached)


def _between(
    rows: QuerySet[LogEntry], start: datetime | None, end: datetime | None
) -> QuerySet[LogEntry]:
    if start:
        rows = rows.filter(timestamp__gte=start)
    return rows.filter(timestamp__lt=end) if end else rows


def _period(wanted: Wanted) -> tuple[datetime | None, datetime | None]:
    """From the first moment up to, not including, the last."""
    first, last = wanted.first_day, wanted.last_day
    return (
        _midnight(max(first, EARLIEST)) if first else None,
        _midnight(min(last, LATEST) + timedelta(days=1)) if last else None,
    )


def _steps(
    first: datetime | None, last: datetime | None, on: date, *, grows: bool
) -> Iterator[tuple[datetime | None, datetime | None]]:
    """Periods from `last` back to `first`, each beginning with a month.

    A month each; or, where an index leads straight to the rows, one, one, two, four and so on.
    The last step goes back as far as the log does.
    """
    tomorrow = on + timedelta(days=1)  # nothing is written later: the months to come stay shut
    end = last or _month_of(_following(tomorrow))
    start, width = _month_of(min(on, last.date()) if last else on), 1
    oldest: datetime | None = None
    while (first is None or start > first) and (oldest is None or start > oldest):
        yield start, end
        oldest = oldest or min(_months(), default=start)  # asked when one month was not enough
        end = start
        for _ in range(width):
            start = _month_of(start - timedelta(days=1))
        width = width * 2 if grows else 1
    yield first, end


def _following(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)


def _months() -> list[datetime]:
    """The beginnings of the months that have a table."""
    with connection.cursor() as cursor:
        cursor.execute(_TABLES)
        found = [_MONTH.search(name) for (name,) in cursor.fetchall()]
    return [datetime(int(m[1]), int(m[2]), 1, tzinfo=UTC) for m in found if m]


def _month_of(day: date) -> datetime:
    """The beginning of the month, as the log's tables divide time."""
    return datetime(day.year, day.month, 1, tzinfo=UTC)


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, clock.min))


@contextmanager
def _statements_end_within(seconds: float) -> Iterator[None]:
    """No statement takes longer than this; afterwards holds what held before.

    After an error the savepoint around it gives that back.
    """
    before = _set_timeout(f"{int(seconds * 1000)}ms")
    yield
    _set_timeout(before)


def _set_timeout(value: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(_IN_TIME, [value])
        before: str = cursor.fetchone()[0]
        return before
