"""Drawings of old Windows (WMF): written anew from the records that draw, each within its bounds.

Like files/emf.py. The escapes among its records can carry a program that Windows once ran, so they
go. What is made is called by its number in order: so a record that makes something must be good, or
the whole drawing is not taken.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator

from files import bitmaps, limits

_PLACE, _HEADER = struct.Struct("<IH4hHIH"), struct.Struct("<3HIHIH")
_KEY = 0x9AC6CDD7
_EOF, _MAKES_PATTERN, _MAKES_REGION = 0x0000, 0x01F9, 0x06FF
# Records without more than numbers: how many bytes of them at least.
_NUMBERS = {
    **dict.fromkeys((0x001E, 0x0035), 0),
    **dict.fromkeys(
        (
            *(0x0102, 0x0103, 0x0104, 0x0105, 0x0106, 0x0107, 0x0108, 0x0127, 0x0139, 0x0149),
            *(0x012E, 0x0234, 0x012A, 0x012B, 0x012C, 0x012D, 0x01F0),
        ),
        2,
    ),
    **dict.fromkeys(
        (
            *(0x0201, 0x0209, 0x020A, 0x020B, 0x020C, 0x020D, 0x020E, 0x020F, 0x0211, 0x0213),
            *(0x0214, 0x0220, 0x0228, 0x0231),
        ),
        4,
    ),
    **dict.fromkeys(
        (0x0410, 0x0412, 0x0415, 0x0416, 0x0418, 0x0419, 0x041B, 0x041F, 0x0429, 0x02FC), 8
    ),
    **dict.fromkeys((0x0548, 0x02FA), 10),
    **dict.fromkeys((0x061C, 0x061D), 12),
    **dict.fromkeys((0x0817, 0x081A, 0x0830), 16),
    0x02FB: 18,
}  # fmt: skip


class Broken(Exception):
    """It is no such drawing, or one of its records reaches out of its bounds."""


def is_wmf(data: bytes) -> bool:
    """Whether it begins as one."""
    return data[:4] == _KEY.to_bytes(4, "little")


def clean(data: bytes) -> bytes:
    """The drawing with nothing but what it draws. Raises Broken."""
    try:
        return _clean(data)
    except struct.error:
        raise Broken("cut off") from None


def _clean(data: bytes) -> bytes:
    _key, _handle, left, top, right, bottom, inch, *_ = _PLACE.unpack_from(data)
    kind, words, version, _size, objects, _longest, _ = _HEADER.unpack_from(data, _PLACE.size)
    if kind not in (1, 2) or words != _HEADER.size // 2 or not inch:
        raise Broken("no header")
    kept = [record for record in _records(data) if _stays(record)]
    longest = max(len(record) for record in kept) // 2
    size = (_HEADER.size + sum(len(record) for record in kept)) // 2
    place = struct.pack("<IH4hHI", _KEY, 0, left, top, right, bottom, inch, 0)
    check = 0
    for (word,) in struct.iter_unpack("<H", place):
        check ^= word
    header = _HEADER.pack(1, words, version, size, objects, longest, 0)
    return b"".join((place, struct.pack("<H", check), header, *kept))


def _records(data: bytes) -> Iterator[bytes]:
    place = _PLACE.size + _HEADER.size
    for _ in range(limits.DRAWING_RECORDS):
        words, what = struct.unpack_from("<IH", data, place)
        if words < 3 or place + 2 * words > len(data):
            raise Broken("a record out of bounds")
        if what == _EOF:
            yield struct.pack("<IH", 3, _EOF)
            return
        yield data[place : place + 2 * words]
        place += 2 * words
    raise Broken("no end")


def _stays(record: bytes) -> bool:
    """Whether the record draws. Raises Broken when its numbers do not fit it."""
    words, what = struct.unpack_from("<IH", record)
    said = record[6:]
    if what == _EOF:
        return True
    if what in (_MAKES_PATTERN, _MAKES_REGION):
        raise Broken("made in a way that nobody needs")
    if what in _NUMBERS:
        good = len(said) >= _NUMBERS[what]
    elif what in _FITS:
        good = _is_without_bitmap(what, words) or _FITS[what](said)
    else:
        return False
    if not good:
        raise Broken("numbers that do not fit")
    return True


def _is_without_bitmap(what: int, words: int) -> bool:
    """These two can also fill a place; then they are one word longer than their name says."""
    return what in (0x0940, 0x0B41) and words == (what >> 8) + 3


def _number(said: bytes, place: int) -> int:
    return int(struct.unpack_from("<H", said, place)[0])


def _even(size: int) -> int:
    return size + size % 2


def _points(said: bytes) -> bool:
    return 2 + 4 * _number(said, 0) <= len(said)


def _many_lines(said: bytes) -> bool:
    lines = _number(said, 0)
    counts: tuple[int, ...] = struct.unpack_from(f"<{lines}H", said, 2)
    return 2 + 2 * lines + 4 * sum(counts) <= len(said)


def _words(said: bytes) -> bool:
    return 2 + _even(_number(said, 0)) + 4 <= len(said)


def _words_with_more(said: bytes) -> bool:
    """Letters, and how far apart they stand if that is said."""
    count = _number(said, 4)
    start = 16 if _number(said, 6) & 0x6 else 8  # with or without a rectangle
    left = len(said) - start - _even(count)
    return left >= 0 and (left < 2 or left >= 2 * count)


def _palette(said: bytes) -> bool:
    return 4 + 4 * _number(said, 2) <= len(said)


def _bitmap(start: int) -> Callable[[bytes], bool]:
    return lambda said: bitmaps.fits_in_one(said[start:])


_FITS: dict[int, Callable[[bytes], bool]] = {
    0x0324: _points, 0x0325: _points, 0x0538: _many_lines,
    0x0521: _words, 0x0A32: _words_with_more,
    0x00F7: _palette, 0x0037: _palette, 0x0436: _palette,
    0x0142: _bitmap(4), 0x0940: _bitmap(16), 0x0B41: _bitmap(20), 0x0D33: _bitmap(18),
    0x0F43: _bitmap(22),
}  # fmt: skip
