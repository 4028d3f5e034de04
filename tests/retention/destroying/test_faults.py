"""Whatever fails under the job, it says so, destroys nothing it should not, and goes on later."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings

from audit.models import LogEntry
from retention import ledger
from retention.models import LedgerLine
from tests.conftest import TODAY
from tests.retention.destroying.evidence import belonging_to, everything, tables_of
from tests.retention.destroying.leavers import LEAVERS
from vault.models import PartKey

pytestmark = pytest.mark.promise("P9")


def open_items(leavers) -> int:
    """What is to be destroyed and neither is nor was left alone."""
    return leavers.made.items.filter(outcome__in=["", "intended"]).count()


def failed_items(leavers) -> int:
    """What the pages name as failed."""
    return leavers.made.items.filter(failed_at__isnull=False).count()


def must_be_whole(leavers, before) -> None:
    """Everything due is gone, and nothing of anybody else's."""
    after = everything()
    assert not open_items(leavers)
    for pupil in LEAVERS:
        left = {row.table for row in belonging_to([leavers.cast.pupils[pupil].pk], after)}
        assert not left & {"dossiers_note", "dossiers_file", "dossiers_dossierpart"}, left
    others = [pupil.pk for key, pupil in leavers.cast.pupils.items() if key not in LEAVERS]
    lost = belonging_to(others, before) - after.rows
    assert not lost, tables_of(lost)
    lines = ledger.read()
    assert len(lines) == len({line.item for line in lines}) == LedgerLine.objects.count()


def test_a_connection_lost_after_every_step_costs_runs_and_nothing_else(enter, worker, tmp_path):
    with enter(tmp_path) as leavers:
        before, runs = everything(), []
        while open_items(leavers):
            runs.append(worker.run(TODAY, fault="lose"))
            assert len(runs) < 100
            assert runs[-1].raised or not open_items(leavers), "nobody is told"
        assert len(runs) > 4, "it was never cut off"
        must_be_whole(leavers, before)


@pytest.mark.parametrize("room", [0, 100], ids=["no-room", "room-for-half-a-line"])
def test_a_full_disk_under_the_ledger_destroys_no_key_and_no_row(enter, worker, tmp_path, room):
    with enter(tmp_path) as leavers:
        before, keys = everything(), set(PartKey.objects.values_list("pk", flat=True))
        run = worker.run(TODAY, fault="full", at=room)
        assert run.raised == "SomeListsFailed"
        assert failed_items(leavers) == open_items(leavers) > 3
        assert set(PartKey.objects.values_list("pk", flat=True)) >= keys
        assert len(Path(settings.LEDGER).read_bytes()) == room
        assert everything().files == before.files
        run = worker.run(TODAY)
        assert (run.raised, failed_items(leavers)) == ("", 0)
        must_be_whole(leavers, before)


def test_a_file_that_does_not_go_keeps_no_other_and_keeps_the_list_open(enter, worker, tmp_path):
    with enter(tmp_path) as leavers:
        before = everything()
        mine = belonging_to([leavers.cast.pupils["own"].pk], before)
        text = " ".join(row.text for row in mine if row.table == "dossiers_fileversion")
        due = [path for path in Path(settings.FILES_DIR).glob("*/*") if path.name in text]
        stuck = due[len(due) // 2]
        moved = stuck.rename(tmp_path / "moved")
        (stuck / "in-the-way").mkdir(parents=True)  # as a file that may not be removed
        run = worker.run(TODAY)
        assert run.raised == "SomeListsFailed"
        assert failed_items(leavers) == open_items(leavers) <= 2  # and what waits for it
        assert [path for path in due if path.exists()] == [stuck]
        (stuck / "in-the-way").rmdir()
        stuck.rmdir()
        moved.rename(stuck)
        run = worker.run(TODAY)
        assert (run.ended, run.raised, failed_items(leavers)) == (0, "", 0)
        assert not stuck.exists()
        must_be_whole(leavers, before)


def test_a_ledger_that_was_changed_stops_the_job_before_the_first_key(enter, worker, tmp_path):
    with enter(tmp_path) as leavers:
        worker.run(TODAY, fault="kill", at=6)
        path, keys = Path(settings.LEDGER), PartKey.objects.count()
        whole = path.read_bytes()
        path.write_bytes(whole.replace(b'"number":1', b'"number":2', 1))
        half_way = leavers.made.items.filter(outcome="intended")
        before = set(half_way)
        run = worker.run(TODAY)
        assert run.raised == "SomeListsFailed"
        assert "LedgerDamaged" in worker.heard.read_text()
        assert PartKey.objects.count() == keys
        assert set(half_way) == before, "nothing more is intended"
        assert failed_items(leavers) == len(before) > 0
        leavers.made.refresh_from_db()
        assert leavers.made.stopped_because == "ledger"
        path.write_bytes(whole)
        assert worker.run(TODAY).raised == ""
        assert not open_items(leavers)
        leavers.made.refresh_from_db()
        assert leavers.made.stopped_because == ""


def test_two_workers_at_once_do_nothing_twice(enter, worker, tmp_path):
    with enter(tmp_path) as leavers:
        before = everything()
        runs = worker.run_at_once(TODAY, times=2, made=leavers.made, fault="slow")
        assert [run.raised for run in runs] == ["", ""], worker.heard.read_text()
        assert len([run for run in runs if run.steps]) == 2, "one of them had nothing to do"
        must_be_whole(leavers, before)
        rows = LogEntry.objects.filter(event="records-destroyed")
        told = sum(len(row.additional_data["items"]) for row in rows)
        assert told == leavers.made.items.filter(outcome="destroyed").count()
