"""Where copies stand: content and files in one folder, keys in another, never one in the other."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from django.conf import settings

from vault.disk import flush_folder

MANIFEST = "manifest.json"
CONTENT = "content.age"
BLOBS = "blobs.txt"
POOL = "blobs"
KEYS = "keys"
_HALF = ".half"


class BackupRefused(Exception):
    """Settings or places are not fit for a copy; the message says what to do."""


class Busy(BackupRefused):
    """Another copy is being made."""


def content_folder() -> Path:
    """Where the sets of content stand, and the pool of sealed files. Raises BackupRefused."""
    return _folders()[0]


def keys_folder() -> Path:
    """Where the newest copy of the keys stands. Raises BackupRefused."""
    return _folders()[1]


def _folders() -> tuple[Path, Path]:
    if not settings.BACKUPS_DIR or not settings.KEYS_BACKUP_DIR:
        raise BackupRefused(
            "Say where copies go: PORTAL_BACKUPS_DIR for content and files, and"
            " PORTAL_KEYS_BACKUP_DIR, somewhere else, for the keys."
        )
    content = Path(settings.BACKUPS_DIR).resolve()
    keys = Path(settings.KEYS_BACKUP_DIR).resolve()
    if content == keys or content in keys.parents or keys in content.parents:
        raise BackupRefused(
            "PORTAL_BACKUPS_DIR and PORTAL_KEYS_BACKUP_DIR lie in one another. Whoever has one"
            " folder must not have both: put them in different places."
        )
    return content, keys


def set_name(at: datetime) -> str:
    """The name of a set of content: when it was begun, in UTC."""
    return at.strftime("%Y%m%dT%H%M%S%fZ")


def sets(folder: Path) -> list[Path]:
    """Every finished set, the oldest first."""
    return sorted(path.parent for path in folder.glob(f"*/{MANIFEST}"))


def half_set(folder: Path, name: str) -> Path:
    """A new folder for a set that is being made; `finish` gives it its name."""
    path = folder / f"{name}{_HALF}"
    path.mkdir(mode=0o700, parents=True)
    return path


def finish(half: Path) -> Path:
    """A set is there at once and whole, or not at all."""
    whole = half.with_name(half.name.removesuffix(_HALF))
    os.sync()
    half.rename(whole)
    flush_folder(whole.parent)
    return whole


def half_made(folder: Path) -> list[Path]:
    """What a program that was killed left behind."""
    return [path for path in folder.glob(f"*{_HALF}") if path.is_dir()]


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """One copy at a time. Raises Busy while another one is being made."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Busy("Another copy is being made. Wait until it is ready.") from error
        yield
    finally:
        os.close(descriptor)
