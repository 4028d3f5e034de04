"""Two runs at once, a hold that comes late, files out of reach: no key is destroyed too early."""

from __future__ import annotations

import errno

import pytest
from django.db import IntegrityError, connection, transaction

from access.acting import acting_as
from dossiers.actions.files import move_file
from dossiers.models import FileVersion, Note
from dossiers.queries import content_of
from retention import erasing, rekeying
from retention.actions.holds import Reason, lift_hold, place_hold
from retention.tasks.erasures import erase_on_request
from tests.retention.erasures.test_erasing import everything_opens
from vault import blobs
from vault.models import PartKey
from vault.sealing import keyring

pytestmark = [pytest.mark.django_db]


def with_two_keys() -> int:
    return PartKey.objects.filter(before__isnull=False).count()


def test_a_run_that_was_overtaken_leaves_the_keys_of_the_next_erasure_alone(
    cast, erasures, monkeypatch
):
    erasures.note("Right")
    first, second = erasures.note("First"), erasures.note("Second")
    for note in (first, second):
        erasures.approve(erasures.ask("note", note.pk))
    real = erasing._is_all_sealed_anew

    with monkeypatch.context() as patch:

        def overtaken(*args, **keywords):
            is_sealed = real(*args, **keywords)
            patch.setattr(erasing, "_is_all_sealed_anew", real)
            patch.setattr(erasing, "others_have_ended", lambda: False)
            assert erasures.run().done == 1  # the other run; the next erasure has its new key
            return is_sealed

        patch.setattr(erasing, "_is_all_sealed_anew", overtaken)
        erasures.run()
    assert with_two_keys() == 1
    everything_opens(cast)
    assert erasures.run().failed == []
    assert not Note.objects.filter(pk__in=[first.pk, second.pk]).exists()
    assert with_two_keys() == 0
    everything_opens(cast)


def test_while_a_dossier_is_held_nobody_can_look_so_the_old_key_stays(cast, erasures, settings):
    settings.BACKUP_RECIPIENTS = ["age1demo"]
    erasures.note("Right")
    erasures.approve(erasures.ask("note", erasures.note("Wrong").pk))
    assert erasures.run().waiting == 1  # for a copy
    settings.BACKUP_RECIPIENTS = []
    with acting_as(cast.fg, on=cast.today):
        hold = place_hold(
            dossier=cast.dossier("own"), reason=Reason("complaint", "Klacht"),
            by=cast.fg, on=cast.today,
        )  # fmt: skip
    assert (erasures.run().waiting, with_two_keys()) == (1, 1)
    with acting_as(cast.fg, on=cast.today):
        lift_hold(hold=hold, words="Afgehandeld", by=cast.fg, on=cast.today)
    assert (erasures.run().done, with_two_keys()) == (1, 0)
    everything_opens(cast)


@pytest.mark.parametrize("trouble", ["empty folder", "too many open files"])
def test_where_files_can_not_be_had_for_a_moment_no_key_is_destroyed(
    cast, erasures, settings, monkeypatch, tmp_path, trouble
):
    erasures.file()
    row = erasures.approve(erasures.ask("note", erasures.note("Wrong").pk))

    def busy(name):
        raise blobs.Missing from OSError(errno.EMFILE, "too many open files")

    with monkeypatch.context() as patch:
        folder = settings.FILES_DIR
        if trouble == "empty folder":
            settings.FILES_DIR = tmp_path / "not mounted"
        else:
            patch.setattr(rekeying, "open_blob", busy)
        assert erasures.run().failed == [row.pk]
        assert with_two_keys() == 1
        settings.FILES_DIR = folder
    assert erasures.run().done == 1
    everything_opens(cast)


def test_a_file_that_is_lost_keeps_nothing_else_from_being_sealed_anew(cast, erasures):
    lost = FileVersion.objects.get(file=erasures.file())
    kept = FileVersion.objects.get(file=erasures.file())
    blobs.remove(lost.blob)
    erasures.approve(erasures.ask("note", erasures.note("Wrong").pk))
    assert erasures.run().done == 1
    kept.refresh_from_db()
    with content_of(kept, keyring([kept.part_id])) as content:
        assert content.read_all()


def test_what_is_being_erased_takes_no_file_and_lets_none_go(cast, erasures, monkeypatch):
    note = erasures.note("Wrong")
    file = erasures.file(note)
    row = erasures.approve(erasures.ask("note", note.pk))
    with monkeypatch.context() as patch:
        patch.setattr(erasing, "others_have_ended", lambda: False)
        assert erasures.run().waiting == 1
    with pytest.raises(IntegrityError, match="being erased"), transaction.atomic():
        erasures.file(note)
    by, on = cast.counsellor, cast.today
    with pytest.raises(IntegrityError, match="being erased"), acting_as(by, on=on):
        move_file(file=file, to=cast.part("own", "care"), by=by, on=on)
    erasures.file()  # beside it all goes on
    assert erasures.run().done == 1
    row.refresh_from_db()
    assert row.outcome == "done"


def test_a_job_that_died_with_its_worker_keeps_no_later_one_from_beginning():
    died = erase_on_request.defer(timestamp=1)
    assert begun() == died  # and never ends
    later = erase_on_request.defer(timestamp=2)
    assert begun() == later


def begun() -> int | None:
    """The job that a worker takes up now."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select id from procrastinate_fetch_job_v2(array['destroying']::varchar[], null)"
        )
        return cursor.fetchone()[0]
