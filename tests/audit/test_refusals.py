"""Strangers who are refused again and again: counted, told, and nobody else's row is lost."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import DatabaseError, connections
from django.utils import timezone

from access.acting import Job
from audit import refusals
from audit.models import LogEntry, RefusalCount
from audit.refusals import ROWS_A_MINUTE, has_a_row, network_of, tell_held_back

pytestmark = pytest.mark.promise("P22")
JOB = Job("tell_held_back")


@pytest.fixture
def flood(client, cast):
    """Asks so often for what is not there, from an address."""

    def ask(times: int, address: str = "203.0.113.9") -> None:
        for _n in range(times):
            assert client.get("/nothing/", REMOTE_ADDR=address).status_code == 404

    return ask


def refused(address: str = "203.0.113.9") -> int:
    return LogEntry.objects.filter(event="page-refused", remote_addr=address).count()


def test_a_strangers_first_refusals_have_a_row_each_and_the_others_are_counted(
    cast, flood, time_machine
):
    flood(ROWS_A_MINUTE + 7)
    assert refused() == ROWS_A_MINUTE
    flood(1, "198.51.100.1")
    assert refused("198.51.100.1") == 1
    assert tell_held_back(by=JOB, on=cast.today) == 0  # the minute may go on
    time_machine.move_to(timezone.now() + timedelta(minutes=3))
    flood(1)
    assert refused() == ROWS_A_MINUTE + 1
    assert tell_held_back(by=JOB, on=cast.today) == 7
    told = LogEntry.objects.get(event="refusals-held-back")
    assert (told.remote_addr, told.outcome) == ("203.0.113.9", "refused")
    assert told.additional_data["number"] == 7
    assert RefusalCount.objects.count() == 1  # of the minute that goes on
    assert tell_held_back(by=JOB, on=cast.today) == 0


def test_every_refusal_of_somebody_signed_in_has_a_row(cast, flood, sign_in):
    flood(ROWS_A_MINUTE + 1, "127.0.0.1")
    client = sign_in(cast.counsellor)
    for _n in range(ROWS_A_MINUTE + 5):
        assert client.get("/staff/").status_code in (403, 404)
    assert LogEntry.objects.filter(actor=cast.counsellor, outcome="refused").count() == (
        ROWS_A_MINUTE + 5
    )


def test_a_failing_count_shows_nothing(cast, client, monkeypatch):
    """As with a log that can't be written: no answer without its record."""

    def fails(*_args, **_kwargs):
        raise DatabaseError("full")

    monkeypatch.setattr(refusals, "has_a_row", fails)
    assert client.get("/nothing/").status_code == 503


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::"),
        (None, ""),
    ],
)
def test_who_may_choose_the_end_of_an_address_is_one_stranger(address, network):
    assert network_of(address) == network


def test_web_processes_that_count_at_once_lose_nothing(transactional_db):
    now, start, rows = timezone.now(), threading.Barrier(4), []

    def count() -> None:
        try:
            start.wait(timeout=60)
            rows.extend(has_a_row("203.0.113.9", now=now) for _n in range(15))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=count) for _n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(rows), sum(rows)) == (60, ROWS_A_MINUTE)
    assert RefusalCount.objects.get().number == 60
