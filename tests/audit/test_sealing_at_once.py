"""Fifty writers at once, one killed, and a sealer killed twice: no false alarm and no gap."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from io import StringIO
from threading import Barrier, Event

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, connections, transaction
from django.utils import timezone

from audit import heads, sealing
from audit.actions import write
from audit.models import LogEntry, Seal
from audit.said import is_something_lost, is_whole_since, restored_at
from audit.sealing import seal_log
from tests.audit.seals import a_row, ask, check, seal, some_rows

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.promise("P22")]
WRITERS, WAIT = 50, 60


@pytest.fixture(autouse=True)
def heads_apart(settings, tmp_path) -> None:
    settings.LOG_HEADS = tmp_path / "log-heads"


def in_threads(*acts: Callable[[], object]) -> list[object]:
    """Each in a thread with a connection of its own."""

    def run(act: Callable[[], object]) -> object:
        try:
            return act()
        except DatabaseError as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as pool:
        return [one.result(WAIT) for one in [pool.submit(run, act) for act in acts]]


def own_backend() -> int:
    ((pid,),) = ask("select pg_backend_pid()")
    return pid


def test_fifty_writers_with_one_killed_and_a_sealer_beside_them_leave_no_gap():
    begin, done = Barrier(WRITERS), Event()

    def writer(number: int) -> Callable[[], int]:
        def act() -> int:
            begin.wait(WAIT)
            some_rows(1)
            with transaction.atomic():
                some_rows(2)
                if number == 7:
                    ask("select pg_terminate_backend(pg_backend_pid())")
                if number % 5 == 0:
                    transaction.set_rollback(True)
                    return 1
            return 3

        return act

    def sealer() -> int:
        runs = 0
        while not done.is_set() or runs < 2:
            seal_log(now=timezone.now(), patience=0.2)
            runs += 1
        return 0

    def writers() -> int:
        try:
            wrote = in_threads(*(writer(number) for number in range(WRITERS)))
        finally:
            done.set()
        assert sum(isinstance(one, DatabaseError) for one in wrote) == 1
        return 1 + sum(one for one in wrote if isinstance(one, int))

    written, _ = in_threads(writers, sealer)
    seal()
    verdict = check()
    assert verdict.is_good, verdict
    assert verdict.rows == LogEntry.objects.count() == written == 1 + 39 * 3 + 10
    assert Seal.objects.exists()


def test_a_row_that_is_written_slowly_is_waited_for_and_never_left_out():
    """A writer took its number first and commits last: no seal goes past it."""
    took, may_end = Event(), Event()

    def slow() -> None:
        with transaction.atomic():
            write([a_row()])
            took.set()
            assert may_end.wait(WAIT)

    def others() -> None:
        assert took.wait(WAIT)
        some_rows(3)
        assert seal_log(now=timezone.now(), patience=0).waits
        assert seal_log(now=timezone.now(), patience=0.1).rows == 0
        may_end.set()

    in_threads(slow, others)
    assert seal_log(now=timezone.now(), patience=WAIT).rows == 4
    assert check().is_good


def test_a_sealer_killed_in_the_middle_leaves_neither_half_a_seal_nor_a_false_alarm(monkeypatch):
    some_rows(3)
    root_of = sealing.proof.root_of

    def dies(leaves: list[bytes]) -> bytes:
        ask("select pg_terminate_backend(pg_backend_pid())")
        return root_of(leaves)

    def stops(head: heads.Head) -> None:
        raise KeyboardInterrupt

    def killed() -> int:
        return seal_log(now=timezone.now(), patience=WAIT).rows

    with monkeypatch.context() as patch:
        patch.setattr(sealing.proof, "root_of", dies)
        (error,) = in_threads(killed)
    assert isinstance(error, DatabaseError)
    assert not Seal.objects.exists()
    assert seal_log(now=timezone.now(), patience=WAIT).rows == 3

    # and between the database and the file outside it
    some_rows(2)
    with monkeypatch.context() as patch:
        patch.setattr(heads, "append", stops)
        with pytest.raises(KeyboardInterrupt):
            seal_log(now=timezone.now(), patience=WAIT)
    assert check().is_good
    assert heads.last_line()[0] == 1
    seal()
    assert heads.last_line()[0] == Seal.objects.count() == 2
    assert check().is_good


def test_a_transaction_of_another_database_of_the_server_is_not_waited_for():
    some_rows(2)
    with connections["keys"].cursor() as keys, transaction.atomic("keys"):
        keys.execute("select pg_current_xact_id()")
        assert seal_log(now=timezone.now(), patience=5).rows == 2
    assert check().is_good


def test_two_sealers_at_once_seal_each_row_once():
    some_rows(5)
    seal()
    some_rows(5)
    begin = Barrier(2)

    def one() -> int:
        begin.wait(WAIT)
        return seal_log(now=timezone.now(), patience=WAIT).rows

    assert sum(in_threads(one, one)) == 5
    assert check().is_good
    assert connection.is_usable()


def test_a_line_cut_short_by_a_crash_and_a_backup_put_back_are_told_apart(settings):
    some_rows(2)
    seal()
    with settings.LOG_HEADS.open("ab") as file:
        file.write(b"2 8f03")
    some_rows(2)
    seal()
    assert check().is_good
    # A backup of the database from before the second seal.
    ask("delete from audit_seal where position = 2")
    ask("delete from audit_logentry where number > 2")
    assert "tail-missing" in check().counts
    some_rows(1)
    seal()  # the worker was faster than whoever says why
    assert not check().is_good
    assert sealing.seal_restoration(reason="disk broke", now=timezone.now()) is not None
    some_rows(1)
    seal()
    verdict = check()
    assert verdict.is_good, verdict
    assert verdict.restored == ["2-2: disk broke"]


def test_a_lost_file_of_heads_is_a_loss_until_somebody_says_so_and_begins_it_anew(settings):
    assert not is_something_lost(), "nothing was sealed yet"
    some_rows(2)
    seal()
    decided = timezone.now()
    assert is_whole_since(decided)
    settings.LOG_HEADS.unlink()
    some_rows(1)
    seal()
    assert not is_whole_since(decided)
    assert not is_whole_since(timezone.now())
    assert restored_at() is None

    assert "begun anew" in told("disk broke")
    verdict = check()
    assert (verdict.is_good, verdict.restored) == (True, ["3-?: disk broke"]), verdict
    assert not is_whole_since(decided)
    assert is_whole_since(timezone.now())


def test_that_a_copy_was_put_back_is_said_also_where_the_file_is_no_newer_than_the_copy():
    some_rows(1)
    seal()
    decided = timezone.now()
    assert "knows of no seal that is missing" in told("1:ab: by hand")
    some_rows(1)
    seal()
    verdict = check()
    assert (verdict.is_good, verdict.restored) == (True, ["2-?: 1:ab: by hand"]), verdict
    assert not is_whole_since(decided)
    assert is_whole_since(timezone.now())


def told(reason: str) -> str:
    said = StringIO()
    call_command("seal_audit_log", restored=reason, stdout=said)
    return said.getvalue()
