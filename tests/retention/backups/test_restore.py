"""A restore rehearsed on real data: both databases, real files, and what was destroyed since."""

from __future__ import annotations

import shutil
import uuid
from io import StringIO
from unittest.mock import Mock

import pyrage.x25519
import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections
from django.test import Client
from django.utils import timezone
from psycopg import sql

from access.acting import Job, acting_as
from audit.actions import record
from audit.models import LogEntry
from audit.said import restored_at
from audit.sealing import seal_log
from audit.verifying import verify_log
from dossiers.actions.files import add_files
from dossiers.actions.notes import NoteText, write_note
from dossiers.models import DossierPart, FileVersion, Note, NoteVersion
from dossiers.queries import content_of
from launcher.logins import template
from retention import carrying_out, ledger
from retention.actions import again
from retention.actions.erasures import withdraw_erasure
from retention.actions.ledger import intend, write_out
from retention.backups import making, manifest, restoring
from retention.backups.making import newest_keys
from retention.backups.places import sets
from retention.backups.recorded import make_and_record
from retention.events import RESTORED
from retention.rules.closing import Stop
from tests.cast import build_cast
from tests.dossiers.files.conftest import sent
from tests.retention.erasures.conftest import Erasures
from tests.retention.lists.conftest import Lists
from vault.errors import Unreadable
from vault.sealing import keyring

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.promise("P9")]


def fill(today):
    """A note and a file for one pupil, a note for another."""
    cast = build_cast(today)
    with acting_as(cast.counsellor, on=today):
        write_note(
            part=cast.part("own"),
            text=NoteText("Title", "Facts of own", ""),
            happened_on=today,
            by=cast.counsellor,
            on=today,
        )
        add_files(part=cast.part("own"), sent=[sent()], by=cast.counsellor, on=today)
    with acting_as(cast.other_counsellor, on=today):
        write_note(
            part=cast.part("other"),
            text=NoteText("Title", "Facts of other", ""),
            happened_on=today,
            by=cast.other_counsellor,
            on=today,
        )
    return cast


def backup(today):
    return make_and_record(by=Job("backup"), on=today)


def destroy(part, today):
    """What destroying does to a key: the line first, in database and file, then the key."""
    with acting_as(Job("destroy"), on=today):
        keys = {"dossier": [part.dossier_id], "kind": ["guidance"], "part": [part.pk], "blob": []}
        intend(uuid.uuid4(), keys)
        record(RESTORED, by=Job("destroy"))
    write_out()
    again.destroy_keys([{"part": [str(part.pk)]}])


def facts_of(part):
    version = NoteVersion.objects.filter(note__part_id=part.pk).first()
    keys = keyring([part.pk])
    return keys.open_json(part.pk, version.place, version.sealed)["facts"]


def restore(places, content, newest, **more):
    """What it prints."""
    said = StringIO()
    (keys,) = places.keys.glob("*.age")
    call_command(
        "restore",
        str(content),
        keys=str(keys),
        opened_by=str(places.private),
        newest=newest,
        stdout=said,
        **more,
    )
    return said.getvalue()


def may_connect(role):
    with connection.cursor() as cursor:
        cursor.execute("select has_database_privilege(%s, current_database(), 'connect')", [role])
        return cursor.fetchone()[0]


def logins_are_made_again():
    """The first thing that `docker compose up` does, and `run` of any command."""
    for alias in connections:
        name = sql.Identifier(connections[alias].settings_dict["NAME"])
        with connections[alias].cursor() as cursor:
            cursor.execute(template("database.sql").format(database=name))


open_database = restoring._open


def _open_keys_only(alias):
    if alias != "keys":
        raise KeyboardInterrupt
    open_database(alias)


def test_an_old_copy_put_back_holds_everything_but_what_was_destroyed_since(
    places, settings, today, monkeypatch
):
    cast = fill(today)
    version = FileVersion.objects.get()
    with content_of(version, keyring([version.part_id])) as content:
        file_before = content.read_all()
    seal_log(now=timezone.now())
    erasures = Erasures(cast)
    erased, beside = (erasures.note(word, kind="care") for word in ("Erased", "Beside"))
    sealed = NoteVersion.objects.get(note=erased)
    lost = erasures.approve(erasures.ask("note", beside.pk))
    old = backup(today).content
    with acting_as(cast.privacy_officer, on=today):  # what nobody knows of any more
        withdraw_erasure(erasure=lost, words="A slip", by=cast.privacy_officer, on=today)
    gone = cast.part("other")
    destroy(gone, today)
    on_the_certificate = ledger.head().hash
    erasures.approve(erasures.ask("note", erased.pk))
    assert erasures.run().waiting == 1  # the copy of the keys has the old key too
    backup(today)
    seal_log(now=timezone.now())  # this seal is not in the copy
    assert newest_keys().ledger == ledger.head()

    settings.FILES_DIR = places.root / "files-restored"
    with places.empty_databases():
        # Killed before what was destroyed is destroyed again: nobody gets in.
        with monkeypatch.context() as patch:
            patch.setattr(again, "take_over", None)
            with pytest.raises(TypeError):
                restore(places, old, on_the_certificate)
        assert not may_connect("portal_web")
        assert not may_connect("portal_worker")
        assert Client().get("/", secure=True).status_code == 503
        logins_are_made_again()
        with pytest.raises(CommandError, match="A copy is being put back into the database"):
            call_command("prepare_database")  # web and worker wait for it
        assert not may_connect("portal_web")
        assert not may_connect("portal_worker")
        assert may_connect("portal_backup")

        # Killed at the very end, when one of the two was opened: nobody gets in either.
        with monkeypatch.context() as patch:
            patch.setattr(restoring, "_open", _open_keys_only)
            with pytest.raises(KeyboardInterrupt):
                restore(places, old, on_the_certificate)
        assert not may_connect("portal_worker")

        said = restore(places, old, on_the_certificate)
        assert "1 after the one you named" in said
        assert "to be approved anew: lists 0, requests to erase 1" in said
        taken_back = LogEntry.objects.get(event="approvals-taken-back").additional_data
        assert taken_back["erasures_anew"] == [str(lost.pk)]
        lost.refresh_from_db()
        assert (lost.state, lost.approved_by) == ("open", None)
        assert lost.restored_from.isoformat() == manifest.read(old / "manifest.json").begun_at
        assert "heads is not here" not in said

        assert may_connect("portal_web")
        logins_are_made_again()
        assert may_connect("portal_web")
        assert may_connect("portal_worker")
        assert Client().get("/", secure=True).status_code != 503
        assert facts_of(cast.part("own")) == "Facts of own"
        with content_of(FileVersion.objects.get(), keyring([version.part_id])) as content:
            assert content.read_all() == file_before
        assert not NoteVersion.objects.filter(part_id=gone.pk).exists()
        assert not DossierPart.objects.filter(pk=gone.pk).exists()
        assert set(Note.objects.filter(part=erased.part_id)) == {beside}
        assert facts_of(cast.part("own", "care")) == "Facts Beside"
        with pytest.raises(Unreadable):
            keyring([sealed.part_id]).open(sealed.part_id, sealed.place, sealed.sealed)
        with pytest.raises(Unreadable):
            keyring([gone.pk]).open(gone.pk, "note-version:1", b"\x01" + bytes(40))
        assert LogEntry.objects.filter(event=RESTORED.code).count() >= 2
        seal_log(now=timezone.now())
        assert verify_log(now=timezone.now()).is_good
        with pytest.raises(CommandError, match="There are data in the database"):
            restore(places, old, on_the_certificate)


def test_a_copy_made_between_an_intention_and_its_line_is_put_back_line_first(
    places, settings, today, monkeypatch
):
    cast = fill(today)
    destroy(cast.part("other"), today)
    made = Lists(cast).approved("eleven")
    with monkeypatch.context() as patch:
        patch.setattr(carrying_out, "write_out", Mock(side_effect=OSError(28, "full")))
        assert carrying_out.carry_out(made=made, by=Job("lists"), on=today).stop == Stop.DISK
    going = made.items.filter(outcome="intended")
    intended, newest = set(going.values_list("pk", flat=True)), ledger.head()
    assert intended
    old = backup(today).content  # then the machine is lost
    settings.FILES_DIR = places.root / "files-restored"
    with places.empty_databases():
        with monkeypatch.context() as patch:
            patch.setattr(again, "destroy_keys", Mock(side_effect=OSError(5, "no keys")))
            with pytest.raises(CommandError, match="OSError"):
                restore(places, old, newest.hash)
        assert intended <= {line.item for line in ledger.read()}, "no key before its line"
        assert "the file of heads is not here" in restore(places, old, newest.hash)
        assert restored_at() is not None, "also where nobody knows which seals are lost"
        assert not going.exists()
        assert made.items.filter(pk__in=intended, outcome="destroyed").count() == len(intended)
        assert may_connect("portal_web")


def test_what_does_not_fit_together_is_refused_in_words_and_nothing_is_touched(
    places, settings, today, monkeypatch
):
    cast = fill(today)
    old = backup(today).content
    before = ledger.head().hash
    destroy(cast.part("other"), today)
    fits = backup(today).content
    newest = ledger.head().hash
    with monkeypatch.context() as patch:
        patch.setattr(making, "_copy_keys", Mock(side_effect=OSError(28, "their disk is full")))
        with pytest.raises(OSError, match="full"):
            backup(today)
    without_keys = sets(places.content)[-1]
    with places.empty_databases():
        with pytest.raises(CommandError, match=rf"The newest that these keys fit is {fits.name}\."):
            restore(places, without_keys, newest)
        with pytest.raises(CommandError, match="does not hold the one you name"):
            restore(places, without_keys, "0" * 64, even_older_keys=True)
        _keys_that_open_nothing_are_refused(places, old, newest)
        with pytest.raises(CommandError, match="does not hold the one you name"):
            restore(places, old, "0" * 64)
        settings.LEDGER.rename(settings.LEDGER.with_name("lost"))
        with pytest.raises(CommandError, match="does not hold the one you name"):
            restore(places, old, newest)
        with pytest.raises(CommandError, match="knows a destruction that this ledger does not"):
            restore(places, fits, before)
        with connections["default"].cursor() as cursor:
            cursor.execute("select count(*) from pg_tables where schemaname = 'public'")
            assert cursor.fetchone() == (0,)
        assert may_connect("portal_web")
        for one in (old, fits):
            shutil.rmtree(one)
        with pytest.raises(CommandError, match="None here fits them"):
            restore(places, without_keys, newest)


def _keys_that_open_nothing_are_refused(places, content, newest):
    whole = places.private.read_text()
    for text, says in (
        ("nothing\n", "does not hold one private key of age"),
        (f"{pyrage.x25519.Identity.generate()}\n", "does not open with this key"),
        (None, "can't be read. It must be there, and readable"),
    ):
        places.private.write_text(text) if text else places.private.unlink()
        with pytest.raises(CommandError, match=says):
            restore(places, content, newest)
    places.private.write_text(whole)
