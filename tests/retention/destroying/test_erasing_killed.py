"""A program of the worker's own login that erases is killed after each step it takes."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from django.conf import settings

from audit.models import LogEntry
from dossiers.models import FileVersion, Note, NoteVersion
from retention import ledger
from retention.models import Erasure
from tests.conftest import TODAY
from tests.retention.destroying.leavers import SISTER
from tests.retention.destroying.worker import KILLED
from tests.retention.erasures.conftest import Erasures
from vault import blobs
from vault.chunks import SealedFile
from vault.errors import Unreadable
from vault.models import PartKey
from vault.sealing import keyring

pytestmark = [pytest.mark.promise("P9"), pytest.mark.promise("P23")]
APPROVED = date(2026, 10, 3)
MOST = 60  # runs; one that never gets further is not resumable


def state_of(row: Erasure) -> tuple[object, ...]:
    """How far it is: a run that got on is followed by one that dies at its first step."""
    ledger_file = Path(settings.LEDGER)
    return (
        Erasure.objects.get(pk=row.pk).outcome,
        ledger_file.stat().st_size if ledger_file.exists() else 0,
        PartKey.objects.filter(before__isnull=False).count(),
        Note.objects.filter(pk=row.target).count(),
    )


def test_killed_after_each_step_what_was_asked_goes_once_and_its_neighbours_stay(
    enter, worker, tmp_path
):
    with enter(tmp_path) as leavers:
        erasures = Erasures(leavers.cast)
        leavers.cast.today = TODAY
        for number in range(256):  # else it is chance which run makes one, a step that counts
            Path(settings.FILES_DIR, f"{number:02x}").mkdir(parents=True, exist_ok=True)
        note = erasures.note("Wrong", SISTER, kind="care")
        gone = erasures.file(note, SISTER, kind="care")
        version = NoteVersion.objects.get(note=note)
        going = list(FileVersion.objects.filter(file=gone).values_list("blob", flat=True))
        leavers.cast.today = APPROVED
        row = erasures.approve(erasures.ask("note", note.pk, pupil=SISTER))

        deaths: list[str] = []
        at, state = 1, state_of(row)
        while (run := worker.run(TODAY, job="erase", fault="kill", at=at)).ended == KILLED:
            deaths.append(run.steps[-1])
            before, state = state, state_of(row)
            at = at + 1 if state == before else 1
            assert len(deaths) < MOST, deaths

        assert (run.ended, run.raised) == (0, ""), worker.heard.read_text()[-2000:]
        assert {"commit default", "commit keys", "file fsync", "file rename"} <= set(deaths), deaths
        row.refresh_from_db()
        assert row.outcome == "done"
        assert not Note.objects.filter(pk=note.pk).exists()
        assert not any(blobs.is_there(name) for name in going)
        assert len(ledger.read()) == 1
        assert LogEntry.objects.filter(event="erased").count() == 1
        assert Erasure.objects.filter(outcome="done").count() == 1
        assert not PartKey.objects.filter(before__isnull=False).exists()
        keys = keyring([version.part_id])
        with pytest.raises(Unreadable):
            keys.open(version.part_id, version.place, version.sealed)
        kept = list(FileVersion.objects.filter(part_id=version.part_id))
        assert len(kept) == 1
        for one in kept:
            assert keys.open(one.part_id, one.place, one.sealed)
            source = blobs.open_blob(one.blob)
            with SealedFile(keys, one.part_id, one.content_place, source) as content:
                assert content.read_all()
        assert worker.run(TODAY, job="erase").steps == []
