"""Rows of the log that no seal covers: where none should be, and those that wait for one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from django.db import connection

from audit import proof
from audit.months import begin_of, bounds_of, end_of, months_with_rows
from audit.verdicts import Period

_BLOCK = 5_000
_ROW = "select id, cid from audit_logentry where number = %s limit 1"
_OUTSIDE = """
select min(number), count(*) from audit_logentry
where "timestamp" >= %s and "timestamp" < %s and number <= %s and (number <= %s or number > %s)
"""
_WAITING = """
select number, "timestamp", {record_as_sql} from audit_logentry
where number > %s {{period}} order by number limit {block}
"""
_WAITING = _WAITING.format(record_as_sql=proof.RECORD_AS_SQL, block=_BLOCK)
_WITHOUT_A_KEY = """
select c.oid::regclass::text from pg_class c
where (c.oid = 'audit_logentry'::regclass
       or c.oid in (select inhrelid from pg_inherits where inhparent = 'audit_logentry'::regclass))
  and not exists (select from pg_index i
                  where i.indrelid = c.oid and i.indisprimary and i.indisvalid)
"""
_TWICE = "select max(number) from audit_logentry group by id having count(*) > 1 limit 1"


def outside(
    covered: Mapping[date, tuple[int, int]], upto: int, period: Period
) -> Iterator[tuple[date, int, int]]:
    """Months with rows before their first seal or after their last one, though sealing went on.

    Gives the month, the first such number, and how many rows. `covered` says between which
    numbers each month has seals.
    """
    for month in months_with_rows():
        if not _is_asked(month, period):
            continue
        first, last = covered.get(month, (upto, upto))
        with connection.cursor() as cursor:
            cursor.execute(_OUTSIDE, [*bounds_of(month), upto, first, last])
            number, count = cursor.fetchone()
        if count:
            yield month, number, count


def _is_asked(month: date, period: Period) -> bool:
    too_old = period.first and month < period.first.replace(day=1)
    return not too_old and not (period.last and month > period.last)


def waiting(upto: int, period: Period) -> Iterator[list[tuple[int, datetime, bytes]]]:
    """Rows with a higher number than the newest seal, some thousands at a time."""
    words, limits = "", []
    if period.first:
        words += ' and "timestamp" >= %s'
        limits.append(begin_of(period.first))
    if period.last:
        words += ' and "timestamp" < %s'
        limits.append(end_of(period.last))
    while True:
        with connection.cursor() as cursor:
            cursor.execute(_WAITING.format(period=words), [upto, *limits])
            rows = [(number, moment, bytes(record)) for number, moment, record in cursor.fetchall()]
        if not rows:
            return
        yield rows
        upto = rows[-1][0]


def tables_without_a_key() -> list[str]:
    """A row can stand there twice only where the primary key was taken away."""
    with connection.cursor() as cursor:
        cursor.execute(_WITHOUT_A_KEY)
        return [name for (name,) in cursor.fetchall()]


def number_of_a_row_twice() -> int | None:
    """The later number of a row that is there twice, if any."""
    with connection.cursor() as cursor:
        cursor.execute(_TWICE)
        found = cursor.fetchone()
    return found[0] if found else None


def row(number: int) -> dict[str, Any]:
    """A row's number, key and request, as they stand there now."""
    with connection.cursor() as cursor:
        cursor.execute(_ROW, [number])
        found = cursor.fetchone()
    return {"number": number, "row": str(found[0]), "request": found[1]} if found else {}
