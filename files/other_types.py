"""What a file is when it is no picture and no PDF, or the word that helps when it is refused."""

from __future__ import annotations

from files import kinds, mail_reading, ole, text
from files.errors import Reason, Unwelcome
from files.kinds import FileType

_REFUSED = (
    (b"{\\rtf", Reason.RICH_TEXT),
    (b"{\\*\\", Reason.RICH_TEXT),
    (b"Rar!", Reason.ARCHIVE),
    (b"7z\xbc\xaf\x27\x1c", Reason.ARCHIVE),
    (b"\x1f\x8b", Reason.ARCHIVE),
)
# A text that begins like a message and is none, is a text.
_TEXTS = ("text/", "message/", "application/json", "application/csv")
_WEB_PAGES = frozenset({"text/html", "image/svg+xml", "text/xml", "application/xml"})


def other_type(data: bytes, said: str) -> FileType:
    """A document, a message or text; cleaning says which one. `said`: libmagic's opinion."""
    if data.startswith(ole.SIGNATURE):
        raise Unwelcome(ole.why_not(data))
    for begin, reason in _REFUSED:
        if data.startswith(begin):
            raise Unwelcome(reason)
    if data.startswith(b"PK\x03\x04"):
        return kinds.DOCX  # or another of its family
    if mail_reading.is_message(data):
        return kinds.EML
    if said in _WEB_PAGES:
        raise Unwelcome(Reason.WEB_PAGE)
    if not said.startswith(_TEXTS) and not _is_odd(said):
        raise Unwelcome(Reason.UNKNOWN)
    text.decoded(data)
    return kinds.TXT  # or a table


def _is_odd(said: str) -> bool:
    """libmagic's word for bytes of which it knows nothing: a short text in an old encoding."""
    return said in ("application/octet-stream", "application/x-wine-extension-ini")
