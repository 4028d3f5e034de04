"""The kinds of file that are accepted, and what each may be called."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """How a file is treated: cleaned, shown, offered for download."""

    PDF = "pdf"
    PICTURE = "picture"
    OFFICE = "office"
    TEXT = "text"
    MAIL = "mail"


@dataclass(frozen=True)
class FileType:
    """One type of file, known by its content."""

    kind: Kind
    name: str  # as people call it, in every language
    media_type: str
    extension: str
    also: tuple[str, ...] = ()  # other extensions people give it


PDF = FileType(Kind.PDF, "PDF", "application/pdf", "pdf")
JPEG = FileType(Kind.PICTURE, "JPEG", "image/jpeg", "jpg", ("jpeg", "jpe", "jfif"))
PNG = FileType(Kind.PICTURE, "PNG", "image/png", "png", ("apng",))
WEBP = FileType(Kind.PICTURE, "WebP", "image/webp", "webp")
GIF = FileType(Kind.PICTURE, "GIF", "image/gif", "gif")
TIFF = FileType(Kind.PICTURE, "TIFF", "image/tiff", "tif", ("tiff",))
HEIC = FileType(Kind.PICTURE, "HEIC", "image/heic", "heic", ("heif", "hif"))
_OOXML = "application/vnd.openxmlformats-officedocument."
_ODF = "application/vnd.oasis.opendocument."
DOCX = FileType(Kind.OFFICE, "Word", f"{_OOXML}wordprocessingml.document", "docx")
XLSX = FileType(Kind.OFFICE, "Excel", f"{_OOXML}spreadsheetml.sheet", "xlsx")
PPTX = FileType(Kind.OFFICE, "PowerPoint", f"{_OOXML}presentationml.presentation", "pptx")
ODT = FileType(Kind.OFFICE, "ODT", f"{_ODF}text", "odt")
ODS = FileType(Kind.OFFICE, "ODS", f"{_ODF}spreadsheet", "ods")
ODP = FileType(Kind.OFFICE, "ODP", f"{_ODF}presentation", "odp")
ODG = FileType(Kind.OFFICE, "ODG", f"{_ODF}graphics", "odg")
TXT = FileType(Kind.TEXT, "TXT", "text/plain", "txt", ("text", "md", "markdown", "log"))
CSV = FileType(Kind.TEXT, "CSV", "text/csv", "csv", ("tsv",))
EML = FileType(Kind.MAIL, "EML", "message/rfc822", "eml")

# In the order in which people are told.
FILE_TYPES: tuple[FileType, ...] = (
    *(PDF, JPEG, PNG, WEBP, GIF, TIFF, HEIC),
    *(DOCX, XLSX, PPTX, ODT, ODS, ODP, ODG),
    *(TXT, CSV, EML),
)
BY_MEDIA_TYPE = {file_type.media_type: file_type for file_type in FILE_TYPES}

_SHOWN_PAGE_BY_PAGE = frozenset({Kind.PDF, Kind.PICTURE})


def accepted() -> str:
    """What can be sent, as people call it."""
    return ", ".join(file_type.name for file_type in FILE_TYPES)


def has_pages_to_show(kind: Kind) -> bool:
    """`previews.page_picture` can draw it."""
    return kind in _SHOWN_PAGE_BY_PAGE


def known_extensions() -> frozenset[str]:
    """Every extension that belongs to an accepted type."""
    return frozenset(e for t in FILE_TYPES for e in (t.extension, *t.also))
