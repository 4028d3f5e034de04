"""The newest rows of a log of a million rows and of ten million: the same time."""

from __future__ import annotations

import os
import statistics
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from time import perf_counter
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count

from access.models import User
from audit.models import LogEntry
from audit.queries import Wanted, log_rows_visible_to
from audit.searching import newest
from bench import looks_bench, seals
from bench.crowd import TODAY
from bench.log_rows import SchoolOfLog, fill_log, the_board
from bench.report import Row

SMALL = bool(os.environ.get("BENCH_SMALL"))
SIZES = (300_000, 3_000_000) if SMALL else (1_000_000, 10_000_000)
PAGE = 50
_TURNS = 25
_TAKES = 6  # schools of which somebody is looked for, spread over the board


def measure() -> list[Row]:
    """A pupil's, a person's and a period's newest rows; what the log's indexes weigh; its seals."""
    taken: dict[int, dict[str, float]] = {}
    looked: dict[int, float] = {}
    cases: dict[str, list[tuple[User, Wanted]]] = {}
    for size in SIZES:
        fill_log(size)
        cases = cases or _cases()
        taken[size] = {what: _slowest(looks) for what, looks in cases.items()}
        looked[size] = looks_bench.slowest()
    small, large = (taken[size] for size in SIZES)
    rows = [
        Row(
            f"latest {PAGE} rows for {what}, {_spaced(SIZES[1])} rows against"
            f" {_spaced(SIZES[0])} (the slowest of several; all statements, in the database)",
            "under 20 ms; at most 1.3x",
            f"{large[what] * 1000:.1f} ms; {large[what] / small[what]:.2f}x"
            f" ({small[what] * 1000:.1f} ms)",
        )
        for what in large
    ]
    sealed = seals.measure(SIZES[1])
    return [*rows, looks_bench.row(looked, SIZES), *_weights(), *sealed]


def _spaced(number: int) -> str:
    return f"{number:,}".replace(",", " ")


def _cases() -> dict[str, list[tuple[User, Wanted]]]:
    board = the_board()
    some = board.schools[:: len(board.schools) // _TAKES]
    week_ago, month_ago = TODAY - timedelta(days=7), TODAY - timedelta(days=30)
    period = Wanted(first_day=month_ago, last_day=week_ago)
    return {
        "a pupil": [(s.staff[0], Wanted(pupils=(s.pupils[n].log_key,))) for n, s in enumerate(some)]
        + [(board.officer, Wanted(pupils=(s.pupils[-1].log_key,))) for s in some],
        "a person": [(s.staff[0], Wanted(people=(_hardly_seen(s),))) for s in some]
        + [(board.officer, Wanted(people=(_hardly_seen(s),))) for s in some],
        "a period": [(school.staff[0], period) for school in some] + [(board.officer, period)],
    }


def _hardly_seen(school: SchoolOfLog) -> UUID:
    """Of whom the smaller log has just one page: the search goes back furthest."""
    rows = LogEntry.objects.filter(unit=school.unit.pk, actor__in=school.staff)
    counted = rows.values("actor").annotate(number=Count("id")).filter(number__gte=PAGE)
    key: UUID = counted.order_by("number").values_list("actor", flat=True)[0]
    return key


def _slowest(cases: list[tuple[User, Wanted]]) -> float:
    """The slowest of the medians, of the time spent in the database; each must be a full page."""
    medians = []
    for reader, wanted in cases:
        rows = log_rows_visible_to(reader, on=TODAY)
        taken = []
        for _turn in range(_TURNS):
            with in_the_database() as seconds:
                found = newest(rows, wanted, size=PAGE, on=TODAY).rows
            if len(found) < PAGE:
                raise RuntimeError("a page to be measured is not full")
            taken.append(sum(seconds))
        medians.append(statistics.median(taken))
    return max(medians)


@contextmanager
def in_the_database() -> Iterator[list[float]]:
    """How long each statement took, until its rows were here."""
    taken: list[float] = []

    def watch(
        execute: Callable[..., Any], statement: Any, values: Any, many: bool, context: Any
    ) -> Any:
        start = perf_counter()
        try:
            return execute(statement, values, many, context)
        finally:
            taken.append(perf_counter() - start)

    with connection.execute_wrapper(watch):
        yield taken


def _weights() -> list[Row]:
    """Bytes a row, the indexes one by one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select sum(pg_table_size(inhrelid)) from pg_inherits"
            " where inhparent = 'audit_logentry'::regclass"
        )
        table = int(cursor.fetchone()[0])
        cursor.execute(
            "select p.relname, sum(pg_relation_size(i.inhrelid)) from pg_inherits i"
            " join pg_class p on p.oid = i.inhparent join pg_index x on x.indexrelid = p.oid"
            " where x.indrelid = 'audit_logentry'::regclass group by 1 order by 2 desc"
        )
        indexes = {name: int(size) / SIZES[1] for name, size in cursor.fetchall()}
    parts = ", ".join(f"`{name}` {size:.0f}" for name, size in indexes.items())
    return [
        Row(
            "… what a row of the log weighs, in bytes",
            "",
            f"{table / SIZES[1]:.0f}, and its indexes {sum(indexes.values()):.0f} ({parts})",
        )
    ]
