"""What cleaning gives, inside the sandbox and outside it."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass, field

from files.changes import Change
from files.kinds import FileType, Kind


@dataclass(frozen=True)
class Cleaned:
    """Inside the sandbox: a file made harmless."""

    data: bytes
    file_type: FileType
    pages: int | None = None
    changes: Set[Change] = field(default_factory=frozenset)
    thumbnail: bytes | None = None


@dataclass(frozen=True)
class Clean:
    """A file that may be kept: harmless, named safely, with what was changed in it."""

    data: bytes = field(repr=False)
    kind: Kind
    media_type: str
    extension: str
    name: str = field(repr=False)
    pages: int | None
    changes: tuple[Change, ...]
    thumbnail: bytes | None = field(repr=False)
