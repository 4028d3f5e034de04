"""What a file is when it is no picture and no PDF, or the word that helps when it is refused."""

from __future__ import annotations

from files import kinds, ole
from files.errors import Reason, Unwelcome
from files.kinds import FileType

_REFUSED = (
    (b"{\\rtf", Reason.RICH_TEXT),
    (b"{\\*\\", Reason.RICH_TEXT),
    (b"Rar!", Reason.ARCHIVE),
    (b"7z\xbc\xaf\x27\x1c", Reason.ARCHIVE),
    (b"\x1f\x8b", Reason.ARCHIVE),
)


def other_type(data: bytes) -> FileType:
    """A document, by what stands at its very first byte; cleaning says which one."""
    if data.startswith(ole.SIGNATURE):
        raise Unwelcome(ole.why_not(data))
    for begin, reason in _REFUSED:
        if data.startswith(begin):
            raise Unwelcome(reason)
    if data.startswith(b"PK\x03\x04"):
        return kinds.DOCX  # or another of its family
    raise Unwelcome(Reason.UNKNOWN)
