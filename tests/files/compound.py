"""Compound files (the form of old Office), written by the tests: as small as they can be."""

import struct

_SECTOR = 512
_END, _FREE, _FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
_NO = 0xFFFFFFFF


def compound(streams: dict[str, bytes]) -> bytes:
    """A file with these streams, all in its root; each at least 4096 bytes, so no small ones."""
    sectors: list[bytes] = []
    fat: list[int] = []

    def put(data: bytes) -> int:
        start = len(sectors)
        count = max(1, -(-len(data) // _SECTOR))
        for number in range(count):
            sectors.append(data[number * _SECTOR : (number + 1) * _SECTOR].ljust(_SECTOR, b"\0"))
            fat.append(start + number + 1 if number + 1 < count else _END)
        return start

    entries = [_entry("Root Entry", 5, _NO, 1 if streams else _NO, _END, 0)]
    padded = {name: data.ljust(4096, b"\0") for name, data in streams.items()}
    for number, (name, data) in enumerate(padded.items(), start=1):
        following = number + 1 if number < len(streams) else _NO
        entries.append(_entry(name, 2, following, _NO, put(data), len(data)))
    while len(entries) % 4:
        entries.append(_entry("", 0, _NO, _NO, 0, 0))
    directory = put(b"".join(entries))
    fat_at = len(sectors)
    fat.append(_FAT)
    table = struct.pack(f"<{len(fat)}L", *fat).ljust(_SECTOR, b"\xff")
    assert len(table) == _SECTOR, "one sector of the table is enough here"
    sectors.append(table)
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    head += struct.pack("<5H6x", 0x3E, 3, 0xFFFE, 9, 6)
    head += struct.pack("<9L", 0, 1, directory, 0, 4096, _END, 0, _END, 0)
    head += struct.pack("<109L", fat_at, *[_FREE] * 108)
    return head + b"".join(sectors)


def _entry(name: str, kind: int, right: int, child: int, start: int, size: int) -> bytes:
    raw = (name + "\0").encode("utf-16-le") if name else b""
    return (
        raw.ljust(64, b"\0")
        + struct.pack("<HBB3L", len(raw), kind, 1, _NO, right, child)
        + bytes(36)
        + struct.pack("<LQ", start, size)
    )
