"""The price of a log that proves itself: recording, sealing, verifying, and bytes a row.

Called with the filled log of bench/log_bench.py, whose rows have their marks and no seal yet.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any

import psycopg
from auditlog.models import LogEntry as StockEntry
from django.conf import settings
from django.db import connection
from django.utils import timezone
from psycopg.conninfo import make_conninfo
from psycopg.types.json import Jsonb

from access.acting import Work
from audit import events, heads
from audit.actions import row, write
from audit.grounds import Ground
from audit.models import LogEntry, Seal, SealMark
from audit.proof import COLUMNS
from audit.sealing import seal_log
from audit.verifying import verify_log
from bench.crowd import TODAY
from bench.log_rows import the_board
from bench.report import Row

VIEWS = 1_500
_STOCK_ROWS = 200_000
_BARE = """
create table bench_bare_log (like audit_logentry including indexes);
alter table bench_bare_log alter number drop not null;
"""


def measure(rows: int) -> list[Row]:
    """All of it, on a log that was filled with so many rows."""
    return [_recording(), _sealing(rows), _verifying(rows), _weight(rows)]


# --- recording ----------------------------------------------------------------------------------


def _recording() -> Row:
    """In turns, so that both meet the same machine; the same row, the same indexes."""
    with connection.cursor() as cursor:
        cursor.execute("drop table if exists bench_bare_log")
        cursor.execute(_BARE)
    school = the_board().schools[0]
    person, pupil = school.staff[5], school.pupils[0]
    work = Work(by=person, on=TODAY, remote_addr="198.51.100.7", role="counsellor")
    work.unit_id = school.unit.pk

    def a_view() -> LogEntry:
        entry = row(
            work,
            events.PAGE_SEEN,
            by=person,
            subjects=[pupil.log_key],
            ground=Ground.ASSIGNMENT,
        )
        entry.object_pk = str(pupil.pk)
        entry.additional_data = {"page": "dossier_part", "method": "GET", "status": 200}
        return entry

    ours, bare = [], []
    with _bare_connection() as plain:
        for turn in range(VIEWS):
            entry = a_view()
            entry.mark = bytes(20)
            statement, values = _bare_insert(entry)
            spent = _timed(partial(plain.execute, statement, values, prepare=True))
            recorded = _timed(lambda: write([a_view()]))
            if turn >= VIEWS // 10:
                bare.append(spent)
                ours.append(recorded)
    LogEntry.objects.filter(cid=str(work.request_id)).delete()
    mine, plain_time = statistics.median(ours), statistics.median(bare)
    return Row(
        "recording one view, against a bare INSERT and COMMIT of the same row",
        "at most 1.5x",
        f"{mine / plain_time:.2f}x ({mine * 1e6:.0f} µs against {plain_time * 1e6:.0f} µs,"
        f" medians of {len(ours)} in turns)",
    )


def _timed(work: Callable[[], object]) -> float:
    start = perf_counter()
    work()
    return perf_counter() - start


def _bare_connection() -> psycopg.Connection:
    place = connection.settings_dict
    conninfo = make_conninfo(
        dbname=str(place["NAME"]),
        user=str(place["USER"]),
        password=str(place["PASSWORD"]),
        host=str(place["HOST"]),
    )
    return psycopg.connect(conninfo, autocommit=True)


def _bare_insert(entry: LogEntry) -> tuple[Any, list[Any]]:
    columns = [*COLUMNS, "mark"]
    values = [getattr(entry, column) for column in columns]
    values[columns.index("additional_data")] = Jsonb(entry.additional_data)
    places = ["%s::inet" if name == "remote_addr" else "%s" for name in columns]
    text = "insert into bench_bare_log ({columns}) values ({places})"
    return text.format(columns=", ".join(columns), places=", ".join(places)), values


# --- sealing and verifying ----------------------------------------------------------------------


def _sealing(rows: int) -> Row:
    SealMark.objects.all().delete()
    Seal.objects.all().delete()
    settings.LOG_HEADS.unlink(missing_ok=True)
    held = _memory()
    start = perf_counter()
    done = seal_log(now=timezone.now())
    taken = perf_counter() - start
    if done.rows != rows or heads.newest_head() is None:
        raise RuntimeError(f"{done.rows} rows were sealed instead of {rows}")
    return Row(
        f"sealing {rows:,} rows".replace(",", " "),
        "at least 20 000 rows a second",
        f"{rows / taken:,.0f} a second ({done.seals} seals; memory {_memory() - held:+.0f} MB)",
    )


def _verifying(rows: int) -> Row:
    """Memory after a tenth of the rows, and the most of it."""
    held: list[float] = []

    def hear(done: int, total: int) -> None:
        if not held or done > total / 10 * len(held):
            held.append(_memory())

    start = perf_counter()
    verdict = verify_log(now=timezone.now(), tell=hear)
    taken = perf_counter() - start
    if not verdict.is_good or verdict.rows != rows:
        raise RuntimeError(f"the log to be measured is not whole: {verdict}")
    early = held[min(1, len(held) - 1)]
    return Row(
        f"verifying {rows:,} rows".replace(",", " "),
        "at least 100 000 rows a second, memory flat",
        f"{rows / taken:,.0f} a second; memory {max(held) - early:+.0f} MB after a tenth"
        f" ({early:.0f} to {max(held):.0f} MB)",
    )


def _memory() -> float:
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024


# --- size ---------------------------------------------------------------------------------------


def _weight(rows: int) -> Row:
    """Ours beside the stock table, which has a row for each pupil of a list and no proof."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select sum(pg_total_relation_size(inhrelid)) from pg_inherits"
            " where inhparent = 'audit_logentry'::regclass"
        )
        ours = int(cursor.fetchone()[0]) / rows
        cursor.execute("select sum(greatest(1, cardinality(subjects))) from audit_logentry")
        subjects = int(cursor.fetchone()[0]) / rows
    stock = _stock_weight()
    return Row(
        "log size with indexes, bytes a row, against django-auditlog's stock table",
        "",
        f"{ours:.0f} against {stock:.0f} for one pupil; of this log, where a row is about"
        f" {subjects:.1f} pupils, {stock * subjects:.0f}",
    )


def _stock_weight() -> float:
    """The stock table as the library makes it, with the same looks: who, what, whose, when."""
    with connection.schema_editor() as editor:
        editor.create_model(StockEntry)
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into auditlog_logentry (content_type_id, object_pk, object_repr, action,"
            " changes_text, changes, actor_id, cid, remote_addr, timestamp, additional_data)"
            " select (select min(id) from django_content_type), object_pk, 'pupil 12345678', 3,"
            " '', '{}', actor_id, cid, remote_addr, timestamp, additional_data"
            " from audit_logentry limit %s",
            [_STOCK_ROWS],
        )
        cursor.execute("vacuum analyze auditlog_logentry")
        cursor.execute(
            "select pg_total_relation_size('auditlog_logentry')::float"
            " / greatest(1, (select count(*) from auditlog_logentry))"
        )
        (weight,) = cursor.fetchone()
        cursor.execute("drop table auditlog_logentry")
    return float(weight)
