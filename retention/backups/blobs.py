"""Sealed files in the copies: each is copied once, into a pool that all sets share.

A blob never changes and is named at random, so its name says whether the pool has it. It is sealed
already, under keys that are not in this copy. What no set lists any more leaves the pool.
"""

from __future__ import annotations

import hashlib
import os
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from retention.backups.places import BLOBS, POOL, sets
from retention.backups.streams import BackupFailed, sha256_of

_STEP = 1024 * 1024


@dataclass(frozen=True)
class Blob:
    """One sealed file as a set lists it."""

    name: uuid.UUID
    size: int
    sha256: str


def copy_into(folder: Path, half: Path) -> list[Blob]:
    """Copies what the pool lacks, and lists in `half` every blob there is now."""
    known = _known(folder)
    listed = []
    for path in _blobs(Path(settings.FILES_DIR)):
        blob = known.get(path.name) or _copied(path, folder / POOL)
        if blob is not None:
            listed.append(blob)
    with (half / BLOBS).open("x", encoding="ascii") as file:
        for blob in listed:
            file.write(f"{blob.name} {blob.size} {blob.sha256}\n")
        file.flush()
        os.fsync(file.fileno())
    return listed


def listed_in(one_set: Path) -> Iterator[Blob]:
    """The blobs of a set."""
    with (one_set / BLOBS).open(encoding="ascii") as file:
        for line in file:
            name, size, sha256 = line.split()
            yield Blob(uuid.UUID(name), int(size), sha256)


def put_back(folder: Path, one_set: Path) -> int:
    """Copies the blobs of a set to where the portal reads them; those that are there whole stay.

    Raises BackupFailed for one that is missing in the pool or was changed there.
    """
    number = 0
    for blob in listed_in(one_set):
        source, target = _place(folder / POOL, blob.name), _place(settings_folder(), blob.name)
        if not _is_whole(target, blob):
            copied = _copied(source, settings_folder())
            if copied != blob:
                target.unlink(missing_ok=True)
                raise BackupFailed(f"the sealed file {blob.name} is missing or was changed")
            number += 1
    os.sync()
    return number


def check(folder: Path, one_set: Path) -> int:
    """Reads every blob of a set anew and says how many there are. Raises BackupFailed."""
    number = 0
    for blob in listed_in(one_set):
        path = _place(folder / POOL, blob.name)
        if not _is_whole(path, blob):
            raise BackupFailed(f"the sealed file {blob.name} is missing or was changed")
        number += 1
    return number


def leave_only_listed(folder: Path) -> int:
    """Takes blobs out of the pool that no set lists any more; says how many."""
    kept = {str(blob.name) for one in sets(folder) for blob in listed_in(one)}
    gone = [path for path in _blobs(folder / POOL, also_half=True) if path.name not in kept]
    for path in gone:
        path.unlink()
    return len(gone)


def settings_folder() -> Path:
    """Where the portal itself keeps its sealed files."""
    return Path(settings.FILES_DIR)


def _known(folder: Path) -> dict[str, Blob]:
    """What the newest set lists and the pool still has: those need not be read again."""
    finished = sets(folder)
    listed = listed_in(finished[-1]) if finished else iter(())
    return {str(blob.name): blob for blob in listed if _place(folder / POOL, blob.name).is_file()}


def _blobs(folder: Path, *, also_half: bool = False) -> Iterator[Path]:
    for path in folder.glob("??/*"):
        if also_half or not path.suffix:
            yield path


def _place(folder: Path, name: uuid.UUID) -> Path:
    return folder / str(name)[:2] / str(name)


def _is_whole(path: Path, blob: Blob) -> bool:
    """After a power cut, or on a disk that fails, a name stands there without all its bytes."""
    if not path.is_file() or path.stat().st_size != blob.size:
        return False
    return sha256_of(path) == blob.sha256


def _copied(source: Path, folder: Path) -> Blob | None:
    """Copies one blob and reads its hash on the way; none when it was taken away meanwhile."""
    name = uuid.UUID(source.name)
    target = _place(folder, name)
    half = target.with_name(f"{name}.part")
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    hashed, size = hashlib.sha256(), 0
    try:
        file = source.open("rb")
    except FileNotFoundError:
        return None
    with file, os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as copy:
        while piece := file.read(_STEP):
            hashed.update(piece)
            size += len(piece)
            copy.write(piece)
        copy.flush()
        os.fsync(copy.fileno())
    half.rename(target)
    return Blob(name, size, hashed.hexdigest())
