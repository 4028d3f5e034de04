"""Months and days of the log: its tables and seals go by UTC."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from django.db import connection


def begin_of(day: date) -> datetime:
    """The first moment of a day."""
    return datetime.combine(day, time.min, UTC)


def end_of(day: date) -> datetime:
    """The first moment that is no longer in it."""
    return begin_of(day + timedelta(days=1))


def following(month: date) -> date:
    """The first day of the month after."""
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1)


def bounds_of(month: date) -> tuple[datetime, datetime]:
    """From the first moment of a month up to the first one of the next."""
    return begin_of(month), begin_of(following(month))


def months_with_rows() -> Iterator[date]:
    """Each month in which the log has a row, found by its index."""
    since: datetime | None = None
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                'select min("timestamp") from audit_logentry'
                ' where %s::timestamptz is null or "timestamp" >= %s',
                [since, since],
            )
            (first,) = cursor.fetchone()
        if first is None:
            return
        month = first.astimezone(UTC).date().replace(day=1)
        yield month
        since = begin_of(following(month))
