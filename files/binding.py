"""Photographed pages become sheets, sheets become one PDF. Runs inside the sandbox."""

from __future__ import annotations

import io
from typing import Any

from PIL import Image

from files import kinds, pictures, sheets
from files.detection import file_type
from files.errors import Reason, Unwelcome
from files.kinds import Kind
from files.pdfs.drawing import thumbnail


def make_sheet(sent: memoryview, *, most: int, quality: int) -> tuple[dict[str, Any], list[bytes]]:
    """A photograph as a JPEG for one page: upright, at most so many points long."""
    data = bytes(sent)
    known = file_type(data)
    if known.kind is not Kind.PICTURE:
        raise Unwelcome(Reason.NOT_A_PICTURE)
    drawn = pictures.with_true_colours(pictures.upright(pictures.opened(data, known)))
    drawn.thumbnail((most, most))
    if drawn.mode == "RGBA":
        paper = Image.new("RGB", drawn.size, "white")
        paper.paste(drawn, mask=drawn)
        drawn = paper
    out = io.BytesIO()
    drawn.save(out, "JPEG", quality=quality)
    return {"size": drawn.size}, [out.getvalue()]


def bind(*jpegs: memoryview, sizes: list[list[int]]) -> tuple[dict[str, Any], list[bytes]]:
    """The sheets as one PDF, and its thumbnail."""
    book = sheets.Book()
    for jpeg, (width, height) in zip(jpegs, sizes, strict=True):
        book.add_jpeg(bytes(jpeg), (width, height), grey=False)
    bound = book.closed()
    return {"media_type": kinds.PDF.media_type}, [bound, thumbnail(bound) or b""]
