"""One list, carried out by a program that is killed after each of its steps in turn.

What a kill leaves behind depends on nothing but the steps before it: what was not committed is
rolled back. So each run starts where the one before was killed, and takes one step more; together
they meet every moment at which a program can end, and go on from each.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

from django.conf import settings
from django.db import connection, connections
from django.db.models import Count
from django.test.utils import override_settings
from django.utils import timezone

from access.acting import Job, acting_as
from audit.models import LogEntry
from audit.sealing import seal_log, seal_restoration
from audit.verifying import verify_log
from retention import ledger
from retention.actions.leftovers import judge_leftovers
from retention.actions.other_systems import confirm_other_systems
from retention.backups.recorded import make_and_record
from retention.keeping_on import carry_on_all
from retention.models import Certificate, LedgerLine, Leftover, OtherSystem
from tests.guards.test_at_rest import dump
from tests.retention.destroying.evidence import PASSING, TABLES, Kept, everything
from tests.retention.destroying.leavers import Leavers
from tests.retention.destroying.old_copy import PutBack, put_back
from tests.retention.destroying.worker import KILLED, Run, Worker
from vault.models import PartKey

_MOST = 400  # runs; a job that never gets further is not resumable


@dataclass
class Told:
    """What was seen before, in between and afterwards."""

    leavers: Leavers
    root: Path
    before: Kept
    after: Kept  # once all was destroyed, before the list could close
    at_the_end: Kept
    once_more: Run
    after_that: Kept
    deaths: list[str]
    closing_deaths: list[str]
    outcomes: dict[tuple[str, str], str]
    is_good: list[bool]
    dumps: dict[str, bytes]
    heard: bytes
    entries: list[ledger.Entry]
    lines: int
    events: dict[str, int]
    items_said: dict[str, int]  # how many items the log names, by event
    certificates: list[Certificate]
    leftovers: list[tuple[str, str, str]]
    put_back: PutBack


def carry_out_killed_everywhere(leavers: Leavers, worker: Worker, root: Path, on: date) -> Told:
    """Until it waits for people; they do their part; until it is closed; and once more."""
    is_good = [_log_is_good()]
    old = make_and_record(by=Job("make_backup"), on=on)  # the day before
    before = everything()
    deaths = _until_nothing_kills(worker, on)
    after, dumps = everything(), _dumps()
    leftovers = _judge_and_answer(leavers, on)
    make_and_record(by=Job("make_backup"), on=on)
    is_good.append(_log_is_good())
    closing_deaths = _until_nothing_kills(worker, on)
    at_the_end = everything()
    once_more = worker.run(on)
    is_good.append(_log_is_good())
    return Told(
        leavers, root, before, after, at_the_end, once_more, everything(), deaths, closing_deaths,
        _outcomes(leavers), is_good, dumps, worker.heard.read_bytes(), ledger.read(),
        LedgerLine.objects.count(), _events(), _items_said(), list(Certificate.objects.all()),
        leftovers,
        put_back(old.content, root, leavers.cast, on, partial(_carry_on, leavers, on)),
    )  # fmt: skip


def _carry_on(leavers: Leavers, on: date) -> None:
    """In databases put back from a copy: as the worker and the people do after each list."""
    named = {
        alias: {**database, "NAME": connections[alias].settings_dict["NAME"]}
        for alias, database in settings.BACKUP_DATABASES.items()
    }
    seal_restoration(reason="a test", now=timezone.now())
    with override_settings(BACKUP_DATABASES=named):
        carry_on_all(by=Job("finish_lists"), on=on, again=True)
        _judge_and_answer(leavers, on)
        make_and_record(by=Job("make_backup"), on=on)
        assert _log_is_good()
        carry_on_all(by=Job("finish_lists"), on=on, again=True)


def _judge_and_answer(leavers: Leavers, on: date) -> list[tuple[str, str, str]]:
    """The director says whose the names are that were found, and what other systems hold."""
    by = leavers.cast.director
    found = list(Leftover.objects.filter(search__finished_at__isnull=False))
    with acting_as(by, on=on):
        soft = [one.pk for one in found if not one.is_hard]
        judge_leftovers(
            made=leavers.made, leftovers=soft, outcome="namesake", words="Another", by=by, on=on
        )
        systems = OtherSystem.objects.filter(list=leavers.made).values_list("pk", flat=True)
        confirm_other_systems(
            made=leavers.made, answers=dict.fromkeys(systems, "gone-seen"), by=by, on=on
        )
    return [(one.sort, one.place_found, one.column) for one in found]


def _until_nothing_kills(worker: Worker, on: date) -> list[str]:
    """Each run dies one step after where it began, or later when that is where it began."""
    deaths: list[str] = []
    keys = list(PartKey.objects.values_list("pk", flat=True))
    at, state = 1, _state(keys)
    for _number in range(_MOST):
        run = worker.run(on, fault="kill", at=at)
        if run.ended != KILLED:
            assert run.ended == 0, worker.heard.read_text()[-4000:]
            return deaths
        deaths.append(run.steps[-1])
        before, state = state, _state(keys)
        at = at + 1 if state == before else 1
    raise AssertionError(f"it never comes to an end: {deaths[-10:]}")


def _state(keys: list[uuid.UUID]) -> tuple[object, ...]:
    """How far it is: rows, the ledger and these keys; not what is told, nor orphans.

    (The file and the key of a certificate that was not entered: they are swept.)
    """
    ledger_size = Path(settings.LEDGER).stat().st_size if Path(settings.LEDGER).exists() else 0
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        tables = [t for (t,) in cursor.fetchall() if not t.startswith(PASSING)]
        cursor.execute(" union all ".join(f"select count(*) from {t}" for t in sorted(tables)))
        counts = tuple(number for (number,) in cursor.fetchall())
        cursor.execute(
            "select array_agg(row(id, outcome)::text order by id) from retention_destructionitem"
        )
        (outcomes,) = cursor.fetchone()
    return counts, tuple(outcomes), ledger_size, PartKey.objects.filter(pk__in=keys).count()


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


def _items_said() -> dict[str, int]:
    said: dict[str, list[str]] = {"records-destroyed": [], "destruction-intended": []}
    for row in LogEntry.objects.filter(event__in=said):
        said[row.event] += row.additional_data["items"]
    return {event: len(items) for event, items in said.items()}


def _dumps() -> dict[str, bytes]:
    """Both databases, as their owner dumps them."""
    return {alias: dump(alias) for alias in connections}
