"""Adding, replacing, moving and withdrawing files: what is kept, recorded and refused."""

from __future__ import annotations

import os
import threading
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections, transaction
from django.db.utils import IntegrityError
from procrastinate.contrib.django import app

from access.acting import Job, acting_as
from access.errors import NotAllowed, Overtaken, Refused
from audit.models import LogEntry
from dossiers.actions import files as actions
from dossiers.actions import sweeping
from dossiers.actions.files import (
    Sent,
    add_files,
    move_file,
    replace_file,
    withdraw_file,
    withdraw_file_as_keeper,
)
from dossiers.actions.notes import withdraw_note
from dossiers.models import DossierPartPermission, File, FileVersion
from dossiers.queries import (
    content_of,
    description_of,
    file_headers,
    files_visible_to,
    thumbnail_of,
)
from files import limits
from files.errors import Reason, Unwelcome
from tests.cast import build_cast
from tests.dossiers.files.conftest import clean, sent
from vault import blobs
from vault.errors import Unreadable
from vault.sealing import keyring


def read(version: FileVersion) -> bytes:
    with content_of(version, keyring([version.part_id])) as content:
        return content.read_all()


def as_(user, cast):
    return acting_as(user, on=cast.today)


@pytest.mark.promise("P1")
def test_a_file_is_sealed_with_what_it_is_and_recorded(cast, add, stored):
    file = add(b"what it says")
    version = file.versions.get()
    keys = keyring([file.part_id])
    assert read(version) == b"what it says"
    assert thumbnail_of(version, keys) == b"thumbnail-marker"
    what = description_of(version, keys)
    assert (what.name, what.size, what.pages) == ("Report-marker.pdf", 12, 3)
    assert [change.value for change in what.changes] == ["scripts_removed"]
    assert stored() == sorted([str(version.blob), str(version.thumbnail)])
    row = LogEntry.objects.get(event="file-added")
    assert row.subjects == [cast.pupils["own"].log_key]
    assert (row.actor_id, row.ground) == (cast.counsellor.pk, "assignment")
    assert row.additional_data == {"part": "guidance"}


@pytest.mark.promise("P22")
def test_nothing_of_a_file_can_be_read_on_disk_or_in_its_rows(cast, add, folder):
    version = add(b"what it says" * 10000).versions.get()
    kept = b"".join(path.read_bytes() for path in folder.glob("*/*"))
    assert len(kept) > 120000
    for word in (b"what it says", b"thumbnail-marker", b"Report-marker"):
        assert word not in kept
        assert word not in bytes(version.sealed)


def test_the_same_file_twice_is_two_files(cast, add, stored):
    one, two = add(b"same"), add(b"same")
    assert one.pk != two.pk
    assert len(stored()) == 4


@pytest.mark.promise("P2")
@pytest.mark.promise("P6")
@pytest.mark.parametrize("person", ["other_counsellor", "director", "school_doctor", "former"])
def test_nobody_else_adds_a_file_and_nothing_is_kept(cast, add, stored, person):
    with pytest.raises(NotAllowed):
        add(by=person)
    assert not stored()
    assert not File.objects.exists()


@pytest.mark.parametrize("part", ["guidance", "reports", "care", "agreements"])
def test_each_part_that_is_open_holds_files(cast, add, part):
    assert add(part=part).part.kind == part


def test_the_medical_part_holds_files_of_the_doctor(cast, add):
    assert add(part="medical", by="school_doctor").part.kind == "medical"


def test_the_emergency_card_holds_no_files(cast, add, stored):
    with pytest.raises(Refused, match="emergency card"):
        add(part="emergency")
    assert not stored()
    with pytest.raises(IntegrityError, match="emergency card"), transaction.atomic():
        File.objects.create(part=cast.part("own", "emergency"), author=cast.counsellor)


@pytest.mark.promise("P2")
@pytest.mark.parametrize("verb", ["add", "replace"])
def test_an_assignment_that_ends_while_a_file_is_cleaned_closes_the_door(cast, add, stored, verb):
    file = add()
    before = stored()

    def slow():
        standing = DossierPartPermission.objects.filter(user=cast.counsellor)
        assert standing.update(ends_on=cast.today - timedelta(days=1))
        return clean()

    attempt = {
        "add": lambda **by: add_files(part=cast.part("own"), sent=[Sent("a.pdf", slow)], **by),
        "replace": lambda **by: replace_file(
            file=file, sent=Sent("a.pdf", slow), seen_number=1, **by
        ),
    }[verb]
    with pytest.raises(NotAllowed), as_(cast.counsellor, cast):
        attempt(by=cast.counsellor, on=cast.today)
    assert stored() == before
    assert FileVersion.objects.count() == 1


def test_one_refused_file_does_not_lose_the_others(cast, stored):
    def refuses():
        raise Unwelcome(Reason.ENCRYPTED)

    with as_(cast.counsellor, cast):
        results = add_files(
            part=cast.part("own"),
            sent=[sent(name="a.pdf"), Sent("secret.pdf", refuses), sent(name="b.pdf")],
            by=cast.counsellor,
            on=cast.today,
        )
    assert [r.name for r in results] == ["a.pdf", "secret.pdf", "b.pdf"]
    assert [bool(r.file) for r in results] == [True, False, True]
    assert "password" in results[1].refusal
    assert len(stored()) == 4
    assert LogEntry.objects.filter(event="file-added").count() == 2


def test_a_name_with_a_citizen_service_number_is_refused(cast, add, stored):
    with pytest.raises(Refused, match="bsn"):
        add(name="verslag 111222333.pdf")
    assert not stored()


def test_a_full_disk_loses_nothing_and_a_retry_works(cast, add, stored, monkeypatch):
    def full(descriptor):
        raise OSError(28, "No space left on device")

    add()
    before = stored()
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Refused, match="nothing of this one was stored"):
        add()
    monkeypatch.undo()
    assert stored() == before
    assert File.objects.count() == 1
    assert add().versions.count() == 1


def test_a_thumbnail_that_does_not_fit_takes_the_file_with_it(cast, add, stored, monkeypatch):
    keep, asked = blobs.keep, []

    def second_fails(pieces):
        asked.append(1)
        if len(asked) == 2:
            raise blobs.NotKept(28, "full")
        return keep(pieces)

    monkeypatch.setattr(blobs, "keep", second_fails)
    with pytest.raises(Refused):
        add()
    assert not stored()
    assert not FileVersion.objects.exists()


def test_a_request_that_fails_afterwards_takes_its_sealed_files_away(cast, stored):
    def request_that_fails():
        with as_(cast.counsellor, cast):
            add_files(part=cast.part("own"), sent=[sent()], by=cast.counsellor, on=cast.today)
            assert len(stored()) == 2
            raise RuntimeError("the page could not be made")

    with pytest.raises(RuntimeError):
        request_that_fails()
    assert not stored()
    with as_(cast.counsellor, cast) as work:
        add_files(part=cast.part("own"), sent=[sent()], by=cast.counsellor, on=cast.today)
        work.abandon()
    assert not stored()
    assert not File.objects.exists()


def test_a_version_replaces_another_which_is_kept(cast, add):
    file = add(b"one")
    with as_(cast.coordinator, cast):
        replace_file(
            file=file, sent=sent(b"two"), seen_number=1, by=cast.coordinator, on=cast.today
        )
    assert [read(v) for v in file.versions.order_by("number")] == [b"one", b"two"]
    row = LogEntry.objects.get(event="file-replaced")
    assert row.additional_data == {"part": "guidance", "version": 2}


def test_of_two_versions_at_once_one_is_told(cast, add, stored):
    file = add()
    with as_(cast.counsellor, cast):
        replace_file(file=file, sent=sent(), seen_number=1, by=cast.counsellor, on=cast.today)
    before = stored()
    with pytest.raises(Overtaken), as_(cast.coordinator, cast):
        replace_file(file=file, sent=sent(), seen_number=1, by=cast.coordinator, on=cast.today)
    assert stored() == before


@pytest.mark.django_db(transaction=True)
def test_two_people_replace_at_once_and_one_wins(folder, today, stored):
    cast = build_cast(today)
    with as_(cast.counsellor, cast):
        (made,) = add_files(part=cast.part("own"), sent=[sent()], by=cast.counsellor, on=today)
    file, outcomes, ready = made.file, [], threading.Barrier(2)

    def replace(user):
        try:
            with acting_as(user, on=today):
                ready.wait(60)
                replace_file(file=file, sent=sent(), seen_number=1, by=user, on=today)
            outcomes.append("done")
        except Overtaken:
            outcomes.append("told")
        finally:
            for alias in connections:
                connections[alias].close()

    threads = [
        threading.Thread(target=replace, args=[u]) for u in (cast.counsellor, cast.coordinator)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(outcomes) == ["done", "told"]
    assert file.versions.count() == 2
    assert len(stored()) == 4


def test_the_author_withdraws_and_nobody_sees_it_any_more(cast, add):
    file = add()
    assert files_visible_to(cast.counsellor, on=cast.today).filter(pk=file.pk).exists()
    with pytest.raises(NotAllowed), as_(cast.coordinator, cast):
        withdraw_file(file=file, by=cast.coordinator, on=cast.today)
    with as_(cast.counsellor, cast):
        withdraw_file(file=file, by=cast.counsellor, on=cast.today)
    assert not files_visible_to(cast.counsellor, on=cast.today).filter(pk=file.pk).exists()
    assert LogEntry.objects.get(event="file-withdrawn").changes == ["withdrawn_at"]
    for again in (withdraw_file, lambda **k: replace_file(sent=sent(), seen_number=1, **k)):
        with pytest.raises(Refused, match="withdrawn already"), as_(cast.counsellor, cast):
            again(file=file, by=cast.counsellor, on=cast.today)


def test_a_withdrawn_note_takes_its_files_out_of_sight(cast, add, write):
    note = write()
    file = add(note=note)
    assert files_visible_to(cast.counsellor, on=cast.today).filter(pk=file.pk).exists()
    with as_(cast.counsellor, cast):
        withdraw_note(note=note, by=cast.counsellor, on=cast.today)
    assert not files_visible_to(cast.counsellor, on=cast.today).exists()


def test_a_file_of_a_withdrawn_note_is_not_moved_back_into_sight(cast, add, write, stored):
    note = write()
    file = add(note=note)
    with as_(cast.counsellor, cast):
        withdraw_note(note=note, by=cast.counsellor, on=cast.today)
    before = stored()
    for change in (
        lambda: move_file(
            file=file, to=cast.part("own", "care"), by=cast.counsellor, on=cast.today
        ),
        lambda: replace_file(
            file=file, sent=sent(), seen_number=1, by=cast.counsellor, on=cast.today
        ),
    ):
        with pytest.raises(Refused), as_(cast.counsellor, cast):
            change()
    assert File.objects.count() == 1
    assert stored() == before


@pytest.mark.parametrize(
    "statement",
    [
        "update dossiers_file set withdrawn_by_id = %(other)s where id = %(withdrawn)s",
        (
            "insert into dossiers_file (id, part_id, author_id, created_at, moved_from_id)"
            " values (gen_random_uuid(), %(care)s, %(me)s, now(), %(standing)s)"
        ),
        (
            "insert into dossiers_file (id, part_id, author_id, created_at, moved_from_id)"
            " values (gen_random_uuid(), %(care)s, %(other)s, now(), %(withdrawn)s)"
        ),
    ],
    ids=["who withdrew it", "moved and standing", "moved to another author"],
)
def test_the_database_keeps_who_withdrew_and_who_wrote_what_was_moved(cast, add, statement):
    standing, withdrawn = add(), add()
    with as_(cast.counsellor, cast):
        withdraw_file(file=withdrawn, by=cast.counsellor, on=cast.today)
    values = {
        "me": cast.counsellor.pk,
        "other": cast.director.pk,
        "care": cast.part("own", "care").pk,
        "standing": standing.pk,
        "withdrawn": withdrawn.pk,
    }
    with acting_as(cast.counsellor, on=cast.today) as work:
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, values)
        work.abandon()


@pytest.mark.promise("P7")
def test_the_keeper_withdraws_a_file_without_seeing_it(cast, add):
    file = add()
    dossier = cast.dossier("own")
    with as_(cast.director, cast):
        (header,) = file_headers(dossier)
        assert not File.objects.exists(), "row-level security hides it from the keeper"
        assert (header.author_name, header.kind) == (cast.counsellor.name, "guidance")
        withdraw_file_as_keeper(dossier=dossier, file_id=file.pk, by=cast.director, on=cast.today)
    file.refresh_from_db()
    assert file.withdrawn_by_id == cast.director.pk
    assert LogEntry.objects.get(event="file-withdrawn").ground == "custodian"


@pytest.mark.promise("P7")
def test_the_keeper_of_another_dossier_or_school_withdraws_nothing(cast, add):
    file = add()
    for who, dossier in (
        (cast.director, cast.dossier("other")),  # a key of another dossier
        (cast.other_director, cast.dossier("own")),
        (cast.administrator, cast.dossier("own")),
    ):
        with pytest.raises(Refused), as_(who, cast):
            withdraw_file_as_keeper(dossier=dossier, file_id=file.pk, by=who, on=cast.today)
    file.refresh_from_db()
    assert file.withdrawn_at is None


def test_moved_to_another_part_a_file_is_sealed_anew_with_all_its_versions(cast, add, stored):
    file = add(b"one")
    with as_(cast.counsellor, cast):
        replace_file(file=file, sent=sent(b"two"), seen_number=1, by=cast.counsellor, on=cast.today)
        moved = move_file(file=file, to=cast.part("own", "care"), by=cast.counsellor, on=cast.today)
    file.refresh_from_db()
    assert file.withdrawn_at
    assert (moved.moved_from_id, moved.author_id) == (file.pk, file.author_id)
    versions = list(moved.versions.order_by("number"))
    assert [read(v) for v in versions] == [b"one", b"two"]
    assert {v.part_id for v in versions} == {cast.part("own", "care").pk}
    assert thumbnail_of(versions[1], keyring([moved.part_id])) == b"thumbnail-marker"
    assert len(stored()) == 8
    assert LogEntry.objects.get(event="file-moved").additional_data == {
        "part": "care",
        "from_part": "guidance",
    }


@pytest.mark.promise("P6")
def test_a_file_moves_only_to_an_open_part_of_the_same_dossier(cast, add, stored):
    file = add()
    before = stored()
    for part in (
        cast.part("own", "medical"),
        cast.part("other", "care"),
        cast.part("foreign", "care"),
    ):
        with pytest.raises(NotAllowed), as_(cast.counsellor, cast):
            move_file(file=file, to=part, by=cast.counsellor, on=cast.today)
    for kind in ("guidance", "emergency"):
        with pytest.raises(Refused), as_(cast.counsellor, cast):
            move_file(file=file, to=cast.part("own", kind), by=cast.counsellor, on=cast.today)
    assert stored() == before
    file.refresh_from_db()
    assert file.withdrawn_at is None


def test_not_even_for_who_reads_both_does_a_file_go_to_another_dossier(cast, add, stored):
    cast.assign("counsellor", "other")
    file = add()
    before = stored()
    with pytest.raises(NotAllowed), as_(cast.counsellor, cast):
        move_file(file=file, to=cast.part("other"), by=cast.counsellor, on=cast.today)
    assert stored() == before
    with pytest.raises(IntegrityError, match="moves within its dossier"), transaction.atomic():
        File.objects.create(part=cast.part("other"), author=cast.counsellor, moved_from=file)


def test_the_database_refuses_rows_that_stand_wrong(cast, add, write):
    file, note = add(), write(part="care")
    tries = {
        "part of its note": lambda: File.objects.create(
            part=file.part, author=cast.counsellor, note=note
        ),
        "part of its file": lambda: FileVersion.objects.create(
            file=file,
            part=cast.part("own", "care"),
            number=2,
            author=cast.counsellor,
            blob=file.pk,
            sealed=b"",
        ),
        "moves within": lambda: File.objects.create(
            part=file.part, author=cast.counsellor, moved_from=file
        ),
        "only be withdrawn": lambda: File.objects.filter(pk=file.pk).update(
            part=cast.part("own", "care")
        ),
        "a_file_is_withdrawn_when_and_by_whom": lambda: File.objects.filter(pk=file.pk).update(
            withdrawn_by=cast.counsellor
        ),
    }
    for message, attempt in tries.items():
        with pytest.raises(IntegrityError, match=message), transaction.atomic():
            attempt()


@pytest.mark.promise("P2")
def test_a_file_can_not_be_planted_in_or_read_from_a_strangers_part(cast, add):
    file = add()
    with as_(cast.other_counsellor, cast):
        assert not File.objects.exists()
        assert not FileVersion.objects.exists()
    for attempt in (
        {"part": file.part},
        {"part": cast.part("other"), "moved_from": file},
    ):
        with pytest.raises(Exception, match=r"row-level security|moves within"):
            with as_(cast.other_counsellor, cast):
                File.objects.create(author=cast.other_counsellor, **attempt)


@pytest.mark.promise("P22")
def test_a_blob_named_in_another_row_does_not_open(cast, add):
    """Also for whoever can write in both databases: what is sealed is bound to part and row."""
    mine, other = add(b"mine").versions.get(), add(b"other").versions.get()
    there = add(b"there", part="care").versions.get()
    for wrong in (other.blob, there.blob, mine.thumbnail):
        mine.blob = wrong
        with pytest.raises(Unreadable):
            read(mine)


def test_a_missing_or_cut_blob_is_unreadable_and_does_not_move(cast, add, folder, stored):
    file = add(b"one" * 50000)
    version = file.versions.get()
    path = folder / str(version.blob)[:2] / str(version.blob)
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(Unreadable):
        read(version)
    with pytest.raises(Refused, match="can't be read"), as_(cast.counsellor, cast):
        move_file(file=file, to=cast.part("own", "care"), by=cast.counsellor, on=cast.today)
    assert len(stored()) == 2
    path.unlink()
    with pytest.raises(blobs.Missing):
        read(version)


def grow_old(folder) -> None:
    for path in folder.glob("*/*"):
        os.utime(path, (0, 0))


def test_the_sweep_takes_orphans_and_nothing_that_a_row_names(cast, add, folder, stored):
    for part in ("guidance", "care", "agreements"):
        add(part=part)
    add(part="medical", by="school_doctor")
    with as_(cast.counsellor, cast):
        withdraw_file(file=add(), by=cast.counsellor, on=cast.today)
    named = stored()
    orphan = blobs.keep([b"of a program that was killed"])
    job = Job("sweep_files")

    def sweep(**options):
        with acting_as(job, on=cast.today):
            return sweeping.sweep_files(by=job, on=cast.today, **options)

    assert sweep() == sweeping.Swept(0, 0), "nothing is old enough"
    grow_old(folder)
    assert sweep(dry_run=True) == sweeping.Swept(1, 0)
    assert str(orphan) in stored()
    assert not LogEntry.objects.filter(event="files-swept").exists()
    assert sweep() == sweeping.Swept(1, 0)
    assert stored() == named
    assert LogEntry.objects.get(event="files-swept").additional_data["orphans"] == 1


def test_the_sweep_stops_when_most_of_the_folder_would_go(cast, monkeypatch, folder, stored):
    monkeypatch.setattr(sweeping, "_SUSPICIOUS", 2)
    for _ in range(3):
        blobs.keep([b"one"])
    grow_old(folder)
    with pytest.raises(CommandError, match="wrong database"):
        call_command("sweep_files")
    assert len(stored()) == 3
    call_command("sweep_files", "--dry-run", "--even-most")
    assert len(stored()) == 3
    call_command("sweep_files", "--even-most")
    assert not stored()


def test_nothing_is_swept_while_a_copy_is_made_and_none_is_made_meanwhile(cast, folder, stored):
    for _ in range(2):
        blobs.keep([b"what a copy may name"])
    grow_old(folder)
    with blobs.all_stay(), pytest.raises(CommandError, match="A copy is being made"):
        call_command("sweep_files", "--even-most")
    assert len(stored()) == 2
    call_command("sweep_files", "--even-most")
    assert not stored()


def test_the_worker_sweeps_each_hour(cast, folder, stored):
    blobs.keep([b"orphan"])
    grow_old(folder)
    app.perform_import_paths()
    (task,) = [t for t in app.periodic_registry.periodic_tasks.values() if "sweep" in t.task.name]
    assert task.cron == "40 * * * *"
    task.task(timestamp=0)
    assert not stored()
    assert LogEntry.objects.get(event="files-swept").actor_name == "sweep_files"


def test_the_sweep_never_takes_all_there_is_however_little(cast, folder, stored):
    for _ in range(5):
        blobs.keep([b"one"])
    grow_old(folder)
    with pytest.raises(CommandError, match="wrong database"):
        call_command("sweep_files")
    assert len(stored()) == 5


def test_no_request_lasts_until_its_first_file_is_swept(settings):
    a_file = limits.SCAN_SECONDS + limits.JOB_WAIT_SECONDS + limits.JOB_SECONDS
    paper = 2 * limits.PAPER_PAGES * a_file  # each page is drawn twice at most
    assert max(settings.UPLOAD_FILES, limits.MAIL_ATTACHMENTS) * a_file + paper < sweeping.AGE


def test_no_file_can_be_deleted(cast, add):
    add()
    for table in ("dossiers_fileversion", "dossiers_file"):
        with pytest.raises(Exception, match="approved destruction"), transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(f"delete from {table}")


def test_what_is_sent_is_cleaned_by_the_room_of_files(monkeypatch):
    monkeypatch.setattr(actions, "take_in", lambda data, name: (data, name))
    assert Sent.of("a.pdf", b"bytes").clean() == (b"bytes", "a.pdf")
    assert clean().thumbnail
