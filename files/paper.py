"""Pages of paper, photographed with a phone, become one PDF."""

from __future__ import annotations

from collections.abc import Sequence

from files import clamd, kinds, limits, sandbox
from files.changes import Change
from files.errors import Reason, Unwelcome
from files.names import safe_name
from files.results import Clean

# Points along the long side of A4, and JPEG quality: 200 dpi; if that is too much, 130 dpi.
_SHARP, _SMALLER = (2339, 80), (1520, 65)


def one_paper(pictures: Sequence[bytes], *, name: str) -> Clean:
    """One PDF of A4 pages, upright, without a word on when, where or with what they were taken.

    Raises Unwelcome when one of them is not a picture, or is damaged. Memory here: the
    pictures and the PDF; each picture is opened alone, in a process of its own.
    """
    if not pictures:
        raise Unwelcome(Reason.EMPTY)
    if len(pictures) > limits.PAPER_PAGES:
        raise Unwelcome(Reason.TOO_MANY_PAGES, pages=limits.PAPER_PAGES)
    for picture in pictures:
        if not picture:
            raise Unwelcome(Reason.EMPTY)
        if len(picture) > limits.FILE_BYTES:
            raise Unwelcome(Reason.TOO_LARGE)
        clamd.ask(picture)
    for most, quality in (_SHARP, _SMALLER):
        made = [
            sandbox.run("files.binding:make_sheet", picture, most=most, quality=quality)
            for picture in pictures
        ]
        if sum(len(sheet.views[0]) for sheet in made) <= limits.FILE_BYTES - limits.MEGABYTE:
            break
    else:
        raise Unwelcome(Reason.TOO_LARGE_CLEANED)
    bound, thumbnail = sandbox.run(
        "files.binding:bind",
        *(sheet.views[0] for sheet in made),
        sizes=[sheet.facts["size"] for sheet in made],
    ).parts
    return Clean(
        content=bound,
        kind=kinds.PDF.kind,
        media_type=kinds.PDF.media_type,
        extension=kinds.PDF.extension,
        name=safe_name(name, kinds.PDF.extension),
        pages=len(pictures),
        changes=(Change.BECAME_PDF,),
        draw=lambda: thumbnail,
    )
