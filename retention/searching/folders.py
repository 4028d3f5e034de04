"""Every file in the folders that the settings know."""

from __future__ import annotations

import itertools
import os
import uuid
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from django.conf import settings

from access.acting import Job, acting_as
from retention.searching.sieve import ROW, Hit, Sieve
from vault.uses import blobs_without_a_row

_SEALED = b"\x02"  # how a sealed file begins (vault/chunks.py)
_PIECE = 1024 * 1024
_OVERLAP = 1024  # a mark may stand where one piece ends and the next begins
_AT_ONCE = 1000  # files

# Folders, by their setting, and single files.
READ = ("FILES_DIR", "EMAIL_FILE_PATH", "LOG_HEADS")


def files() -> Iterator[tuple[str, Path]]:
    """Each file with the setting of its folder; a folder that is not there has none."""
    for setting in READ:
        place = getattr(settings, setting, None)
        if not place:
            continue
        if Path(place).is_file():
            yield setting, Path(place)
        for folder, _folders, names in os.walk(place, onerror=_unless_gone):
            yield from ((setting, Path(folder, name)) for name in names)


def _unless_gone(error: OSError) -> None:
    """A folder that can't be read is not passed by in silence."""
    if not isinstance(error, FileNotFoundError | NotADirectoryError):
        raise error


def hits_in_files(sieve: Sieve, *, by: Job, on: date) -> Iterator[tuple[str, Path, list[Hit]]]:
    """Of each file its setting, its path and what was found in name and content.

    A sealed file that a row still names is another dossier's: it is not read, as what other
    dossiers say is not searched. Everything else is read whole.
    """
    every = files()
    while batch := list(itertools.islice(every, _AT_ONCE)):
        sealed = _sealed_and_named([path for _setting, path in batch], by=by, on=on)
        names = ROW.join(path.name.replace(ROW, " ") for _setting, path in batch)
        in_names = list(sieve.in_text(names))
        for number, (setting, path) in enumerate(batch):
            found = [hit for hit in in_names if hit.row == number]
            if path not in sealed:
                found.extend(_in_content(sieve, path))
            yield setting, path, found


def _sealed_and_named(paths: list[Path], *, by: Job, on: date) -> set[Path]:
    names = {key: path for path in paths if (key := _key_of(path)) is not None}
    with acting_as(by, on=on, read_only=True):
        orphans = set(blobs_without_a_row(list(names)))
    return {path for key, path in names.items() if key not in orphans and _begins_sealed(path)}


def _key_of(path: Path) -> uuid.UUID | None:
    try:
        return uuid.UUID(path.name)
    except ValueError:
        return None


def _begins_sealed(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(1) == _SEALED
    except FileNotFoundError:  # taken away meanwhile
        return False


def _in_content(sieve: Sieve, path: Path) -> Iterator[Hit]:
    try:
        with path.open("rb") as file:
            before = b""
            while piece := file.read(_PIECE):
                yield from sieve.in_bytes(before + piece)
                before = piece[-_OVERLAP:]
    except FileNotFoundError:
        return
