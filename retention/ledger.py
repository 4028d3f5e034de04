"""What was destroyed, written down outside both databases and their backups.

A restored backup brings the destroyed back. So each destruction adds one line to a file that no
backup holds: which keys went, bound to the line before. The newest line, its *head*, stands on the
certificate; a restore asks for it, destroys again what is missing, and refuses without it.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from vault.derived import is_tag_of, tag_of
from vault.disk import flush_folder

_PURPOSE = b"portal ledger of destructions"
_BEGINNING = hashlib.sha256(b"nothing was destroyed yet").hexdigest()


class LedgerDamaged(Exception):
    """The ledger is not what was written: a line was changed, left out, or does not belong."""


@dataclass(frozen=True)
class Head:
    """The newest line: its number, 0 before the first, and its hash."""

    number: int
    hash: str


BEGINNING = Head(0, _BEGINNING)


@dataclass(frozen=True)
class Entry:
    """One destruction. `keys` are what was destroyed, by kind: random numbers, never names.

    Or one certificate: a database put back from before it still knows that it was given.
    """

    number: int
    at: datetime
    item: uuid.UUID
    keys: Mapping[str, Sequence[str]]
    previous: str

    @cached_property
    def body(self) -> bytes:
        """What the hash is over, byte by byte the same wherever it is made."""
        fields = {
            "number": self.number,
            "at": self.at.astimezone(UTC).isoformat(),
            "item": str(self.item),
            "keys": {kind: sorted(keys) for kind, keys in sorted(self.keys.items())},
            "previous": self.previous,
        }
        return json.dumps(fields, sort_keys=True, separators=(",", ":")).encode()

    @cached_property
    def hash(self) -> str:
        """Bound to this line and, by `previous`, to every line before."""
        return hashlib.sha256(self.body).hexdigest()

    @property
    def head(self) -> Head:
        return Head(self.number, self.hash)


def next_entry(
    newest: Head, *, item: uuid.UUID, keys: Mapping[str, Sequence[str]], at: datetime
) -> Entry:
    """The line that follows `newest`; not yet written."""
    return Entry(newest.number + 1, at, item, keys, newest.hash)


# The newest line of a file as this process last read or wrote it, and how the file was then: a
# list of thousands is not read again for each hundred.
_Looks = tuple[int, int, int]
_seen: dict[Path, tuple[_Looks, Head]] = {}
_on_disk: dict[Path, _Looks] = {}  # how it was when this process last waited for the disk


def is_begun() -> bool:
    """Whether the file stands where it should, perhaps without a line yet."""
    return Path(settings.LEDGER).exists()


def begin() -> None:
    """Makes the file before the first line is intended. Later on it is never made by itself."""
    path = Path(settings.LEDGER)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600))
    flush_folder(path.parent)


def append(*entries: Entry) -> None:
    """Adds lines and returns when the file is safely on disk; a line that stands there stays.

    Also without a new line: what stands there may be of a run that was killed before it was on
    disk. What this process waited for is not waited for again: cut off after that, it goes on.
    Raises LedgerDamaged when another line has the number of one, or the one before is missing.
    """
    path = Path(settings.LEDGER)
    if not entries and (not path.exists() or _on_disk.get(path) == _looks(path.stat())):
        return
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "rb+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        newest, new = _what_is_new(path, file, entries)
        lines = []
        for entry in new:
            if entry.previous != newest.hash or entry.number != newest.number + 1:
                raise LedgerDamaged(f"line {entry.number} does not follow line {newest.number}")
            lines.append(_line(entry))
            newest = entry.head
        _put_on_disk(file, b"".join(lines))
        looks = _looks(os.fstat(file.fileno()))
        _seen[path] = (looks, newest)
    flush_folder(path.parent)
    _on_disk[path] = looks


def _put_on_disk(file: BinaryIO, lines: bytes) -> None:
    """Where the disk does not take them they are taken back: asked a second time it says yes."""
    size = file.seek(0, os.SEEK_END)
    file.write(lines)
    file.flush()
    try:
        os.fsync(file.fileno())
    except OSError:
        file.truncate(size)
        raise


def _what_is_new(
    path: Path, file: BinaryIO, entries: Sequence[Entry]
) -> tuple[Head, Sequence[Entry]]:
    """The newest line of the file, and which of these come after it. Raises LedgerDamaged."""
    looks, newest = _seen.get(path, (None, BEGINNING))
    if looks == _looks(os.fstat(file.fileno())) and all(
        entry.number > newest.number for entry in entries
    ):
        return newest, entries
    text = file.read()
    whole = text[: text.rfind(b"\n") + 1]  # a line that was cut off by a crash never counted
    if len(whole) < len(text):
        file.truncate(len(whole))
    known = list(_entries(whole.splitlines()))
    for entry in entries:
        if entry.number <= len(known) and known[entry.number - 1].hash != entry.hash:
            raise LedgerDamaged(f"line {entry.number} says something else")
    return (
        known[-1].head if known else BEGINNING,
        [entry for entry in entries if entry.number > len(known)],
    )


def _looks(stat: os.stat_result) -> _Looks:
    return stat.st_ino, stat.st_size, stat.st_mtime_ns


def read(path: Path | None = None) -> list[Entry]:
    """Every line, the oldest first; none when there is no file. Raises LedgerDamaged."""
    path = path or Path(settings.LEDGER)
    if not path.exists():
        return []
    text = path.read_bytes()
    return list(_entries(text[: text.rfind(b"\n") + 1].splitlines()))


def head(path: Path | None = None) -> Head:
    """The newest line of the file, BEGINNING when there is none. Raises LedgerDamaged."""
    path = path or Path(settings.LEDGER)
    try:
        with path.open("rb") as file:
            looks, newest = _seen.get(path, (None, BEGINNING))
            if looks == _looks(os.fstat(file.fileno())):
                return newest
    except FileNotFoundError:
        return BEGINNING
    entries = read(path)
    return entries[-1].head if entries else BEGINNING


def _line(entry: Entry) -> bytes:
    tag = tag_of(_PURPOSE, entry.body).hex()
    return entry.body + b" " + tag.encode() + b"\n"


def _is_ours(entry: Entry, line: bytes) -> bool:
    body, _space, tag = line.rpartition(b" ")
    try:
        return body == entry.body and is_tag_of(bytes.fromhex(tag.decode()), _PURPOSE, body)
    except ValueError:
        return False


def _entries(lines: Sequence[bytes]) -> Iterator[Entry]:
    newest = BEGINNING
    for number, line in enumerate(lines, start=1):
        entry = _parsed(number, line)
        if entry.number != number or entry.previous != newest.hash or not _is_ours(entry, line):
            raise LedgerDamaged(f"line {number} was changed, or a line before it is missing")
        yield entry
        newest = entry.head


def _parsed(number: int, line: bytes) -> Entry:
    try:
        said = json.loads(line.rpartition(b" ")[0])
        return Entry(
            number=said["number"],
            at=datetime.fromisoformat(said["at"]),
            item=uuid.UUID(said["item"]),
            keys=said["keys"],
            previous=said["previous"],
        )
    except (ValueError, KeyError, TypeError) as error:
        raise LedgerDamaged(f"line {number} can't be read") from error
