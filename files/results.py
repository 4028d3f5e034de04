"""What cleaning gives, inside the sandbox and outside it."""

from __future__ import annotations

from collections.abc import Callable, Set
from dataclasses import dataclass, field

from files.changes import Change
from files.kinds import FileType, Kind


@dataclass(frozen=True)
class Cleaned:
    """Inside the sandbox: a file made harmless.

    A thumbnail that is a function is drawn once the file has been handed over.
    """

    data: bytes
    file_type: FileType
    pages: int | None = None
    changes: Set[Change] = field(default_factory=frozenset)
    thumbnail: bytes | Callable[[], bytes | None] | None = None


def no_thumbnail() -> None:
    """Of a file that has no small picture."""


@dataclass(frozen=True)
class Clean:
    """A file that may be kept: harmless, named safely, with what was changed in it."""

    content: bytes | memoryview = field(repr=False)
    kind: Kind
    media_type: str
    extension: str
    name: str = field(repr=False)
    pages: int | None
    changes: tuple[Change, ...]
    draw: Callable[[], bytes | None] = field(repr=False, default=no_thumbnail)

    @property
    def data(self) -> bytes:
        """The same as bytes: a copy of what may be large."""
        return bytes(self.content)

    @property
    def thumbnail(self) -> bytes | None:
        """Its small picture, if it has one. Of a PDF it may still be drawn: then this waits.

        Raises Unwelcome when it can't be drawn: what can't be shown is not kept. So ask for it
        after the content was used and before it is promised to anybody.
        """
        return self.draw() or None

    def must_show(self) -> None:
        """Waits for its small picture, and raises Unwelcome when it can't be drawn."""
        self.draw()
