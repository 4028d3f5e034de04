"""The newest seal as others print it, and the file outside the database that names each of them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from django.conf import settings

from audit.models import Seal
from vault.disk import flush_folder

_LONGEST_LINE = 400  # bytes
_CHUNK = 2_000  # lines at once
_WORDS = 3  # in a line: position, link, moment


@dataclass(frozen=True)
class Head:
    """The end of the chain: everything sealed until then hangs on this hash."""

    number: int
    link_hex: str
    sealed_at: datetime


def newest_head() -> Head | None:
    """The newest seal; none while nothing was sealed yet."""
    seal = Seal.objects.order_by("-position").first()
    return head_of(seal) if seal else None


def head_of(seal: Seal) -> Head:
    """One seal as a head."""
    return Head(seal.position, bytes(seal.link).hex(), seal.sealed_at)


# --- the file -----------------------------------------------------------------------------------


class HeadsMissing(RuntimeError):
    """There are seals and no file of heads: it is not begun anew in silence."""


def is_there() -> bool:
    """Whether the file stands where it should."""
    return settings.LOG_HEADS.is_file()


def are_missing() -> bool:
    """Whether there are seals and no file beside them: nobody can tell then what was lost."""
    return Seal.objects.exists() and not is_there()  # it is begun before the first seal


def lines() -> Iterator[tuple[int, str]]:
    """Position and link of each head in the file, in the order in which they were written.

    A line that a crash cut short is passed over.
    """
    with settings.LOG_HEADS.open(encoding="ascii", errors="replace") as file:
        for line in file:
            words = line.split()
            if len(words) == _WORDS and line.endswith("\n"):
                yield (int(words[0]) if words[0].isdecimal() else 0), words[1]


def last_line() -> tuple[int, str] | None:
    """The newest head in the file, without reading the others."""
    with settings.LOG_HEADS.open("rb") as file:
        file.seek(max(0, os.fstat(file.fileno()).st_size - _LONGEST_LINE))
        whole = file.read().decode("ascii", "replace").rpartition("\n")[0]
    words = whole.rpartition("\n")[2].split()
    return (int(words[0]), words[1]) if len(words) == _WORDS and words[0].isdecimal() else None


def newest_lost() -> tuple[int, str] | None:
    """The newest line to which no seal answers, unless one says why."""
    lost: tuple[int, str] | None = None
    said = lines() if is_there() else iter(())
    while chunk := list(islice(said, _CHUNK)):
        seals = Seal.objects.filter(position__in=[position for position, _link in chunk])
        links = dict(seals.values_list("position", "link"))
        for position, link in chunk:
            if bytes(links.get(position, b"")).hex() != link:
                lost = (position, link)
    told = Seal.objects.filter(kind=Seal.Kind.RESTORED)
    if lost is None or told.filter(note__startswith=f"{lost[0]}:{lost[1]}:").exists():
        return None
    return lost


def begin() -> None:
    """Makes the file before the first seal. Later on it is never made anew by itself."""
    path = settings.LOG_HEADS
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600))
    flush_folder(path.parent)


def append(head: Head) -> None:
    """Adds one line that is on the disk when this returns. Lines are never taken away.

    Raises HeadsMissing when there is no file.
    """
    try:
        descriptor = os.open(settings.LOG_HEADS, os.O_RDWR | os.O_APPEND)
    except FileNotFoundError as problem:
        raise HeadsMissing("the file of heads is gone") from problem
    try:
        line = f"{head.number} {head.link_hex} {head.sealed_at.isoformat()}\n"
        os.write(descriptor, (_what_ends_it(descriptor) + line).encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _what_ends_it(descriptor: int) -> str:
    """A line that a crash cut short is ended first."""
    size = os.fstat(descriptor).st_size
    return "" if not size or os.pread(descriptor, 1, size - 1) == b"\n" else "\n"
