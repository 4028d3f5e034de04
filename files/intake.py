"""Takes a file in: from bytes nobody knows to a file that may be kept, or a reason why not."""

from __future__ import annotations

from concurrent.futures import Future

from files import clamd, limits, sandbox
from files.changes import Change
from files.errors import Reason, Unwelcome
from files.kinds import BY_MEDIA_TYPE
from files.names import safe_name
from files.results import Clean

__all__ = ["Clean", "take_in"]


def take_in(data: bytes, *, name: str) -> Clean:
    """The file made harmless, with a safe name; raises Unwelcome with a sentence for the sender.

    What the file is follows from its content alone. Nothing of it is ever on a disk. Beside what
    was sent it takes as much memory again; what opens the file is another process. The small
    picture of a PDF may still be drawn afterwards, see `Clean.thumbnail`.
    """
    if not data:
        raise Unwelcome(Reason.EMPTY)
    if len(data) > limits.FILE_BYTES:
        raise Unwelcome(Reason.TOO_LARGE)
    clamd.ask(data)
    outcome = sandbox.run("files.cleaning:clean", data)
    try:
        (cleaned, *drawn) = outcome.views
        file_type = BY_MEDIA_TYPE[outcome.facts["media_type"]]
        changed = set(outcome.facts["changes"])
        pages = _number_of_pages(outcome.facts["pages"])
    except (KeyError, TypeError, ValueError):  # a process that a file has taken over says anything
        raise Unwelcome(Reason.UNREADABLE) from None
    return Clean(
        content=cleaned,
        kind=file_type.kind,
        media_type=file_type.media_type,
        extension=file_type.extension,
        name=safe_name(name, file_type.extension),
        pages=pages,
        changes=tuple(change for change in Change if change in changed),
        draw=lambda: _thumbnail(outcome.later, drawn),
    )


def _number_of_pages(said: object) -> int | None:
    """None of what has no pages; anything else than a number of them raises."""
    if said is None or (type(said) is int and 0 < said <= limits.PDF_PAGES):
        return said
    raise ValueError


def _thumbnail(later: Future[list[bytes]] | None, drawn: list[memoryview]) -> bytes:
    """What was drawn at once, or since."""
    return b"".join(drawn if later is None else later.result())
