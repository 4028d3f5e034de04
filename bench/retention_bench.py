"""What falls due with 250 000 pupils: the list against a loop in Python, and the what-if page.

`BENCH_SMALL=yes script/bench retention` runs it with 5 000 pupils, to see that it works.
"""

from __future__ import annotations

from time import perf_counter

from django.db import connection
from django.test import Client, override_settings
from django.urls import reverse

from access.acting import acting_as
from bench.crowd import TODAY
from bench.leavers import PUPILS, Leavers
from bench.report import Row, median_seconds
from bench.visitor import signed_in_cookie
from dossiers.models import Dossier
from retention.queries import due_on, fates_of
from students.models import School

SHOWN = 30
TENTH = 10
AT_ONCE = 2_000


def measure() -> list[Row]:
    """The due list and its count, a loop over everybody, and the pages."""
    leavers = Leavers()
    schools = list(School.objects.filter(board=leavers.board).order_by("pk"))
    pages = _pages(leavers)
    with acting_as(leavers.officer, on=TODAY):
        taken, found = _list(schools)
        looped = _loop(schools[::TENTH]) * TENTH
    return [
        Row(
            f"due list with {PUPILS:,} pupils: a page of {SHOWN} with the count of {found:,} items",
            "under 100 ms; at least 100x faster than a Python loop over all",
            f"{taken * 1000:.0f} ms; {looped / taken:.0f}x ({looped:.1f} s, of a tenth times ten)",
        ),
        *pages,
    ]


def _list(schools: list[School]) -> tuple[float, int]:
    """Median seconds, and how many items are due: a page and the count in one statement."""
    counts: list[int] = []

    def ask() -> None:
        due = due_on(TODAY, schools=schools).values_list("due_day", "pk", "kind")
        listed, values = due.query.sql_with_params()
        with connection.cursor() as cursor:
            cursor.execute(
                f"select *, count(*) over () from ({listed}) due order by 1, 2 limit {SHOWN}",  # nosec B608  our own names
                values,
            )
            rows = cursor.fetchall()
        if len(rows) != SHOWN:
            raise RuntimeError("the due list is not complete")
        counts.append(rows[0][-1])

    taken = median_seconds(ask, times=15)
    if counts[-1] != due_on(TODAY, schools=schools).count():
        raise RuntimeError("the count is another one than that of the list")
    return taken, counts[-1]


def _loop(schools: list[School]) -> float:
    """Once over every dossier of some schools with the rule in Python; it must find the same."""
    start = perf_counter()
    keys = list(Dossier.objects.filter(school__in=schools).values_list("pk", flat=True))
    due = 0
    for first in range(0, len(keys), AT_ONCE):
        dossiers = Dossier.objects.filter(pk__in=keys[first : first + AT_ONCE])
        due += sum(one.is_due for one in fates_of(dossiers, on=TODAY).values())
    taken = perf_counter() - start
    found = due_on(TODAY, schools=schools).count()
    if due != found:
        raise RuntimeError(f"the list finds {found}, the loop {due}")
    return taken


@override_settings(ALLOWED_HOSTS=["localhost"])
def _pages(leavers: Leavers) -> list[Row]:
    """Whole pages, everything included."""
    name, _, value = signed_in_cookie(leavers.director).partition("=")
    client = Client(headers={"host": "localhost", "x-forwarded-for": "127.0.0.1"})
    client.cookies[name] = value
    addresses = {
        f"what-if page of {change.kind}": reverse("term_change", args=[change.pk])
        for change in leavers.changes
    }
    addresses["calendar page"] = reverse("retention")
    rows = []
    for what, address in addresses.items():

        def visit(address: str = address) -> None:
            answer = client.get(address, secure=True)
            if answer.status_code != 200 or b"De Bench" not in answer.content:
                raise RuntimeError(f"{address} answered {answer.status_code}")

        bar = "" if what == "calendar page" else "under 1 s"
        seconds = median_seconds(visit, times=5)
        rows.append(Row(f"{what}, {PUPILS:,} pupils at 50 schools", bar, f"{seconds:.2f} s"))
    return rows
