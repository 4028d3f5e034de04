"""Copies: what they refuse, what stays after a failure, and that nothing in them is readable."""

from __future__ import annotations

import hashlib
import os
import shutil
import uuid
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.utils import timezone

from access.acting import Job, acting_as
from audit.models import LogEntry
from dossiers.actions.files import add_files
from launcher import backup_key
from retention.backups import blobs, making, recorded, streams
from retention.backups.making import check_backup, newest_keys
from retention.backups.places import BLOBS, CONTENT, MANIFEST, BackupRefused, half_made, sets
from retention.backups.recorded import make_and_record, make_if_due
from retention.backups.streams import BackupFailed
from retention.events import BACKUP_MADE
from retention.models import Backup
from retention.rules.copying import is_due, is_late
from retention.telling_copies import tell_if_no_copy_is_made
from tests.cast import build_cast
from tests.dossiers.files.conftest import sent
from vault.blobs import may_be_swept


def backup(today):
    return make_and_record(by=Job("backup"), on=today)


def everything_in(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"BACKUPS_DIR": ""}, "Say where copies go"),
        ({"KEYS_BACKUP_DIR": "{content}"}, "lie in one another"),
        ({"KEYS_BACKUP_DIR": "{content}/keys"}, "lie in one another"),
        ({"BACKUPS_DIR": "{keys}/content"}, "lie in one another"),
        ({"BACKUP_RECIPIENTS": []}, "Nobody could open the copies"),
        ({"BACKUP_RECIPIENTS": ["age1nobody"]}, "something else than age1"),
        ({"PG_BIN": "/nowhere"}, "PORTAL_PG_BIN"),
        ({"BACKUP_DATABASES": {}}, "PORTAL_BACKUP_DB"),
    ],
)
@pytest.mark.django_db
def test_settings_that_are_not_fit_are_refused_in_words(places, settings, today, change, said):
    for name, value in change.items():
        is_text = isinstance(value, str)
        place = value.format(content=places.content, keys=places.keys) if is_text else value
        setattr(settings, name, place)
    with pytest.raises(CommandError, match=said):
        call_command("backup")
    assert not sets(places.content)
    assert not Backup.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.promise("P9")
def test_one_copy_of_the_keys_many_of_content_and_each_file_once(
    places, settings, today, monkeypatch
):
    cast = build_cast(today)
    with acting_as(cast.counsellor, on=today):
        add_files(part=cast.part("own"), sent=[sent()], by=cast.counsellor, on=today)
    names = [pupil.first_name.encode() for pupil in cast.pupils.values()]
    copy_into = blobs.copy_into

    def listing(folder, half):  # what the dump names stays until it is listed
        with may_be_swept() as may:
            assert not may
        return copy_into(folder, half)

    monkeypatch.setattr(blobs, "copy_into", listing)
    first = backup(today)
    with may_be_swept() as may:
        assert may
    pool = {path: path.stat().st_ino for path in places.content.glob("blobs/??/*")}
    second = backup(today)
    assert [path.name for path in sets(places.content)] == [first.content.name, second.content.name]
    assert list(places.keys.glob("*.age")) == [second.keys]
    assert newest_keys() is not None
    assert {path: path.stat().st_ino for path in places.content.glob("blobs/??/*")} == pool
    assert len(pool) == first.blobs == second.blobs > 0
    assert LogEntry.objects.filter(event=BACKUP_MADE.code).count() == Backup.objects.count() == 2

    for written in everything_in(places.root).values():
        assert not any(name in written for name in names)

    # Killed in the middle of a dump: what was there stays, and the next one clears up.
    before = everything_in(places.root)
    settings.PG_BIN = str(_breaking_pg_dump(places.root, settings.PG_BIN))
    with pytest.raises(BackupFailed):
        backup(today)
    assert before.items() <= everything_in(places.root).items()
    assert half_made(places.content)
    settings.PG_BIN = str(streams.Path(settings.PG_BIN) / "real")

    # A file that is gone leaves the pool with the last copy that lists it.
    settings.BACKUP_DAYS = 0
    shutil.rmtree(settings.FILES_DIR)
    third = backup(today)
    assert third.let_go == 2
    assert sets(places.content) == [third.content]
    assert not half_made(places.content)
    assert not list(places.content.glob("blobs/??/*"))


def _breaking_pg_dump(root, real):
    """A pg_dump that writes something and then fails, beside the real one."""
    folder = root.parent / f"{root.name}-programs"
    folder.mkdir()
    (folder / "real").symlink_to(real)
    program = folder / "pg_dump"
    program.write_text("#!/bin/sh\nprintf half\necho 'out of memory' >&2\nexit 1\n")
    program.chmod(0o700)
    return folder


@pytest.mark.django_db(transaction=True)
def test_whatever_is_changed_in_a_copy_is_found(places, settings, today, capsys):
    cast = build_cast(today)
    with acting_as(cast.counsellor, on=today):
        add_files(part=cast.part("own"), sent=[sent()], by=cast.counsellor, on=today)
    made = backup(today).content
    (blob,) = list(places.content.glob("blobs/??/*"))[:1]
    for path in (made / CONTENT, made / BLOBS, made / MANIFEST, blob):
        good = path.read_bytes()
        path.write_bytes(good[:-2] + bytes([good[-2] ^ 1]) + good[-1:])
        with pytest.raises(BackupFailed):
            check_backup(made)
        path.write_bytes(good)
    assert check_backup(made) > 0
    call_command("check_backup", str(made))
    assert "the copy of the keys too" in capsys.readouterr().out
    (keys,) = places.keys.glob("*.age")
    keys.write_bytes(keys.read_bytes()[:-1])
    with pytest.raises(CommandError, match="age was changed"):
        call_command("check_backup", str(made))
    settings.MASTER_KEY = os.urandom(32)
    with pytest.raises(BackupFailed, match="another master key"):
        check_backup(made)


def test_the_private_key_goes_to_standard_output_and_the_public_one_is_told(tmp_path, capsys):
    backup_key.main()
    said, file = capsys.readouterr(), tmp_path / "key"
    file.write_text(said.out)
    assert str(streams.identity(file).to_public()) == said.err.strip()
    assert said.err.startswith("age1")
    assert "SECRET" not in said.err
    with pytest.raises(BackupRefused):
        streams.identity(tmp_path / "none")


def school_time(hours):
    """A clock of that many hours from now."""
    return SimpleNamespace(now=lambda: timezone.now() + timedelta(hours=hours))


@pytest.mark.django_db(transaction=True)
def test_a_night_without_a_copy_is_told_and_caught_up_and_no_copy_goes_that_the_keys_fit(
    places, settings, today, monkeypatch, mailoutbox
):
    settings.OPERATORS = ["server@example.org"]
    first, job = backup(today), Job("make_backup")
    clock = school_time(27)
    for module in (making, recorded):
        monkeypatch.setattr(module, "timezone", clock)
    now = timezone.localtime(clock.now())
    told = partial(tell_if_no_copy_is_made, on=today, now=now)
    dump_sealed = making.dump_sealed

    def no_room_for_keys(database, path):
        if path.parent == places.keys:
            raise OSError(28, "No space left on device")
        return dump_sealed(database, path)

    with monkeypatch.context() as patch:
        patch.setattr(making, "dump_sealed", no_room_for_keys)
        with pytest.raises(OSError, match="No space"):
            make_if_due(by=job, on=today, now=now)
    _first, second = sets(places.content)
    settings.BACKUP_DAYS = 0
    assert making.let_old_ones_go() == 0  # the keys fit no other
    assert (told(), told()) == (True, False)  # once a day
    assert "server@example.org" in mailoutbox[0].to
    assert "No copy of the portal was made since" in mailoutbox[0].body

    made = make_if_due(by=job, on=today, now=now)
    assert made.content == second  # nothing was copied twice
    assert made.let_go == 1
    assert not first.content.exists()
    assert make_if_due(by=job, on=today, now=now + timedelta(hours=1)) is None
    cache.clear()
    told = partial(told, now=now + timedelta(hours=1))
    assert not told()
    made.keys.write_bytes(b"rot")
    assert told()
    assert "The copy of the keys" in mailoutbox[1].body


@pytest.mark.parametrize(
    ("begun", "now", "due", "late"),
    [
        (None, "02 12:00", True, True),
        ("01 01:15", "02 01:14", False, False),
        ("01 01:15", "02 01:15", True, False),  # the night begins
        ("01 14:00", "02 01:15", True, False),  # by hand, in the afternoon
        ("02 01:16", "02 09:00", False, False),
        ("01 01:15", "02 09:00", True, True),  # a night that was missed
    ],
)
def test_a_copy_is_due_each_night_at_a_quarter_past_one_and_late_two_hours_after(
    begun, now, due, late
):
    def at(text):
        return datetime.fromisoformat(f"2026-11-{text}+01:00")

    last = at(begun) if begun else None
    assert (is_due(last, at(now)), is_late(last, at(now))) == (due, late)


@pytest.mark.parametrize("left", [b"", b"sealed byteZ", b"sealed bytes and more", None])
def test_a_sealed_file_that_is_not_there_whole_is_put_back(settings, tmp_path, left):
    """What a power cut leaves of it, or a disk that fails."""
    settings.FILES_DIR = tmp_path / "files"
    name, whole, one_set = uuid.uuid4(), b"sealed bytes", tmp_path / "copies" / "a-set"
    place = Path(str(name)[:2]) / str(name)
    in_pool, there = tmp_path / "copies" / "blobs" / place, settings.FILES_DIR / place
    for path in (one_set, in_pool.parent, there.parent):
        path.mkdir(parents=True)
    in_pool.write_bytes(whole)
    digest = hashlib.sha256(whole).hexdigest()
    (one_set / BLOBS).write_text(f"{name} {len(whole)} {digest}\n")
    if left is not None:
        there.write_bytes(left)
    assert blobs.put_back(one_set.parent, one_set) == 1
    assert there.read_bytes() == whole
    assert blobs.put_back(one_set.parent, one_set) == 0, "it was read, and is whole"
    in_pool.write_bytes(left or b"nothing")
    there.unlink()
    with pytest.raises(BackupFailed, match=str(name)):
        blobs.put_back(one_set.parent, one_set)
