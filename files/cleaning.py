"""The one job that takes a file in: what is it, make it harmless, draw a thumbnail.

Runs inside the sandbox. A room mate that cleans another kind adds it to CLEANERS.
"""

from __future__ import annotations

from collections.abc import Callable

from files import detection, limits, mail_reading, office, pictures, text
from files.errors import Reason, Unwelcome
from files.forkserver import Given
from files.kinds import FileType, Kind
from files.pdfs import cleaning as pdfs
from files.results import Cleaned

CLEANERS: dict[Kind, Callable[[bytes, FileType], Cleaned]] = {
    Kind.PICTURE: pictures.clean,
    Kind.OFFICE: office.clean,
    Kind.TEXT: text.clean,
    Kind.MAIL: mail_reading.clean,
}


def clean(sent: memoryview) -> Given:
    """The file made harmless: facts about it, its bytes and, if it has one, its thumbnail.

    That of a PDF is drawn when the cleaned bytes have left: what its pictures and fonts do to the
    program that draws it can no longer change them.
    """
    cleaned = _cleaned(sent)
    if len(cleaned.data) > limits.FILE_BYTES:
        raise Unwelcome(Reason.TOO_LARGE_CLEANED)
    facts = {
        "media_type": cleaned.file_type.media_type,
        "pages": cleaned.pages,
        "changes": sorted(cleaned.changes),
    }
    draw = cleaned.thumbnail
    if callable(draw):
        return facts, [cleaned.data], lambda: [draw() or b""]
    return facts, [cleaned.data, draw or b""]


def _cleaned(sent: memoryview) -> Cleaned:
    """A large PDF is read where it stands, whatever else is small or unpacked anyway."""
    head = bytes(sent[: detection.LOOKED_AT])
    if detection.begins_as_pdf(head):
        return pdfs.clean(sent, detection.file_type(head))
    data = bytes(sent)
    file_type = detection.file_type(data)
    return CLEANERS[file_type.kind](data, file_type)
