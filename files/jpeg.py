"""A JPEG without what can't be seen, its picture untouched: for photographs inside other files."""

from __future__ import annotations

from files.changes import Change

_START, _END, _SCAN = 0xD8, 0xD9, 0xDA
_ALONE = {0x01, *range(0xD0, 0xD8)}  # markers without a length
# What decides how the points look: JFIF, the colour profile, Adobe's word on the colours.
_KEPT_APPS = {0xE0, 0xE2, 0xEE}
_COMMENT = 0xFE
_TELLS_NOTHING = {0xE0}


def without_metadata(jpeg: bytes) -> tuple[bytes, set[Change]]:
    """The same picture without EXIF, XMP, comments, thumbnails or anything behind its end."""
    kept, changes = [jpeg[:2]], set()
    if jpeg[:2] != b"\xff\xd8":
        return jpeg, set()
    at = 2
    while at + 4 <= len(jpeg) and jpeg[at] == 0xFF:
        marker = jpeg[at + 1]
        if marker == 0xFF:  # filling
            at += 1
            continue
        if marker in _ALONE or marker == _END:
            kept.append(jpeg[at : at + 2])
            at += 2
            continue
        length = int.from_bytes(jpeg[at + 2 : at + 4])
        segment = jpeg[at : at + 2 + length]
        at += 2 + length
        if marker == _SCAN:
            end = jpeg.rfind(b"\xff\xd9")
            behind = end + 2 if end >= at else len(jpeg)
            kept += [segment, jpeg[at:behind]]
            break
        hidden = _hidden(marker, segment)
        if hidden is None:
            kept.append(segment)
        else:
            changes |= hidden
    return b"".join(kept), changes


def _hidden(marker: int, segment: bytes) -> set[Change] | None:
    """What a segment tells that can't be seen; None for a segment that belongs to the picture."""
    if marker == 0xE2 and not segment[4:].startswith(b"ICC_PROFILE\0"):
        return set()  # further pictures, previews
    if marker == 0xE0 and not segment[4:].startswith(b"JFIF\0"):
        return set()  # thumbnails
    if marker in _KEPT_APPS or not (0xE0 <= marker <= 0xEF or marker == _COMMENT):
        return None
    found = {Change.METADATA_REMOVED}
    if b"GPSLatitude" in segment or (segment[4:].startswith(b"Exif\0") and _gps(segment)):
        found.add(Change.LOCATION_REMOVED)
    return found


def _gps(segment: bytes) -> bool:
    """The first directory of the EXIF data names one with a place (tag 0x8825)."""
    return b"\x88\x25\x00\x04" in segment or b"\x25\x88\x04\x00" in segment
