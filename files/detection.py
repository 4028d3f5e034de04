"""What a file is, by its content: two opinions that must agree. Runs inside the sandbox."""

from __future__ import annotations

from collections.abc import Callable

import magic

from files import kinds
from files.errors import Reason, Unwelcome
from files.kinds import FileType
from files.other_types import other_type

LOOKED_AT = 256 * 1024
_LIBMAGIC = magic.Magic(mime=True)
_HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}


def begins_as_pdf(data: bytes) -> bool:
    """Whether it is a PDF from its first byte, or nothing at all."""
    return data.startswith(b"%PDF-")


def _is_heic(data: bytes) -> bool:
    return data[4:8] == b"ftyp" and data[8:12] in _HEIF_BRANDS


def _is_webp(data: bytes) -> bool:
    return data[:4] == b"RIFF" and data[8:12] == b"WEBP"


# Our own opinion: what stands at the very first byte. A file that begins as something else and
# holds this further on is something else.
_BEGINS: tuple[tuple[FileType, Callable[[bytes], bool]], ...] = (
    (kinds.PDF, begins_as_pdf),
    (kinds.JPEG, lambda data: data.startswith(b"\xff\xd8\xff")),
    (kinds.PNG, lambda data: data.startswith(b"\x89PNG\r\n\x1a\n")),
    (kinds.WEBP, _is_webp),
    (kinds.GIF, lambda data: data.startswith((b"GIF87a", b"GIF89a"))),
    (kinds.TIFF, lambda data: data.startswith((b"II*\0", b"MM\0*"))),
    (kinds.HEIC, _is_heic),
)
# libmagic's names for what we know by another.
_SAME = {
    "image/heif": "image/heic",
    "image/apng": "image/png",
    "image/vnd.mozilla.apng": "image/png",
}


def file_type(data: bytes) -> FileType:
    """The accepted type these bytes are, or Unwelcome."""
    mine = next((known for known, begins in _BEGINS if begins(data)), None)
    theirs = _LIBMAGIC.from_buffer(data[:LOOKED_AT])
    if mine is None:
        return other_type(data, theirs)
    if _SAME.get(theirs, theirs) != mine.media_type:
        raise Unwelcome(Reason.UNKNOWN)
    return mine
