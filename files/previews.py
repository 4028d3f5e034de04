"""Pages as pictures, for the viewer: what a browser shows is never the file itself."""

from __future__ import annotations

from files import limits, sandbox
from files.kinds import Kind, has_pages_to_show


def page_picture(data: bytes, kind: Kind, *, page: int, width: int) -> bytes:
    """One page (the first is 1) of a file that was taken in, as WebP, so many points wide.

    Raises LookupError for a page that is not there, Unwelcome when it can't be drawn.
    """
    least, most = limits.PREVIEW_WIDTHS
    if not has_pages_to_show(kind):
        raise LookupError(f"{kind} has no pages to show")
    width = min(max(width, least), most)
    drawn = sandbox.run("files.drawing:draw_page", data, kind=kind, page=page, width=width).parts
    if not drawn:
        raise LookupError(f"no page {page}")
    return drawn[0]


def text_of(data: bytes) -> str:
    """The text of a file of the kind TEXT that was taken in: it was made UTF-8 then."""
    return data.decode("utf-8-sig")
