"""Pages as pictures, for the viewer: what a browser shows is never the file itself."""

from __future__ import annotations

from files import limits, sandbox
from files.kinds import Kind


def page_picture(data: bytes, kind: Kind, *, page: int, width: int) -> bytes:
    """One page (the first is 1) of a file that was taken in, as WebP, so many points wide.

    Raises LookupError for a page that is not there, Unwelcome when it can't be drawn.
    """
    least, most = limits.PREVIEW_WIDTHS
    width = min(max(width, least), most)
    if kind is Kind.PICTURE and page == 1:
        return sandbox.run("files.drawing:draw_picture", data, width=width).parts[0]
    raise LookupError(f"no page {page} of a {kind}")
