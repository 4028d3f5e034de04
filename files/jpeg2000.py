"""A JPEG 2000 picture without what can't be seen, for those inside a PDF."""

from __future__ import annotations

from files.changes import Change

_SIGNATURE = b"\0\0\0\x0cjP  \r\n\x87\n"
# The signature, the type, how the points look, and the points.
_KEPT = {b"jP  ", b"ftyp", b"jp2h", b"jp2c"}
_HEAD, _LONG_HEAD = 8, 16


def without_metadata(jp2: bytes) -> tuple[bytes, set[Change]]:
    """The same picture without EXIF, XMP, XML or what else stands beside it."""
    if not jp2.startswith(_SIGNATURE):
        return jp2, set()  # the points alone
    kept, changes, at = [], set(), 0
    while at + _HEAD <= len(jp2):
        size, name = int.from_bytes(jp2[at : at + 4]), jp2[at + 4 : at + 8]
        if size == 1:
            size = int.from_bytes(jp2[at + 8 : at + _LONG_HEAD])
        end = len(jp2) if size == 0 else at + size
        if size and size < _HEAD:
            return jp2, set()  # no whole JPEG 2000
        if name in _KEPT:
            kept.append(jp2[at:end])
        elif name in {b"uuid", b"xml "}:
            changes.add(Change.METADATA_REMOVED)
        at = end
    return b"".join(kept), changes
