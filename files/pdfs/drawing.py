"""Draws a page of a PDF. Runs inside the sandbox."""

from __future__ import annotations

import io

import pypdfium2

from files import limits

# Many times higher than wide is drawn no further than this.
_MOST_HIGH = 4


def thumbnail(data: bytes) -> bytes | None:
    """The first page, small. Large pictures on it are made smaller in the quickest way that shows.

    At this size nobody sees the difference, and of a scan it takes a third of the time.
    """
    side = limits.THUMBNAIL_WIDTH
    return draw(data, page=1, width=side, most_high=side, quickly=True)


def draw(
    data: bytes, *, page: int, width: int, most_high: int | None = None, quickly: bool = False
) -> bytes | None:
    """One page as WebP, with what is filled in and written on it; the first page is 1.

    Reads only what that page needs. None for a page that is not there.
    """
    document = pypdfium2.PdfDocument(data)
    if not 1 <= page <= len(document):
        return None
    document.init_forms()
    sheet = document[page - 1]
    wide, high = sheet.get_size()
    scale = min(width / wide, (most_high or width * _MOST_HIGH) / high)
    drawn = sheet.render(scale=scale, force_halftone=quickly).to_pil()
    out = io.BytesIO()
    drawn.convert("RGB").save(out, "WEBP", quality=85, method=2)
    return out.getvalue()


def words(data: bytes, *, pages: int) -> str:
    """What stands written on the first pages, in the order of the file."""
    document = pypdfium2.PdfDocument(data)
    sheets = [document[number] for number in range(min(pages, len(document)))]
    return "\n".join(sheet.get_textpage().get_text_bounded() for sheet in sheets)
