"""Drawings of Windows (EMF): written anew from the records that draw, each within its bounds.

A program that shows such a drawing carries out its records one by one, and trusts the numbers in
them. So only records that are known to draw stay, and what their numbers point at lies within each.
What speaks to a printer, holds a file or tells of the maker is left out: comments (where newer
drawings, PostScript and whole other drawings stand), escapes to drivers, colour profiles, OpenGL.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator

from files import bitmaps, limits

_HEADER, _EOF = 1, 14
_LEAST_HEADER = 88
_LAST = struct.pack("<5I", _EOF, 20, 0, 16, 20)  # without a palette
# What is made has a number, from 1 on; what stands ready in every reader has this bit.
_MAKES, _CALLS = frozenset({38, 39, 49, 82, 93, 94, 95}), frozenset({37, 40, 48})
_READY = 0x80000000
# What leaves something on the paper; all else says where and how.
_DRAWS = frozenset({
    *range(2, 9), 15, *range(41, 48), *range(53, 57), *range(62, 65), *range(71, 75),
    *range(76, 82), *range(83, 93), 108, 114, 116, 118,
})  # fmt: skip
# Records of one length (in bytes, the heading of 8 included).
_FIXED = {
    **dict.fromkeys((28, 52, 59, 60, 61, 65, 66, 68), 8),
    **dict.fromkeys((17, 18, 19, 20, 21, 22, 24, 25, 34, 37, 40, 48, 57, 58, 67), 12),
    **dict.fromkeys((9, 10, 11, 12, 13, 26, 27, 54, 120), 16),
    **dict.fromkeys((29, 30, 31, 32, 39, 42, 43, 53, 62, 63, 64), 24),
    **dict.fromkeys((45, 46, 47, 55), 40),
    15: 20, 23: 32, 33: 8, 35: 32, 36: 36, 38: 28, 41: 28, 44: 32, 51: 16, 115: 12,
}  # fmt: skip


class Broken(Exception):
    """It is no such drawing, or one of its records reaches out of its bounds."""


def is_emf(data: bytes) -> bool:
    """Whether it begins as one."""
    return data[:4] == b"\1\0\0\0" and data[40:44] == b" EMF"


def clean(data: bytes) -> bytes:
    """The drawing with nothing but what it draws. Raises Broken."""
    header, *rest = _records(data)
    (handles,) = struct.unpack_from("<H", header, 56)
    kept = [record for record in rest if _stays(record, handles)]
    if not any(_number(record, 0) in _DRAWS for record in kept):
        raise Broken("nothing that draws")  # all of it stood in comments
    kept.append(_LAST)
    written = bytearray(header[:_LEAST_HEADER])
    struct.pack_into("<I", written, 4, _LEAST_HEADER)
    # Length, records, handles, nothing reserved, no description, no palette.
    size = _LEAST_HEADER + sum(len(record) for record in kept)
    struct.pack_into("<2I2H3I", written, 48, size, len(kept) + 1, handles, 0, 0, 0, 0)
    return bytes(written) + b"".join(kept)


def _records(data: bytes) -> Iterator[bytes]:
    """The header and each record up to the end."""
    place = number = 0
    while True:
        if place + 8 > len(data) or number > limits.DRAWING_RECORDS:
            raise Broken("no end")
        kind, size = struct.unpack_from("<2I", data, place)
        if size < 8 or size % 4 or place + size > len(data):
            raise Broken("a record out of bounds")
        if (number == 0) != (kind == _HEADER) or (number == 0 and size < _LEAST_HEADER):
            raise Broken("no header, or another one")
        if kind == _EOF:
            return
        yield data[place : place + size]
        place, number = place + size, number + 1


def _stays(record: bytes, handles: int) -> bool:
    """Whether the record draws. Raises Broken when its numbers do not fit it."""
    kind = _number(record, 0)
    if kind in _FIXED:
        good = len(record) >= _FIXED[kind]
    elif kind in _FITS:
        try:
            good = _FITS[kind](record)
        except struct.error:
            good = False
    else:
        return False  # it speaks to a printer or a program, or nobody knows what it does
    if not (good and _calls_what_is_there(kind, record, handles)):
        raise Broken("numbers that do not fit")
    return True


def _calls_what_is_there(kind: int, record: bytes, handles: int) -> bool:
    if kind in _MAKES:
        return 0 < _number(record, 8) < handles
    return kind not in _CALLS or bool(_number(record, 8) & _READY) or _number(record, 8) < handles


def _number(record: bytes, place: int) -> int:
    return int(struct.unpack_from("<I", record, place)[0])


def _holds(record: bytes, start: int, count: int, each: int) -> bool:
    """Whether so many things fit in the record from there on."""
    return count <= limits.DRAWING_POINTS and start + count * each <= len(record)


def _points(each: int, start: int = 28, count_at: int = 24) -> Callable[[bytes], bool]:
    return lambda record: _holds(record, start, _number(record, count_at), each)


def _many_lines(each: int) -> Callable[[bytes], bool]:
    """Several lines in one record: how many points each has, then all points."""

    def fits(record: bytes) -> bool:
        lines, points = _number(record, 24), _number(record, 28)
        if not _holds(record, 32, lines, 4):
            return False
        counts = struct.unpack_from(f"<{lines}I", record, 32)
        return sum(counts) == points and _holds(record, 32 + 4 * lines, points, each)

    return fits


def _poly_draw(each: int) -> Callable[[bytes], bool]:
    return lambda record: _holds(record, 28, _number(record, 24), each + 1)


def _region(size_at: int, start: int) -> Callable[[bytes], bool]:
    """A shape made of rectangles: its heading of 32 bytes, then 16 for each."""

    def fits(record: bytes) -> bool:
        size = _number(record, size_at)
        if size == 0:
            return start <= len(record)
        if size < 32 or not _holds(record, start, size, 1) or _number(record, start) != 32:
            return False
        return _holds(record[: start + size], start + 32, _number(record, start + 8), 16)

    return fits


def _bitmap(*places: int) -> Callable[[bytes], bool]:
    """Where the numbers stand that say where a bitmap's heading and its points are."""

    def fits(record: bytes) -> bool:
        for at in places:
            heading, length, points, size = struct.unpack_from("<4I", record, at)
            if not (length or size):
                continue  # without a bitmap: it fills
            inside = heading + length <= len(record) and points + size <= len(record)
            if not inside or min(heading, points or heading) < at + 16:
                return False
            if not bitmaps.fits(record[heading : heading + length], size):
                return False
        return True

    return fits


def _words(each: int, start: int) -> Callable[[bytes], bool]:
    """Letters, and how far apart they stand."""

    def fits(record: bytes) -> bool:
        count, letters, flags = (_number(record, start + at) for at in (8, 12, 16))
        apart = _number(record, start + 36)
        pairs = 2 if flags & 0x2000 else 1  # distances downwards as well
        return (not count or (letters >= start + 24 and _holds(record, letters, count, each))) and (
            not apart or (apart >= start + 24 and _holds(record, apart, count, 4 * pairs))
        )

    return fits


def _small_words(record: bytes) -> bool:
    count, flags = _number(record, 16), _number(record, 20)
    start = 36 if flags & 0x100 else 52  # without or with a rectangle
    return _holds(record, start, count, 1 if flags & 0x200 else 2)


def _pen(record: bytes) -> bool:
    """A pen with a pattern of its own."""
    if _number(record, 16) or _number(record, 24):
        return _bitmap(12)(record)
    return _holds(record, 52, _number(record, 48), 4)


def _palette(record: bytes) -> bool:
    version, count = struct.unpack_from("<2H", record, 12)
    return version == 0x300 and _holds(record, 16, count, 4)


def _gradient(record: bytes) -> bool:
    corners, shapes, mode = struct.unpack_from("<3I", record, 24)
    each = 12 if mode == 2 else 8  # triangles or rectangles
    start = 36 + 16 * corners
    if mode > 2 or not _holds(record, 36, corners, 16) or not _holds(record, start, shapes, each):
        return False
    named = struct.unpack_from(f"<{shapes * each // 4}I", record, start)
    return all(corner < corners for corner in named)


_FITS: dict[int, Callable[[bytes], bool]] = {
    **dict.fromkeys((2, 3, 4, 5, 6), _points(8)),
    **dict.fromkeys((85, 86, 87, 88, 89), _points(4)),
    7: _many_lines(8), 8: _many_lines(8), 90: _many_lines(4), 91: _many_lines(4),
    56: _poly_draw(8), 92: _poly_draw(4),
    49: _palette,
    50: lambda record: _holds(record, 20, _number(record, 16), 4),
    71: _region(24, 32), 72: _region(24, 40), 73: _region(24, 28), 74: _region(24, 28),
    75: _region(8, 16),
    76: _bitmap(84), 77: _bitmap(84), 78: _bitmap(84, 112), 79: _bitmap(96, 124),
    80: _bitmap(48), 81: _bitmap(48), 114: _bitmap(84), 116: _bitmap(84),
    82: lambda record: 12 + 92 <= len(record) <= 12 + 92 + 4096,
    83: _words(1, 36), 84: _words(2, 36),
    93: _bitmap(16), 94: _bitmap(16),
    95: _pen,
    108: _small_words,
    118: _gradient,
}  # fmt: skip
