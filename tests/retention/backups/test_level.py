"""Nothing is shown, and no job takes its first step, in a database that is behind the ledger."""

from __future__ import annotations

import inspect
import uuid
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from unittest.mock import Mock
from weakref import WeakSet

import pytest
from django.conf import settings as configured
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django import app, db_cleanup
from procrastinate.middleware import compose, is_async_middleware

from access.acting import Job
from dossiers.models import Note
from retention import carrying_out, ledger, level, middleware
from retention.actions.ledger import intend, write_out
from retention.backups import restoring
from retention.backups.places import sets
from retention.carrying_out import carry_out
from retention.finishing import is_in_the_ledger
from retention.ledger import BEGINNING, Head, LedgerDamaged
from retention.level import DatabaseIsBehind, LedgerLost, must_stand_level
from retention.management.commands import backup
from retention.models import LedgerLine
from retention.queries.ledger import database_head
from retention.rules.closing import Stop
from tests.retention.erasures.conftest import Erasures
from tests.retention.lists.conftest import Lists
from vault.models import PartKey

pytestmark = pytest.mark.promise("P9")


@pytest.fixture
def behind(settings, tmp_path):
    """The file names destructions that this database, put back from before them, does not know."""
    settings.LEDGER = tmp_path / "ledger" / "destroyed"
    settings.FILES_DIR = tmp_path / "files"

    def goes_on(number: int = 40) -> None:
        newest, lines = ledger.head(), []
        for _line in range(number):
            keys = {"dossier": [str(uuid.uuid4())], "kind": ["guidance"]}
            lines.append(ledger.next_entry(newest, item=uuid.uuid4(), keys=keys, at=timezone.now()))
            newest = lines[-1].head
        ledger.append(*lines)

    return goes_on


@pytest.mark.django_db
def test_a_list_and_an_erasure_destroy_nothing_that_the_file_can_not_say(cast, behind, settings):
    settings.BACKUP_RECIPIENTS = []
    made, erasures = Lists(cast).approved("other"), Erasures(cast)
    note = erasures.note("Erased")
    asked = erasures.approve(erasures.ask("note", note.pk))
    behind()
    keys, text = PartKey.objects.count(), settings.LEDGER.read_bytes()

    done = carry_out(made=made, by=Job("carry_on_lists"), on=cast.today)
    assert (done.destroyed, done.left, done.stop) == (0, 0, Stop.LEDGER)
    assert set(made.items.values_list("outcome", flat=True)) == {""}
    assert erasures.run().failed == [asked.pk]
    assert Note.objects.filter(pk=note.pk).exists()
    assert not is_in_the_ledger()
    with pytest.raises(DatabaseIsBehind, match="line 40"):
        intend(uuid.uuid4(), {"dossier": []})
    assert PartKey.objects.count() == keys
    assert not LedgerLine.objects.exists()
    assert settings.LEDGER.read_bytes() == text


@pytest.mark.django_db
def test_what_was_intended_stays_once_the_file_knows_more_and_goes_once_it_does_not(
    cast, behind, settings, monkeypatch
):
    """The copy holds the intention and its line; lines that came after it are lost there."""
    made, job = Lists(cast).approved("own"), Job("carry_on_lists")
    with monkeypatch.context() as patch:
        patch.setattr(carrying_out, "destroy_keys", full)
        assert carry_out(made=made, by=job, on=cast.today).stop == Stop.DISK
    true = settings.LEDGER.read_bytes()
    behind(1)
    done = carry_out(made=made, by=job, on=cast.today)
    assert (done.destroyed, done.stop) == (0, Stop.LEDGER)
    settings.LEDGER.write_bytes(true)
    assert carry_out(made=made, by=job, on=cast.today).destroyed > 0


@pytest.mark.django_db
def test_a_file_that_is_away_stops_everything_until_somebody_writes_it_anew(
    cast, behind, places, settings, monkeypatch, capsys
):
    """Else a database that was put back on a new machine gives numbers twice."""
    settings.FILES_DIR.mkdir()
    made, job = Lists(cast).approved("own"), Job("carry_on_lists")
    with monkeypatch.context() as patch:
        patch.setattr(carrying_out, "write_out", full)
        assert carry_out(made=made, by=job, on=cast.today).stop == Stop.DISK
    assert ledger.is_begun(), "before the first line is intended"
    assert must_stand_level() == BEGINNING
    settings.LEDGER.unlink()
    with pytest.raises(LedgerLost):
        must_stand_level()
    assert opened(monkeypatch) == 503
    with pytest.raises(LedgerLost):
        write_out()
    with pytest.raises(LedgerLost):
        intend(uuid.uuid4(), {"dossier": []})
    done = carry_out(made=made, by=job, on=cast.today)
    assert (done.destroyed, done.stop) == (0, Stop.LEDGER)
    with pytest.raises(CommandError, match="The file of the ledger is away"):
        call_command("backup")
    assert not ledger.is_begun(), "nothing writes it anew by itself"

    monkeypatch.setattr(backup, "make_and_record", Mock())
    call_command("backup", ledger_is_lost=True)
    lines = LedgerLine.objects.count()
    assert f"{lines} lines written anew" in capsys.readouterr().out
    assert must_stand_level() == database_head() != BEGINNING
    assert opened(monkeypatch) != 503
    assert carry_out(made=made, by=job, on=cast.today).destroyed > 0
    text = settings.LEDGER.read_bytes()
    with pytest.raises(CommandError, match="nothing is written anew"):
        call_command("backup", ledger_is_lost=True)
    assert settings.LEDGER.read_bytes() == text


def opened(monkeypatch) -> int:
    """As a new connection."""
    monkeypatch.setattr(middleware, "_asked", WeakSet())
    return Client().get("/accounts/login/", secure=True).status_code


@pytest.mark.django_db
def test_a_restore_begins_the_file_where_nobody_knew_of_any_line_when_the_copy_was_made(behind):
    intend(uuid.uuid4(), {"dossier": []})
    Path(configured.LEDGER).unlink()
    restoring._write_out_what_only_the_copy_knows()
    assert ledger.head() == database_head() != BEGINNING


def full(*_args: object) -> None:
    raise OSError(28, "No space left on device")


@pytest.mark.django_db
def test_whoever_signs_in_as_the_worker_is_sent_away_and_no_copy_is_made(
    behind, settings, places, capsys
):
    settings.LOGIN = "web"
    other = connection.copy()
    other.connect()
    other.close()
    behind()
    with pytest.raises(CommandError, match="was put back from a copy"):
        call_command("backup")
    assert not sets(places.content)
    settings.LOGIN = "worker"
    with pytest.raises(DatabaseIsBehind):
        other.connect()
    assert other.connection is None
    settings.LEDGER.unlink()
    other.connect()
    other.close()


BROKEN = LedgerDamaged("line 3 was changed")


@pytest.mark.parametrize(
    ("stands", "runs"),
    [(None, True), (BROKEN, True), (DatabaseIsBehind(Head(40, "")), False), (LedgerLost(), False)],
    ids=["level", "the-file-was-changed", "behind", "the-file-is-away"],
)
def test_every_job_of_a_worker_asks_whether_the_database_is_behind(monkeypatch, stands, runs):
    """Where the file itself was changed whatever destroys refuses, and a job can say so."""
    ours = sorted(name for name in app.tasks if "procrastinate" not in name)
    guards = [
        guard for guard in app.worker_defaults["task_middleware"] if not is_async_middleware(guard)
    ]
    monkeypatch.setattr(level, "must_stand_level", Mock(side_effect=[stands] * len(ours)))
    monkeypatch.setattr(db_cleanup, "close_old_connections", lambda: None)  # there are none here
    done: list[str] = []
    for name in ours:
        assert not inspect.iscoroutinefunction(app.tasks[name].func), "its guards would be others"
        with nullcontext() if runs else pytest.raises(type(stands)):
            compose(guards, partial(done.append, name), None, None)()
    assert len(ours) > 20
    assert done == (ours if runs else [])
