"""A JPEG without what can't be seen, its picture untouched: for photographs inside other files."""

from __future__ import annotations

import re
from collections.abc import Iterator

from files.changes import Change

_END, _SCAN, _COMMENT = 0xD9, 0xDA, 0xFE
_ALONE = {0x01, *range(0xD0, 0xD9)}  # markers without a length
_APPS = range(0xE0, 0xF0)
_MAY_TELL = {_COMMENT, *_APPS}
# In the data of a scan, 0xFF stands for itself before a zero and marks a restart before these.
_NEXT_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")


def without_metadata(jpeg: bytes) -> tuple[bytes, set[Change]]:
    """The same picture without EXIF, XMP, comments, thumbnails or anything behind its end."""
    kept, changes, _end = up_to_its_end(jpeg)
    return (jpeg, set()) if kept is None else (kept, changes)


def up_to_its_end(jpeg: bytes) -> tuple[bytes | None, set[Change], int]:
    """The same where something else stands behind it, and where it ends; None if it does not."""
    kept: list[tuple[int, int]] = [(0, 2)]
    changes: set[Change] = set()
    for marker, start, end in _pieces(jpeg):
        hidden = _hidden(marker, jpeg[start:end]) if marker in _MAY_TELL else None
        if hidden is not None:
            changes |= hidden
        elif kept[-1][1] == start:
            kept[-1] = (kept[-1][0], end)
        else:
            kept.append((start, end))
        if marker == _END:
            return b"".join([jpeg[start:end] for start, end in kept]), changes, end
    return None, set(), 0  # no whole JPEG: what it is, nobody can say


def _pieces(jpeg: bytes) -> Iterator[tuple[int, int, int]]:
    """Each marker, where it begins and ends; a scan with its data. Until it makes no sense."""
    at = 2
    while at + 2 <= len(jpeg) and jpeg.startswith(b"\xff\xd8") and jpeg[at] == 0xFF:
        marker = jpeg[at + 1]
        if marker == 0xFF:  # filling
            at += 1
            continue
        end = at + 2
        if marker not in _ALONE and marker != _END:
            end += int.from_bytes(jpeg[at + 2 : at + 4])
        if marker == _SCAN:
            found = _NEXT_MARKER.search(jpeg, end)
            end = found.start() if found else len(jpeg)
        yield marker, at, end
        at = end


def _hidden(marker: int, piece: bytes) -> set[Change] | None:
    """What a piece tells that can't be seen; None if it belongs to the picture."""
    said = piece[4:]
    if marker == _COMMENT:
        return {Change.METADATA_REMOVED}
    if marker not in _APPS or marker == 0xEE:  # 0xEE: Adobe's word on the colours
        return None
    if marker == 0xE0:
        return None if said.startswith(b"JFIF\0") else set()  # else: a thumbnail
    if marker == 0xE2:
        return None if said.startswith(b"ICC_PROFILE\0") else set()  # else: more pictures
    found = {Change.METADATA_REMOVED}
    # The EXIF directory names one with a place (tag 0x8825), in either order of bytes.
    if any(sign in said for sign in (b"GPSLatitude", b"\x88\x25\0\4", b"\x25\x88\4\0")):
        found.add(Change.LOCATION_REMOVED)
    return found
