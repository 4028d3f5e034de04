"""Sealed files on disk, under random names, in one folder that web and worker share.

Only what `vault.chunks` sealed comes here. A blob is written under a temporary name, flushed, then
renamed, so a name that exists is a whole file. What a row in the database does not name is an
orphan: left by a program that was killed, unreadable without the part's key, and swept.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
import uuid
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from vault.disk import flush_folder
from vault.errors import Unreadable

_TEMPORARY = ".part"


class NotKept(OSError):
    """The disk is full or can't be written: nothing of this file was kept."""


class Missing(Unreadable):
    """There is no blob of this name."""


def keep(pieces: Iterable[bytes]) -> uuid.UUID:
    """Writes sealed pieces as one blob and gives its random name, once it is safely on disk.

    Raises NotKept when the disk can't take it; whatever goes wrong, nothing half stays.
    """
    name = uuid.uuid4()
    path = _path(name)
    passing = path.with_name(f"{name}{_TEMPORARY}")
    try:
        _make_folder(path.parent)
        try:
            _write(passing, pieces)
            passing.rename(path)
            flush_folder(path.parent)
        except BaseException:
            for left in (passing, path):
                with contextlib.suppress(OSError):
                    left.unlink()
            raise
    except OSError as error:
        raise NotKept(error.errno, "a sealed file could not be kept") from error
    return name


def open_blob(name: uuid.UUID) -> BinaryIO:
    """A blob to read from, to be closed by whoever asked. Raises Missing when it can't be."""
    try:
        return _path(name).open("rb")
    except OSError as error:
        raise Missing("a sealed file is not there") from error


def is_there(name: uuid.UUID) -> bool:
    """Whether there is a blob of this name; what is in it is not looked at."""
    return _path(name).is_file()


def are_any() -> bool:
    """Whether there is any blob: a folder without one is rather the wrong one."""
    return any(True for _path in Path(settings.FILES_DIR).glob("??/*"))


def remove(name: uuid.UUID) -> None:
    """Takes a blob away. One that is not there is gone already."""
    with contextlib.suppress(FileNotFoundError):
        _path(name).unlink()


@contextlib.contextmanager
def all_stay() -> Iterator[None]:
    """Nothing is swept meanwhile: rows of a copy may name what no row names any more.

    Waits for a sweep that is going on.
    """
    with _alone(fcntl.LOCK_EX):
        yield


@contextlib.contextmanager
def may_be_swept() -> Iterator[bool]:
    """Whether what no row names may be taken away: not while `all_stay`."""
    with _alone(fcntl.LOCK_EX | fcntl.LOCK_NB) as is_ours:
        yield is_ours


@contextlib.contextmanager
def _alone(how: int) -> Iterator[bool]:
    """Whoever is killed lets go."""
    folder = Path(settings.FILES_DIR)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, how)
            is_ours = True
        except BlockingIOError:
            is_ours = False
        yield is_ours
    finally:
        os.close(descriptor)


class Kept:
    """The blobs one action has written: taken away again when the action does not succeed.

    A program that is killed in between leaves orphans, which the sweep takes.
    """

    def __init__(self) -> None:
        self.names: list[uuid.UUID] = []

    def keep(self, pieces: Iterable[bytes]) -> uuid.UUID:
        """Writes one blob, and remembers it."""
        name = keep(pieces)
        self.names.append(name)
        return name

    def remove(self) -> None:
        """Takes away all that was written."""
        while self.names:
            remove(self.names.pop())


def older_than(seconds: float) -> Iterator[uuid.UUID]:
    """Names of blobs that have stood here for longer than this."""
    for path in _aged(seconds):
        if path.suffix != _TEMPORARY:
            with contextlib.suppress(ValueError):  # not one of ours: left where it is
                yield uuid.UUID(path.name)


def remove_unfinished(seconds: float) -> int:
    """Takes away what was never finished, left by a program that was killed; says how many."""
    left = [path for path in _aged(seconds) if path.suffix == _TEMPORARY]
    for path in left:
        path.unlink(missing_ok=True)
    return len(left)


def count_unfinished(seconds: float) -> int:
    """How many `remove_unfinished` would take away."""
    return sum(path.suffix == _TEMPORARY for path in _aged(seconds))


def _aged(seconds: float) -> Iterator[Path]:
    before = time.time() - seconds
    for path in Path(settings.FILES_DIR).glob("??/*"):
        try:
            if path.stat().st_mtime < before:
                yield path
        except FileNotFoundError:  # taken away while we looked
            continue


def _path(name: uuid.UUID) -> Path:
    """256 folders, so that none grows too long."""
    text = str(name)
    return Path(f"{settings.FILES_DIR}/{text[:2]}/{text}")  # joined once: lists take many away


def _make_folder(folder: Path) -> None:
    if folder.is_dir():
        return
    for each in (folder.parent, folder):
        each.mkdir(mode=0o700, parents=True, exist_ok=True)
    flush_folder(folder.parent)


def _write(path: Path, pieces: Iterable[bytes]) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "wb") as file:  # noqa: PTH123  a descriptor, opened for us alone
        for piece in pieces:
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
