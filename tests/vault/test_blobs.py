"""Blobs on disk: whole or not at all, for us alone."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import uuid
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from vault import blobs

pytestmark = pytest.mark.promise("P22")


@pytest.fixture(autouse=True)
def folder(settings, tmp_path) -> Path:
    settings.FILES_DIR = tmp_path / "files"
    return settings.FILES_DIR


def everything_in(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("**/*") if path.is_file())


@hypothesis_settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(pieces=st.lists(st.binary(max_size=200), max_size=5))
def test_what_is_kept_is_read_again(pieces):
    with blobs.open_blob(blobs.keep(pieces)) as blob:
        assert blob.read() == b"".join(pieces)


def test_files_and_folders_are_for_us_alone(folder):
    os.umask(os.umask(0))
    name = blobs.keep([b"sealed"])
    (file,) = everything_in(folder)
    assert file.name == str(name)
    assert file.stat().st_mode & 0o777 == 0o600
    assert {each.stat().st_mode & 0o777 for each in (file.parent, folder)} == {0o700}


def test_what_is_not_there_is_missing_and_is_removed_without_a_word():
    with pytest.raises(blobs.Missing):
        blobs.open_blob(uuid.uuid4())
    blobs.remove(uuid.uuid4())


def test_it_is_flushed_before_and_after_it_gets_its_name(monkeypatch):
    steps = []
    fsync, rename = os.fsync, Path.rename

    def flush(descriptor):
        target = Path(f"/proc/self/fd/{descriptor}").resolve()
        steps.append("folder" if target.is_dir() else "file")
        fsync(descriptor)

    def name(self, target):
        steps.append("name")
        return rename(self, target)

    blobs.keep([b"the first makes the folders"])
    monkeypatch.setattr(os, "fsync", flush)
    monkeypatch.setattr(Path, "rename", name)
    while steps[-3:] != ["file", "name", "folder"]:
        assert len(steps) < 50
        blobs.keep([b"one"])


@pytest.mark.parametrize("moment", ["fsync", "rename"])
@pytest.mark.parametrize("reason", [errno.ENOSPC, errno.EIO, errno.EDQUOT])
def test_a_full_or_broken_disk_leaves_nothing_and_says_so(folder, monkeypatch, moment, reason):
    def full(*args, **kwargs):
        raise OSError(reason, "no")

    monkeypatch.setattr(*{"fsync": (os, "fsync", full), "rename": (Path, "rename", full)}[moment])
    with pytest.raises(blobs.NotKept) as caught:
        blobs.keep([b"one", b"two"])
    assert caught.value.errno == reason
    monkeypatch.undo()
    assert not everything_in(folder)


def test_a_folder_that_can_not_be_made_says_so(settings, tmp_path):
    (tmp_path / "file").write_text("in the way")
    settings.FILES_DIR = tmp_path / "file" / "files"
    with pytest.raises(blobs.NotKept):
        blobs.keep([b"one"])


def test_a_disk_that_fills_up_in_the_middle_leaves_nothing(folder):
    """A real limit: the process may write no file above 1 MiB."""
    script = (
        "import resource, signal, sys\n"
        "from django.conf import settings\n"
        "settings.configure(FILES_DIR=sys.argv[1])\n"
        "from vault import blobs\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (2**20, 2**20))\n"
        "try:\n"
        "    blobs.keep(bytes(65536) for _ in range(32))\n"
        "except blobs.NotKept:\n"
        "    blobs.keep(bytes(65536) for _ in range(4))\n"
        "    sys.exit(7)\n"
    )
    done = subprocess.run([sys.executable, "-c", script, str(folder)], check=False)
    assert done.returncode == 7
    (kept,) = everything_in(folder)
    assert kept.stat().st_size == 4 * 65536


def test_pieces_that_fail_half_way_leave_nothing(folder):
    def pieces():
        yield b"one"
        raise RuntimeError("the key is gone")

    with pytest.raises(RuntimeError):
        blobs.keep(pieces())
    assert not everything_in(folder)


def test_a_program_killed_in_the_middle_leaves_only_what_the_sweep_takes(folder):
    script = (
        "import os, signal, sys\n"
        "from django.conf import settings\n"
        "settings.configure(FILES_DIR=sys.argv[1])\n"
        "from vault import blobs\n"
        "def pieces():\n"
        "    yield bytes(65536)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
        "blobs.keep(pieces())\n"
    )
    done = subprocess.run([sys.executable, "-c", script, str(folder)], check=False)
    assert done.returncode == -signal.SIGKILL
    (left,) = everything_in(folder)
    assert left.suffix == ".part"
    assert list(blobs.older_than(-1)) == [], "it never became a blob"
    assert blobs.remove_unfinished(3600) == 0, "somebody may be writing it now"
    assert blobs.count_unfinished(-1) == 1
    assert blobs.remove_unfinished(-1) == 1
    assert not everything_in(folder)


def test_only_what_stands_long_enough_is_old(folder):
    old, new = blobs.keep([b"old"]), blobs.keep([b"new"])
    path = next(p for p in everything_in(folder) if p.name == str(old))
    os.utime(path, (0, 0))
    assert list(blobs.older_than(3600)) == [old]
    assert set(blobs.older_than(-1)) == {old, new}
    (path.parent / "somebody's notes").write_text("not ours")
    assert set(blobs.older_than(-1)) == {old, new}


def test_what_one_action_wrote_is_taken_away_together(folder):
    kept = blobs.Kept()
    stays = blobs.keep([b"of another"])
    kept.keep([b"one"])
    kept.keep([b"two"])
    kept.remove()
    kept.remove()
    assert [path.name for path in everything_in(folder)] == [str(stays)]
