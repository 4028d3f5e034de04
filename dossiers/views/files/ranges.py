"""Which bytes a request asks for (RFC 9110, section 14): one range, or everything."""

from __future__ import annotations

import re
from dataclasses import dataclass

_ONE_RANGE = re.compile(r"\s*bytes\s*=\s*(\d{0,18})\s*-\s*(\d{0,18})\s*", re.ASCII | re.IGNORECASE)


class NotThere(ValueError):
    """The range lies past the end: 416."""


@dataclass(frozen=True)
class Span:
    """From `start` up to `stop`, of `size` bytes."""

    start: int
    stop: int
    size: int

    @property
    def content_range(self) -> str:
        """The header that says which part this is."""
        return f"bytes {self.start}-{self.stop - 1}/{self.size}"


def asked_range(header: str, size: int) -> Span | None:
    """The range asked for; none when there is no range, several, or one that says nothing.

    Raises NotThere when it lies past the end.
    """
    found = _ONE_RANGE.fullmatch(header)
    if found is None:
        return None
    first, last = found[1], found[2]
    if not first and not last:
        return None
    if first and last and int(last) < int(first):
        return None
    if first:
        start, stop = int(first), min(int(last) + 1, size) if last else size
    else:
        start, stop = max(size - int(last), 0), size
    if start >= stop:
        raise NotThere
    return Span(start, stop, size)
