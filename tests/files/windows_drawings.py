"""Drawings of Windows (EMF, WMF), made record by record."""

import struct
from collections.abc import Sequence

BOUNDS = struct.pack("<4i", 0, 0, 100, 100)
NOWHERE = bytes(16)


def emf_record(kind: int, said: bytes = b"") -> bytes:
    said += bytes(-len(said) % 4)
    return struct.pack("<2I", kind, 8 + len(said)) + said


def bitmap(wide: int = 2, high: int = 2, *, how: int = 0, points: bytes | None = None) -> bytes:
    heading = struct.pack("<IiiHHIIiiII", 40, wide, high, 1, 24, how, 0, 0, 0, 0, 0)
    return heading + (bytes((wide * 3 + 3) // 4 * 4 * abs(high)) if points is None else points)


def emf_bitmap(heading_at: int = 80, points_at: int = 120, size: int = 16, **options) -> bytes:
    numbers = struct.pack("<4I", heading_at, 40, points_at, size)
    where = struct.pack("<6i", 0, 0, 0, 0, 2, 2)
    last = struct.pack("<2I2i", 0, 0xCC0020, 100, 100)
    return emf_record(81, BOUNDS + where + numbers + last + bitmap(**options))


def emf_words(text: str, *, letters_at: int = 76, count: int | None = None) -> bytes:
    coded = text.encode("utf-16-le")
    said = struct.pack(
        "<Iff2i3I", 1, 1, 1, 5, 5, len(text) if count is None else count, letters_at, 0
    )
    return emf_record(84, BOUNDS + said + NOWHERE + struct.pack("<I", 0) + coded)


def emf_line(count: int = 2, *, points: int = 2) -> bytes:
    return emf_record(4, BOUNDS + struct.pack("<I", count) + bytes(8 * points))


RECTANGLE = emf_record(43, BOUNDS)
PEN = emf_record(38, struct.pack("<2I2iI", 1, 0, 1, 0, 0xFF))
SELECT = emf_record(37, struct.pack("<I", 1))


def emf(*records: bytes, description: str = "", handles: int = 2, end: bool = True) -> bytes:
    """A whole drawing; the description stands behind the header, as programs write it."""
    told = description.encode("utf-16-le")
    told += bytes(-len(told) % 4)
    last = struct.pack("<5I", 14, 20, 0, 16, 20) if end else b""
    size = 88 + len(told) + sum(map(len, records)) + len(last)
    header = struct.pack("<2I", 1, 88 + len(told)) + BOUNDS + BOUNDS + b" EMF"
    header += struct.pack("<3I2H", 0x10000, size, len(records) + 2, handles, 0)
    header += struct.pack("<3I", len(description), 88 if told else 0, 0) + bytes(16)
    return header + told + b"".join(records) + last


def wmf_record(what: int, said: bytes = b"") -> bytes:
    said += bytes(len(said) % 2)
    return struct.pack("<IH", 3 + len(said) // 2, what) + said


WMF_RECTANGLE = wmf_record(0x041B, bytes(8))


def wmf(*records: bytes, end: bool = True, words: int = 9) -> bytes:
    all_of_it: Sequence[bytes] = (*records, wmf_record(0)) if end else records
    size = 9 + sum(len(record) for record in all_of_it) // 2
    place = struct.pack("<IH4hHI", 0x9AC6CDD7, 0, 0, 0, 100, 100, 96, 0)
    check = 0
    for (word,) in struct.iter_unpack("<H", place):
        check ^= word
    header = struct.pack("<3HIHIH", 1, words, 0x300, size, 2, 20, 0)
    return place + struct.pack("<H", check) + header + b"".join(all_of_it)
