"""The report of a month as a page, against the same numbers by plain queries over a stock log."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from time import perf_counter

from auditlog.models import AbstractLogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.models import Count, Q, QuerySet
from django.db.models.functions import ExtractHour, TruncDate
from django.test import Client, override_settings
from django.urls import reverse

from bench.crowd import TODAY
from bench.log_rows import SchoolOfLog, fill_log, the_board
from bench.report import Row
from bench.visitor import signed_in_cookie
from oversight.queries.reports import numbers_for
from oversight.rules.reports import LOOKS, Period, month_of

SIZE = 1_000_000 if os.environ.get("BENCH_SMALL") else 10_000_000
_TAKES = 12  # schools whose page is asked for, spread over the board
_EACH = 10
_LAST_MONTH = month_of(TODAY.replace(day=1) - timedelta(days=1))

# What the stock table has no column for stands in its `additional_data`, as its manual says.
_COPY = """
insert into {table} (content_type_id, object_pk, object_repr, action, changes_text, changes,
                     actor_id, cid, remote_addr, "timestamp", additional_data)
select %s, coalesce(subjects[1]::text, object_pk), '', least(action, 3), '', changes, actor_id, cid,
       remote_addr, "timestamp", jsonb_build_object('unit', unit, 'role', actor_role, 'ground',
       ground, 'outcome', outcome, 'event', event, 'subjects', cardinality(subjects))
from audit_logentry
"""


class StockEntry(AbstractLogEntry):
    """django-auditlog's own table, under another name."""

    class Meta:
        app_label = "audit"
        managed = False
        db_table = "bench_stocklog"


def measure() -> list[Row]:
    """The page of a month, and how long the plain queries take."""
    fill_log(SIZE)
    board = the_board()
    some = board.schools[:: max(1, len(board.schools) // _TAKES)]
    pages = sorted(taken for school in some for taken in _page(school))
    slow = pages[int(len(pages) * 0.95)]
    _fill_stock()
    plain = sorted(_plain(school) for school in some[:3])[1]
    ours = sorted(_taken(partial(_numbers, school)) for school in some)[len(some) // 2]
    size = f"{SIZE:,}".replace(",", " ")
    return [
        Row(
            f"month report of a school, the page, {size} rows: 95th percentile",
            "under 300 ms",
            f"{slow * 1000:.0f} ms (median {pages[len(pages) // 2] * 1000:.0f} ms)",
        ),
        Row(
            "… against the same numbers by plain queries over the stock table",
            "at least 50x faster",
            f"{plain / slow:.0f}x ({plain:.1f} s); the numbers alone {plain / ours:.0f}x"
            f" ({ours * 1000:.0f} ms)",
        ),
    ]


@override_settings(ALLOWED_HOSTS=["localhost"])
def _page(school: SchoolOfLog) -> list[float]:
    """How long the whole page takes, everything included, again and again."""
    name, _, value = signed_in_cookie(school.staff[0]).partition("=")
    client = Client(headers={"host": "localhost", "x-forwarded-for": "127.0.0.1"})
    client.cookies[name] = value
    first = _LAST_MONTH.first
    address = reverse("month_report", args=[school.unit.pk, first.year, first.month])

    def visit() -> None:
        answer = client.get(address, secure=True)
        if answer.status_code != 200 or answer.content.count(b"<svg") < 6:
            raise RuntimeError(f"the report answered {answer.status_code}")

    visit()
    return [_taken(visit) for _time in range(_EACH)]


def _numbers(school: SchoolOfLog) -> None:
    if not numbers_for(school.staff[0], school.school, _LAST_MONTH).looks:
        raise RuntimeError("a report to be measured is empty")


def _fill_stock() -> None:
    """The same rows in the stock table, with its indexes."""
    with connection.schema_editor() as editor:
        editor.create_model(StockEntry)
        later = [str(line) for line in editor.deferred_sql if "FOREIGN KEY" not in str(line)]
        editor.deferred_sql.clear()
    kind = ContentType.objects.get_for_model(StockEntry, for_concrete_model=False)
    with connection.cursor() as cursor:
        cursor.execute(_COPY.format(table=StockEntry._meta.db_table), [kind.pk])
        for line in later:
            cursor.execute(line)
        cursor.execute(f"analyze {StockEntry._meta.db_table}")


def _plain(school: SchoolOfLog) -> float:
    """Seconds for the numbers of one report, one plain query after another."""
    numbers = numbers_for(school.staff[0], school.school, _LAST_MONTH)
    counted: list[int] = []

    def ask() -> None:
        counted[:] = _plainly(school, _LAST_MONTH)

    taken = _taken(ask)
    if counted != [numbers.looks, numbers.refused, numbers.people, numbers.pupils]:
        raise RuntimeError(f"the plain queries count otherwise: {counted}")
    return taken


def _plainly(school: SchoolOfLog, period: Period) -> list[int]:
    rows = StockEntry.objects.filter(
        timestamp__gte=period.begins,
        timestamp__lt=period.ends,
        additional_data__unit=str(school.unit.pk),
    ).order_by()
    looks = rows.filter(
        ~Q(additional_data__ground="own"),
        additional_data__outcome="success",
        additional_data__event__in=list(LOOKS),
        additional_data__subjects__gt=0,
        actor__isnull=False,
    )
    refused = rows.filter(additional_data__outcome="refused")
    _by(looks.annotate(day=TruncDate("timestamp")), "day")
    _by(looks.annotate(hour=ExtractHour("timestamp")), "hour")
    _by(looks, "additional_data__role", "additional_data__ground")
    people = _by(looks, "actor")
    pupils = _by(looks, "object_pk")
    _by(refused, "actor")
    _by(rows, "action", "additional_data__outcome")
    return [looks.count(), refused.count(), len(people), len(pupils)]


def _by(rows: QuerySet[StockEntry], *names: str) -> list[dict[str, object]]:
    return list(rows.values(*names).annotate(number=Count("pk")))


def _taken(work: Callable[[], object]) -> float:
    start = perf_counter()
    work()
    return perf_counter() - start
