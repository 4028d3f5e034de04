"""Pages as pictures, for the viewer: what a browser shows is never the file itself."""

from __future__ import annotations

from datetime import datetime

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

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
    drawn = sandbox.run(
        "files.drawing:draw_page",
        data,
        seconds=limits.DRAW_SECONDS,
        kind=kind,
        page=page,
        width=width,
    ).parts
    if not drawn:
        raise LookupError(f"no page {page}")
    return drawn[0]


def words_on(data: bytes, *, pages: int = 5) -> str:
    """What stands written on the first pages of a PDF, whoever made it; to look for a code in.

    Raises Unwelcome when it can't be read.
    """
    found: str = sandbox.run("files.drawing:read_words", data, pages=pages).facts["words"]
    return found


def text_of(data: bytes, kind: Kind = Kind.TEXT) -> str:
    """The text of a file of the kind TEXT or MAIL that was taken in: it was made UTF-8 then.

    A message begins with sender, recipients, date and subject. Raises Unwelcome when it can't be
    read.
    """
    if kind is not Kind.MAIL:
        return data.decode("utf-8-sig")
    said = sandbox.run("files.mail_reading:read", data).facts
    lines = (
        (_("From:"), said["sender"]),
        (_("To:"), ", ".join(said["recipients"])),
        (_("Date:"), _moment(said["date"])),
        (_("Subject:"), said["subject"]),
    )
    head = "\n".join(f"{label} {value}" for label, value in lines if value)
    return f"{head}\n\n{said['text']}"


def _moment(written: str) -> str:
    if not written:
        return ""
    return date_format(localtime(datetime.fromisoformat(written)), "j F Y, H:i")
