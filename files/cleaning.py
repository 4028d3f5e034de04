"""The one job that takes a file in: what is it, make it harmless, draw a thumbnail.

Runs inside the sandbox. A room mate that cleans another kind adds it to CLEANERS.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from files import detection, limits, mail_reading, office, pictures, text
from files.errors import Reason, Unwelcome
from files.kinds import FileType, Kind
from files.pdfs import cleaning as pdfs
from files.results import Cleaned

CLEANERS: dict[Kind, Callable[[bytes, FileType], Cleaned]] = {
    Kind.PDF: pdfs.clean,
    Kind.PICTURE: pictures.clean,
    Kind.OFFICE: office.clean,
    Kind.TEXT: text.clean,
    Kind.MAIL: mail_reading.clean,
}


def clean(data: bytes) -> tuple[dict[str, Any], list[bytes]]:
    """The file made harmless: facts about it, its bytes and, if it has one, its thumbnail."""
    file_type = detection.file_type(data)
    cleaned = CLEANERS[file_type.kind](data, file_type)
    if len(cleaned.data) > limits.FILE_BYTES:
        raise Unwelcome(Reason.TOO_LARGE_CLEANED)
    facts = {
        "media_type": cleaned.file_type.media_type,
        "pages": cleaned.pages,
        "changes": sorted(cleaned.changes),
    }
    return facts, [cleaned.data, cleaned.thumbnail or b""]
