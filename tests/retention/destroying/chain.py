"""One list, carried out by a program that is killed after each of its steps in turn.

What a kill leaves behind depends on nothing but the steps before it: what was not committed is
rolled back. So each run starts where the one before was killed, and takes one step more; together
they meet every moment at which a program can end, and go on from each.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.conf import settings
from django.db import connection, connections
from django.db.models import Count
from django.utils import timezone

from access.acting import Job
from audit.models import LogEntry
from audit.sealing import seal_log
from audit.verifying import verify_log
from retention import ledger
from retention.backups.recorded import make_and_record
from retention.models import LedgerLine
from tests.guards.test_at_rest import dump
from tests.retention.destroying.evidence import PASSING, TABLES, Kept, everything, files_in
from tests.retention.destroying.leavers import Leavers
from tests.retention.destroying.old_copy import what_opens
from tests.retention.destroying.worker import KILLED, Run, Worker

_MOST = 400  # runs; a job that never gets further is not resumable


@dataclass
class Told:
    """What was seen before, in between and afterwards."""

    leavers: Leavers
    before: Kept
    after: Kept
    deaths: list[str]
    last: Run
    again: Run
    after_again: Kept
    outcomes: dict[tuple[str, str], str]
    is_good: list[bool]
    dumps: dict[str, bytes]
    heard: bytes
    root: Path
    entries: list[ledger.Entry]
    lines: int
    events: dict[str, int]
    opens: dict[str, bool]


def carry_out_killed_everywhere(leavers: Leavers, worker: Worker, root: Path, on: date) -> Told:
    """To the end, and once more."""
    is_good = [_log_is_good()]
    old = make_and_record(by=Job("make_backup"), on=on)  # the day before
    before = everything()
    deaths, last = _until_nothing_kills(worker, on)
    after = everything()
    again = worker.run(on)
    after_again = everything()
    make_and_record(by=Job("make_backup"), on=on)
    is_good.append(_log_is_good())
    return Told(
        leavers, before, after, deaths, last, again, after_again, _outcomes(leavers), is_good,
        _dumps(), worker.heard.read_bytes(), root, ledger.read(), LedgerLine.objects.count(),
        _events(), what_opens(old.content, root, leavers.cast),
    )  # fmt: skip


def _until_nothing_kills(worker: Worker, on: date) -> tuple[list[str], Run]:
    """Each run dies one step after where it began, or later when that is where it began."""
    deaths: list[str] = []
    at, state = 1, _state()
    for _number in range(_MOST):
        run = worker.run(on, fault="kill", at=at)
        if run.ended != KILLED:
            assert run.ended == 0, worker.heard.read_text()[-4000:]
            return deaths, run
        deaths.append(run.steps[-1])
        before, state = state, _state()
        at = at + 1 if state == before else 1
    raise AssertionError(f"it never comes to an end: {deaths[-10:]}")


def _state() -> tuple[object, ...]:
    """What is there, but for what is told of it: changes with each step that gets on."""
    ledger_size = Path(settings.LEDGER).stat().st_size if Path(settings.LEDGER).exists() else 0
    return _numbers(), ledger_size, tuple(sorted(files_in(Path(settings.FILES_DIR))))


def _numbers() -> tuple[object, ...]:
    counts = []
    for alias in connections:
        with connections[alias].cursor() as cursor:
            cursor.execute(TABLES)
            tables = [t for (t,) in cursor.fetchall() if not t.startswith(PASSING)]
            cursor.execute(" union all ".join(f"select count(*) from {t}" for t in sorted(tables)))
            counts += [number for (number,) in cursor.fetchall()]
    with connection.cursor() as cursor:
        cursor.execute(
            "select array_agg(row(id, outcome)::text order by id) from retention_destructionitem"
        )
        return (*counts, tuple(cursor.fetchone()[0]))


def _log_is_good() -> bool:
    seal_log(now=timezone.now())
    return verify_log(now=timezone.now()).is_good


def _outcomes(leavers: Leavers) -> dict[tuple[str, str], str]:
    """What became of each kind of record of each pupil on the list."""
    pupils = {str(key): pupil for pupil, key in leavers.dossiers.items()}
    rows = leavers.made.items.values_list("dossier_id", "kind", "outcome")
    return {(pupils[str(dossier)], kind): outcome for dossier, kind, outcome in rows}


def _events() -> dict[str, int]:
    rows = LogEntry.objects.values_list("event").annotate(number=Count("pk")).order_by()
    return dict(rows)


def _dumps() -> dict[str, bytes]:
    """Both databases, as their owner dumps them."""
    return {alias: dump(alias) for alias in connections}
