"""What was approved goes, opens in no copy any more, and nothing beside it is lost."""

from __future__ import annotations

import hashlib
import threading
import uuid
from dataclasses import dataclass
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, connections, transaction
from django.utils import timezone
from structlog.testing import capture_logs

from access.acting import acting_as
from audit.actions import record
from audit.models import LogEntry
from dossiers.actions.elsewhere import Elsewhere, add_record_elsewhere
from dossiers.actions.emergency import CardText, write_card
from dossiers.actions.files import move_file
from dossiers.models import (
    Agreement,
    Assignment,
    DossierPart,
    EmergencyCardVersion,
    File,
    FileVersion,
    Note,
    NoteVersion,
    OtherSystemRecord,
)
from retention import erasing, events, ledger
from retention.actions.again import destroy_missing_again
from retention.actions.holds import Reason, place_hold
from retention.backups import manifest
from retention.backups.manifest import Manifest
from retention.models import Backup, Erasure, LedgerLine
from retention.queries.copies import gone_by_now
from retention.rekeying import others_have_ended
from retention.tasks.erasures import SomeErasuresFailed, erase_on_request
from tests.cast import build_cast
from tests.retention.erasures.conftest import Erasures
from tests.retention.lists import test_unsaid as unsaid
from vault import blobs
from vault.chunks import SealedFile
from vault.errors import Unreadable
from vault.models import PartKey
from vault.sealing import keyring

pytestmark = [pytest.mark.promise("P23")]


@dataclass
class Copy:
    """What a copy of the content holds: values as they were sealed, and files by their names."""

    values: dict[tuple[str, uuid.UUID], tuple[uuid.UUID, str, bytes]]
    files: dict[uuid.UUID, tuple[uuid.UUID, str, bytes]]

    @classmethod
    def of_now(cls) -> Copy:
        values = {}
        for model in (NoteVersion, FileVersion, Agreement, EmergencyCardVersion):
            for row in model.objects.all():
                values[model.__name__, row.pk] = (row.part_id, row.place, bytes(row.sealed))
        files = {}
        for row in FileVersion.objects.all():
            for name, place in (
                (row.blob, row.content_place),
                (row.thumbnail, row.thumbnail_place),
            ):
                if name is not None:
                    files[name] = (row.part_id, place, blobs.open_blob(name).read())
        return cls(values, files)

    def opens(self, key: tuple[str, uuid.UUID]) -> bool:
        """Whether a value of this copy opens with the keys of today."""
        part, place, sealed = self.values[key]
        try:
            keyring([part]).open(part, place, sealed)
        except Unreadable:
            return False
        return True

    def file_opens(self, name: uuid.UUID, tmp_path) -> bool:
        part, place, sealed = self.files[name]
        path = tmp_path / "of-the-copy"
        path.write_bytes(sealed)
        try:
            SealedFile(keyring([part]), part, place, path.open("rb")).read_all()
        except Unreadable:
            return False
        return True


def fill_the_rest(cast) -> None:
    """All other things that stand under the keys of the parts."""
    by, on = cast.counsellor, cast.today
    with acting_as(by, on=on):
        card = CardText("Nuts")
        write_card(part=cast.part("own", "emergency"), text=card, seen_number=0, by=by, on=on)
    with acting_as(cast.director, on=on):
        add_record_elsewhere(
            dossier=cast.dossier("own"), what=Elsewhere("System", "reports", "she", "3 years"),
            by=cast.director, on=on,
        )  # fmt: skip


def everything_opens(cast) -> int:
    """How many values of the dossier open; all of them, or this fails."""
    dossier = cast.dossier("own")
    rows: list[tuple[uuid.UUID, str, bytes]] = [
        (row.part_id, row.place, row.sealed)
        for model in (NoteVersion, FileVersion, Agreement, EmergencyCardVersion)
        for row in model.objects.filter(part__dossier=dossier)
    ]
    parts = dict(DossierPart.objects.filter(dossier=dossier).values_list("kind", "pk"))
    rows += [
        (parts["guidance"], row.place, row.sealed)
        for row in OtherSystemRecord.objects.filter(dossier=dossier)
    ]
    for row in Assignment.objects.filter(dossier=dossier, sealed_reason__isnull=False):
        kind = "medical" if row.kind == "medical" else "guidance"
        rows.append((parts[kind], row.place, row.sealed_reason))
    keys = keyring(parts.values())
    for part, place, sealed in rows:
        assert keys.open(part, place, sealed)
    for version in FileVersion.objects.filter(part__dossier=dossier):
        for name, place in (
            (version.blob, version.content_place),
            (version.thumbnail, version.thumbnail_place),
        ):
            with SealedFile(keys, version.part_id, place, blobs.open_blob(name)) as opened:
                assert opened.read_all()
    return len(rows)


@pytest.mark.django_db
def test_a_note_goes_with_its_versions_and_files_and_opens_in_no_copy_while_all_else_does(
    cast, erasures, tmp_path
):
    wrong, right = erasures.note("Wrong"), erasures.note("Right")
    erasures.correct(wrong, "Corrected")
    goes_too, stays = erasures.file(wrong), erasures.file()
    fill_the_rest(cast)
    number = everything_opens(cast)
    versions = list(NoteVersion.objects.filter(note=wrong))
    going = FileVersion.objects.get(file=goes_too)
    copy = Copy.of_now()

    row = erasures.approve(erasures.ask("note", wrong.pk))
    assert erasures.run().done == 1

    row.refresh_from_db()
    assert (row.outcome, row.pieces) == ("done", 7)  # note, two versions, file, version, two blobs
    assert not Note.objects.filter(pk=wrong.pk).exists()
    assert not File.objects.filter(pk=goes_too.pk).exists()
    assert everything_opens(cast) == number - 3
    # A copy of yesterday, with the keys of today.
    assert len(versions) == 2
    for version in versions:
        assert not copy.opens(("NoteVersion", version.pk))
    assert not copy.opens(("FileVersion", going.pk))
    for name in (going.blob, going.thumbnail):
        assert not copy.file_opens(name, tmp_path)
        assert not blobs.is_there(name)
    assert Note.objects.filter(pk=right.pk).exists()
    assert File.objects.filter(pk=stays.pk).exists()
    assert not PartKey.objects.filter(before__isnull=False).exists()
    line = LedgerLine.objects.get(item=row.pk)
    assert line.keys["note"] == [str(wrong.pk)]
    assert line.keys["rekeyed"] == [str(wrong.part_id)]
    assert ledger.head().hash == line.hash
    events = set(LogEntry.objects.filter(object_pk=str(row.pk)).values_list("event", flat=True))
    assert events >= {
        "erasure-asked",
        "erasure-approved",
        "erasure-intended",
        "rows-erased",
        "erased",
    }


@pytest.mark.django_db
def test_a_file_goes_with_where_it_stood_before_and_an_agreement_with_those_it_replaced(
    cast, erasures
):
    file, first = erasures.file(), erasures.agreement()
    with acting_as(cast.counsellor, on=cast.today):
        moved = move_file(file=file, to=cast.part("own", "care"), by=cast.counsellor, on=cast.today)
    second = erasures.agreement(first)
    erasures.approve(erasures.ask("file", moved.pk, because="unlawful"))
    erasures.approve(erasures.ask("agreement", second.pk, because="consent"))
    third = erasures.agreement(second)  # nobody asked to erase this one

    # One at a time in one dossier.
    assert [(found.done, found.waiting) for found in (erasures.run(), erasures.run())] == [
        (2, 0), (0, 0)
    ]  # fmt: skip

    assert not File.objects.filter(pk__in=[file.pk, moved.pk]).exists()
    assert list(Agreement.objects.values_list("pk", "replaces")) == [(third.pk, None)]
    rekeyed = {tuple(sorted(line.keys["rekeyed"])) for line in LedgerLine.objects.all()}
    two_parts = {str(cast.part("own").pk), str(cast.part("own", "care").pk)}
    assert rekeyed == {tuple(sorted(two_parts)), (str(cast.part("own", "agreements").pk),)}
    everything_opens(cast)


@pytest.mark.django_db
def test_the_old_key_waits_for_a_copy_where_copies_are_made(cast, erasures, settings, tmp_path):
    settings.BACKUP_RECIPIENTS = ["age1demo"]
    wrong, right = erasures.note("Wrong"), erasures.note("Right")
    copy = Copy.of_now()
    row = erasures.approve(erasures.ask("note", wrong.pk))

    assert erasures.run().waiting == 1
    row.refresh_from_db()
    assert row.outcome == "sealed"
    assert not Note.objects.filter(pk=wrong.pk).exists()
    kept = NoteVersion.objects.get(note=right)
    assert copy.opens(
        ("NoteVersion", kept.pk)
    )  # a copy from before is whole until there is another
    assert erasures.run().waiting == 1

    later = row.sealed_at.replace(year=2027)
    Backup.objects.create(begun_at=later, finished_at=later, blobs=0, let_go=0)
    assert erasures.run().waiting == 1  # whoever says so: the copy itself is asked
    settings.KEYS_BACKUP_DIR, settings.BACKUPS_DIR = tmp_path / "keys", tmp_path / "content"
    settings.KEYS_BACKUP_DIR.mkdir()
    (settings.KEYS_BACKUP_DIR / "keys-1.age").write_bytes(b"sealed")
    sealed = hashlib.sha256(b"sealed").hexdigest()
    said = settings.KEYS_BACKUP_DIR / "keys-1.json"
    for gone, done in (({str(row.pk): "another moment"}, 0), (gone_by_now(), 1)):
        said.unlink(missing_ok=True)
        manifest.write(said, Manifest("keys", "", "", sealed, 6, 0, 0, "", 0, "", gone))
        assert erasures.run().done == done
    assert not copy.opens(("NoteVersion", kept.pk))
    everything_opens(cast)


@pytest.mark.django_db
def test_nothing_of_a_held_dossier_is_erased_by_any_route(cast, erasures):
    note = erasures.note()
    row = erasures.approve(erasures.ask("note", note.pk))
    with acting_as(cast.fg, on=cast.today):
        place_hold(
            dossier=cast.dossier("own"), reason=Reason("complaint", "Klacht"),
            by=cast.fg, on=cast.today,
        )  # fmt: skip
    assert (erasures.run().waiting, ledger.head().number) == (1, 0)
    with pytest.raises(DatabaseError), transaction.atomic():
        Erasure.objects.filter(pk=row.pk).update(outcome="intended", pieces=1, fingerprint="x")
    with (
        pytest.raises(DatabaseError),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("select retention_erase(%s)", [row.pk])
    for said in ("", str(row.pk), str(uuid.uuid4())):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("select set_config('portal.erasing', %s, true)", [said])
            with pytest.raises(DatabaseError):
                NoteVersion.objects.filter(note=note)._raw_delete(using="default")
            transaction.set_rollback(True)
    assert Note.objects.filter(pk=note.pk).exists()


@pytest.mark.django_db
def test_a_hold_that_comes_after_the_intention_stops_it_until_it_is_lifted(
    cast, erasures, monkeypatch
):
    note = erasures.note()
    row = erasures.approve(erasures.ask("note", note.pk))
    with monkeypatch.context() as patch:
        patch.setattr(erasing, "begin_rekeying", lambda parts: (_ for _ in ()).throw(OSError()))
        assert erasures.run().failed == [row.pk]
    with acting_as(cast.fg, on=cast.today):
        place_hold(
            dossier=cast.dossier("own"), reason=Reason("complaint", "Klacht"),
            by=cast.fg, on=cast.today,
        )  # fmt: skip
    assert erasures.run().failed == [row.pk]
    assert Note.objects.filter(pk=note.pk).exists()


STEPS = [
    "intend", "write_out", "begin_rekeying", "erase_rows", "seal_rest_anew", "_say_sealed",
    "end_rekeying", "_say_done",
]  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_cut_off_at_any_step_it_goes_on_and_does_nothing_twice(places, today, monkeypatch):
    """After each; before and within each: tests/retention/destroying/test_erasing_killed.py."""
    cast = build_cast(today)
    erasures = Erasures(cast)
    kept = erasures.file(erasures.note("Right"))
    for step in STEPS:
        note = erasures.note(step)
        gone = erasures.file(note)
        names = list(FileVersion.objects.filter(file=gone).values_list("blob", flat=True))
        row = erasures.approve(erasures.ask("note", note.pk))
        real = getattr(erasing, step)

        def cut_off(*args, real=real, **keywords):
            real(*args, **keywords)
            raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr(erasing, step, cut_off)
            with pytest.raises(KeyboardInterrupt):
                erasures.run()

        assert erasures.run().failed == [], step
        row.refresh_from_db()
        assert row.outcome == "done", step
        assert not Note.objects.filter(pk=note.pk).exists(), step
        assert not any(blobs.is_there(name) for name in names), step
        assert not PartKey.objects.filter(before__isnull=False).exists(), step
        assert LogEntry.objects.filter(event="erased", object_pk=str(row.pk)).count() == 1
    assert [line.keys["erasure"] for line in ledger.read()] == [["note"]] * len(STEPS)
    everything_opens(cast)
    assert File.objects.filter(pk=kept.pk).exists()


@pytest.mark.django_db(transaction=True)
def test_who_may_still_write_under_the_old_key_is_waited_for(places, today, monkeypatch):
    cast = build_cast(today)
    erasures = Erasures(cast)
    note = erasures.note()
    erasures.approve(erasures.ask("note", note.pk))
    monkeypatch.setattr(erasing, "others_have_ended", lambda: others_have_ended(0.2))
    inside, may_end = threading.Event(), threading.Event()

    def write() -> None:
        try:
            with acting_as(cast.counsellor, on=cast.today, read_only=True):
                inside.set()
                may_end.wait(60)
        finally:
            connections.close_all()

    other = threading.Thread(target=write)
    other.start()
    inside.wait(60)
    assert erasures.run().waiting == 1
    assert Note.objects.filter(pk=note.pk).exists()
    may_end.set()
    other.join()
    assert erasures.run().done == 1


@pytest.mark.django_db
def test_where_a_key_does_not_open_no_key_is_destroyed(cast, erasures, settings):
    settings.BACKUP_RECIPIENTS = ["age1demo"]
    note, right = erasures.note("Wrong"), erasures.note("Right")
    row = erasures.approve(erasures.ask("note", note.pk))
    key = PartKey.objects.filter(part_id=note.part_id)
    good = bytes(key.get().wrapped)
    key.update(wrapped=bytes(60))
    assert erasures.run().failed == [row.pk]
    key.update(wrapped=good)
    assert erasures.run().waiting == 1

    settings.BACKUP_RECIPIENTS = []
    key.update(before=bytes(60))
    assert erasures.run().failed == [row.pk]
    key.update(before=good)
    assert erasures.run().done == 1
    assert NoteVersion.objects.filter(note=right).exists()
    everything_opens(cast)


@pytest.mark.parametrize("keys_too", [True, False])
@pytest.mark.django_db
def test_a_copy_from_before_that_is_put_back_loses_it_again(cast, erasures, keys_too):
    wrong, right = erasures.note("Wrong"), erasures.note("Right")
    gone, kept = NoteVersion.objects.get(note=wrong), NoteVersion.objects.get(note=right)
    row = erasures.ask("note", wrong.pk)
    with transaction.atomic(), transaction.atomic(using="keys"):
        erasures.approve(row)
        assert erasures.run().done == 1
        transaction.set_rollback(True)
        transaction.set_rollback(keys_too, using="keys")
    copy = Copy.of_now()
    assert Note.objects.filter(pk=wrong.pk).exists()
    assert copy.opens(("NoteVersion", gone.pk)) == keys_too

    assert destroy_missing_again(on=cast.today) == 1
    assert not Note.objects.filter(pk=wrong.pk).exists()
    assert not copy.opens(("NoteVersion", gone.pk))
    assert not PartKey.objects.filter(before__isnull=False).exists()
    # What stays opens as far as the copy of the keys does.
    assert Copy.of_now().opens(("NoteVersion", kept.pk)) == keys_too
    assert destroy_missing_again(on=cast.today) == 0


@pytest.mark.django_db
def test_the_command_says_what_waits_or_does_it_and_the_job_too_names_what_failed(
    cast, erasures, time_machine, monkeypatch
):
    note = erasures.note()
    row = erasures.approve(erasures.ask("note", note.pk))

    def said(**options) -> str:
        heard = StringIO()
        call_command("erase_on_request", stdout=heard, **options)
        return heard.getvalue()

    assert said(dry_run=True) == ""  # a whole day first
    time_machine.move_to("2026-11-18 00:10 +0100")
    assert str(row.pk) in said(dry_run=True)
    assert Note.objects.filter(pk=note.pk).exists()
    with monkeypatch.context() as patch:
        patch.setattr(erasing, "write_out", lambda: (_ for _ in ()).throw(OSError()))
        with pytest.raises(CommandError, match=str(row.pk)):
            said()
        with pytest.raises(SomeErasuresFailed, match="1"), capture_logs() as heard:
            erase_on_request(0)
        assert [(one["erasure"], one["reason"]) for one in heard] == [(str(row.pk), "OSError")]
    assert said() == "erased: 1, waiting: 0\n"
    assert not Note.objects.filter(pk=note.pk).exists()


@pytest.mark.django_db
def test_what_was_approved_in_the_database_alone_is_not_erased(cast, erasures):
    note, who = erasures.note(), cast.privacy_officer
    row = erasures.ask("note", note.pk)
    with acting_as(who, on=cast.today):
        Erasure.objects.filter(pk=row.pk).update(
            approved_by=who, approved_on=cast.today, approved_at=timezone.now()
        )
        record(events.ERASURE_ASKED, by=who, unit=cast.school.pk, target=row)
    assert erasures.run().failed == [row.pk]
    assert not LedgerLine.objects.exists()
    assert Note.objects.filter(pk=note.pk).exists()


@pytest.mark.django_db
def test_a_hold_that_was_lifted_in_the_database_alone_keeps_what_is_to_be_erased(cast, erasures):
    note = erasures.note()
    row = erasures.approve(erasures.ask("note", note.pk))
    unsaid.lift_in_the_database(cast, unsaid.place(cast, "own"))
    assert erasures.run().failed == [row.pk]
    assert not LedgerLine.objects.exists()
    unsaid.lift(cast, unsaid.place(cast, "own"))
    assert erasures.run().failed == []
    assert not Note.objects.filter(pk=note.pk).exists()
