"""Photographs that stand in the middle of a page's drawing (BI ... ID ... EI): without metadata."""

from __future__ import annotations

import base64
import re
import zlib

from files import jpeg, limits
from files.changes import Change
from files.errors import Reason, Unwelcome

SIGN = b"/DCT"  # a photograph's filter, by its short name or its long one
_NEAR = 4096  # a picture's own words are few
_LONGEST = 8 * limits.MEGABYTE  # large ones stand by themselves, that is what readers can do
_BEGINS = re.compile(rb"(?<![^\s\0])BI(?=[\s\0/])")
_DATA = re.compile(rb"[\s\0/>\]]ID[\s\0]")
_FILTERS = re.compile(rb"/(?:F|Filter)[\s\0]*(\[[^\]]*\]|/\w+)")
_LENGTH = re.compile(rb"/(?:L|Length)[\s\0]+\d+")
_NAME = re.compile(rb"/(\w+)")
_PHOTOGRAPHS = (b"DCT", b"DCTDecode")


def without_metadata(content: bytes) -> tuple[bytes, set[Change]]:
    """The same drawing; what is no whole photograph stays as it is.

    Raises Unwelcome when there are more than any page has: each is looked for around its place.
    """
    if content.count(SIGN) > limits.PDF_PICTURES_IN_LINE:
        raise Unwelcome(Reason.UNPACKS_TOO_LARGE)
    kept: list[bytes] = []
    changes: set[Change] = set()
    done, at = 0, content.find(SIGN)
    while at >= 0:
        picture = _picture(content, done, at)
        if picture is not None:
            before, end, told = picture
            kept.append(before)
            changes |= told
            done = end
        at = content.find(SIGN, max(done, at + 1))
    return (b"".join([*kept, content[done:]]), changes) if kept else (content, set())


def _picture(content: bytes, done: int, at: int) -> tuple[bytes, int, set[Change]] | None:
    """What stands from `done` to the end of the photograph named at `at`, cleaned; and that end."""
    begins = [found.start() for found in _BEGINS.finditer(content, max(done, at - _NEAR), at)]
    data = _DATA.search(content, at, at + _NEAR)
    if not begins or data is None:
        return None
    begin, start = begins[-1], data.end()
    words = content[begin : data.start() + 1]
    named = _FILTERS.search(words)
    names = _NAME.findall(named[1]) if named else []
    if named is None or not names or names[-1] not in _PHOTOGRAPHS:
        return None
    found = _unwrapped(content, start, names[:-1])
    if found is None:
        return None
    photograph, length = found
    cleaned, changes, end = jpeg.up_to_its_end(photograph)
    if cleaned is None or cleaned == photograph[:end]:
        return None
    plain = words[: named.start()] + b"/F/DCT" + words[named.end() :]
    written = _LENGTH.sub(b"", plain) + b"ID " + cleaned + b"\n"
    return content[done:begin] + written, start + (length or end), changes


def _unwrapped(content: bytes, start: int, wrapped: list[bytes]) -> tuple[bytes, int] | None:
    """The photograph without what it is packed in, and how long it was packed: 0 if it was not."""
    packed = content[start : start + _LONGEST]
    if not wrapped:
        return packed, 0
    if len(wrapped) > 1:
        return None  # nobody packs it twice
    try:
        return _UNWRAP[wrapped[0]](packed)
    except (KeyError, ValueError, zlib.error):
        return None


def _from_letters(packed: bytes) -> tuple[bytes, int]:
    end = packed.index(b"~>")
    return base64.a85decode(packed[:end], ignorechars=b" \t\n\r\v\f\0"), end + 2


def _from_digits(packed: bytes) -> tuple[bytes, int]:
    end = packed.index(b">")
    return bytes.fromhex(packed[:end].decode("ascii")), end + 1


def _inflated(packed: bytes) -> tuple[bytes, int]:
    unpacking = zlib.decompressobj()
    whole = unpacking.decompress(packed, 64 * 1024 * 1024)
    return whole, len(packed) - len(unpacking.unused_data)


_UNWRAP = {
    b"A85": _from_letters,
    b"ASCII85Decode": _from_letters,
    b"AHx": _from_digits,
    b"ASCIIHexDecode": _from_digits,
    b"Fl": _inflated,
    b"FlateDecode": _inflated,
}
