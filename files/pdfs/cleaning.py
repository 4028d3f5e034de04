"""A PDF rewritten: what can be read stays, what acts by itself or tells of its maker goes.

The file is written anew from the objects its last revision can reach. So older revisions,
objects nobody points at, and whatever stood before, between or behind them are gone.
"""

from __future__ import annotations

import io
import os
import zipfile
from typing import Any

import pikepdf
from pikepdf import settings

from files import limits
from files.changes import Change
from files.errors import Reason, Unwelcome
from files.kinds import FileType
from files.pdfs import catalog, streams
from files.pdfs.drawing import thumbnail
from files.pdfs.walking import Walk
from files.results import Cleaned

settings.set_qpdf_limits(
    flate_max_memory=limits.PDF_STREAM_BYTES,
    run_length_max_memory=limits.PDF_STREAM_BYTES,
    png_max_memory=limits.PDF_STREAM_BYTES,
    tiff_max_memory=limits.PDF_STREAM_BYTES,
    dct_max_memory=limits.PDF_STREAM_BYTES,
    doc_max_warnings=limits.PDF_WARNINGS,
)

# Where the last line of a PDF is looked for, whatever stands behind it.
_END_BYTES = 64 * 1024


def _at_hand(fresh: pikepdf.Pdf) -> None:
    """Lets qpdf open the random device, which it needs to read what is encrypted.

    Done when the sandbox starts: later nothing can be opened any more.
    """
    fresh.add_blank_page()
    fresh.save(io.BytesIO(), encryption=pikepdf.Encryption(owner="a", user=""))


_at_hand(pikepdf.Pdf.new())


class _Standing(io.RawIOBase):
    """Bytes read where they stand."""

    def __init__(self, data: memoryview) -> None:
        super().__init__()
        self._data, self._at = data, 0

    def readable(self) -> bool:
        """Yes."""
        return True

    def seekable(self) -> bool:
        """Yes."""
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """To a place from the beginning, from here or from the end."""
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: len(self._data)}[whence]
        self._at = max(0, start + offset)
        return self._at

    def readinto(self, into: Any) -> int:
        """As much as there is room for."""
        some = self._data[self._at : self._at + len(into)]
        into[: len(some)] = some
        self._at += len(some)
        return len(some)


def clean(data: memoryview, file_type: FileType) -> Cleaned:
    """The PDF made harmless, with what was changed.

    Any exception on the way refuses the file: the sandbox sees to that.
    """
    if b"%%EOF" not in bytes(data[-_END_BYTES:]):
        raise Unwelcome(Reason.CUT_OFF)  # what can be mended of it would be half a document
    pdf = _opened(data)
    changes: set[Change] = set()
    pages = _counted(pdf)
    if pdf.is_encrypted:
        changes.add(Change.PROTECTION_REMOVED)
    changes |= catalog.keep_what_shows(pdf)
    walk = Walk(streams.Streams())
    walk.through(pdf.Root)
    written = _written(pdf, is_long=pages > 1)
    return Cleaned(written, file_type, pages, changes | walk.changes, lambda: thumbnail(written))


def _opened(data: memoryview) -> pikepdf.Pdf:
    try:
        return pikepdf.open(io.BufferedReader(_Standing(data)), suppress_warnings=True)
    except pikepdf.PasswordError:
        raise Unwelcome(Reason.ENCRYPTED) from None


def _counted(pdf: pikepdf.Pdf) -> int:
    """The number of pages, once there are not too many of anything."""
    if len(pdf.objects) > limits.PDF_OBJECTS:
        raise Unwelcome(Reason.UNPACKS_TOO_LARGE)
    pages = len(pdf.pages)
    if pages > limits.PDF_PAGES:
        raise Unwelcome(Reason.TOO_MANY_PAGES, pages=limits.PDF_PAGES)
    if not pages:
        raise Unwelcome(Reason.UNREADABLE)
    return pages


def _written(pdf: pikepdf.Pdf, *, is_long: bool) -> bytes:
    """Of several pages linearized: a reader shows page 1 before the rest has come."""
    out = io.BytesIO()
    pdf.save(
        out,
        linearize=is_long,
        compress_streams=True,
        object_stream_mode=pikepdf.ObjectStreamMode.generate,
        stream_decode_level=pikepdf.StreamDecodeLevel.generalized,
        encryption=False,
        fix_metadata_version=False,
    )
    if zipfile.is_zipfile(out):
        raise Unwelcome(Reason.FILE_INSIDE)
    return out.getvalue()
