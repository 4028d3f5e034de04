"""Whether a bitmap inside a drawing of Windows is as large as it says."""

from __future__ import annotations

import struct

from files import limits

HEADING = 40
_HEADING = struct.Struct("<IiiHHIIiiII")
_UNPACKED, _WITH_MASKS = 0, 3  # packed ones (run lengths, JPEG, PNG) are unpacked by each reader
_BITS = (1, 4, 8, 16, 24, 32)
_MASKS = 12


def sizes(heading: bytes) -> tuple[int, int] | None:
    """How long the heading with its colours is, and the points; None for what nobody shows."""
    if len(heading) < HEADING:
        return None
    length, wide, high, planes, bits, how, _size, _x, _y, colours, _important = (
        _HEADING.unpack_from(heading)
    )
    if length != HEADING or planes != 1 or bits not in _BITS:
        return None
    if how not in (_UNPACKED, _WITH_MASKS) or (how == _WITH_MASKS and bits not in (16, 32)):
        return None
    if not 0 < wide * abs(high) <= limits.PICTURE_PIXELS or wide < 0:
        return None
    if colours > 2 ** min(bits, 8):
        return None
    table = colours or (2**bits if bits <= 8 else 0)
    before = HEADING + 4 * table + (_MASKS if how == _WITH_MASKS else 0)
    return before, (wide * bits + 31) // 32 * 4 * abs(high)


def fits(heading: bytes, points: int) -> bool:
    """Whether there are colours and points enough for what the heading says."""
    found = sizes(heading)
    return found is not None and found[0] <= len(heading) and found[1] <= points


def fits_in_one(bitmap: bytes) -> bool:
    """The same where the points follow the heading at once."""
    found = sizes(bitmap)
    return found is not None and sum(found) <= len(bitmap)
