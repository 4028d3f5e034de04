"""Draws a page of a file as a picture, for the viewer. Runs inside the sandbox."""

from __future__ import annotations

import io
from typing import Any

from files import pictures
from files.detection import file_type
from files.kinds import Kind
from files.pdfs import drawing as pdfs


def draw_page(
    sent: memoryview, *, kind: str, page: int, width: int
) -> tuple[dict[str, Any], list[bytes]]:
    """One page as WebP, at most so many points wide; no bytes for a page that is not there."""
    data = bytes(sent)
    if kind == Kind.PDF:
        drawn = pdfs.draw(data, page=page, width=width)
    else:
        drawn = _picture(data, width) if page == 1 else None
    return {}, [] if drawn is None else [drawn]


def read_words(sent: memoryview, *, pages: int) -> tuple[dict[str, Any], list[bytes]]:
    """What stands written on the first pages of a PDF, so far as it is text."""
    return {"words": pdfs.words(bytes(sent), pages=pages)}, []


def _picture(data: bytes, width: int) -> bytes:
    drawn = pictures.upright(pictures.opened(data, file_type(data)))
    drawn = pictures.with_true_colours(drawn)
    drawn.thumbnail((width, width * 4))
    out = io.BytesIO()
    drawn.save(out, "WEBP", quality=85, method=2)
    return out.getvalue()
