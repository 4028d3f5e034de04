"""The bytes of files: whole or by range, pages as pictures, thumbnails.

Rows, keys and both ends of the sealed file are read, and the look is recorded, before the first
byte goes out. Nothing here says when a file changed or what it hashes to, so no conditional
request is ever answered with 304, and `If-Range` always gets the whole.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from typing import TypeVar

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header

from access.acting import Work, current_work
from access.downloads import ALONE
from access.gate import Kind, PortalRequest, Shows, page
from access.permissions import Permission
from dossiers import queries
from dossiers.actions.damage import tell_broken_off
from dossiers.queries import Description
from dossiers.views.damaged import says_when_unreadable
from dossiers.views.files.fetching import FoundVersion, found_version
from dossiers.views.files.ranges import NotThere, Span, asked_range
from files.errors import Reason, Unwelcome
from files.kinds import Kind as FileKind
from files.previews import page_picture
from vault.chunks import SealedFile
from vault.errors import Unreadable

_PREVIEW_WIDTH = 1200
_CHUNKS_AT_ONCE = 4  # handed to the server together: fewer, larger pieces go out faster
Answer = TypeVar("Answer", bound=HttpResponseBase)


class _Stream:
    """The bytes of a sealed file, chunk by chunk; lets go of it when the answer is closed.

    When a chunk in the middle was damaged the answer is broken off, after its row in the log said
    that it was sent: a second row, of the same request, then says what happened.
    """

    def __init__(self, content: SealedFile, span: Span, broken_off: Callable[[], None]) -> None:
        self._content, self._span, self._broken_off = content, span, broken_off

    def __iter__(self) -> Iterator[bytes]:
        chunks = self._content.read(self._span.start, self._span.stop)
        try:
            while piece := b"".join(islice(chunks, _CHUNKS_AT_ONCE)):
                yield piece
        except Unreadable:
            self._broken_off()
            raise

    def close(self) -> None:
        """Called by Django when the answer was sent or broken off."""
        self._content.close()


@page(Permission.OPEN_DOSSIER, shows=Shows.PUPIL, kind=Kind.DOWNLOAD)
@says_when_unreadable
def download(request: PortalRequest, file_id: uuid.UUID, number: int) -> HttpResponseBase:
    """A version of a file, to keep on one's own device; a browser never shows it in place."""
    found = found_version(request, file_id, number)
    content = queries.content_of(found.version, found.keys)
    whole = Span(0, content.size, content.size)
    try:
        span = _span_asked(request, content.size)
    except NotThere:
        content.close()
        nothing = HttpResponse(status=416, headers={"Content-Range": f"bytes */{whole.size}"})
        return _guarded(nothing, found.what)
    wanted = span or whole
    broken_off = partial(tell_broken_off, found.version, _work())
    stream = _Stream(content, wanted, broken_off)
    answer = StreamingHttpResponse(stream, status=206 if span else 200)
    answer.headers["Content-Length"] = str(wanted.stop - wanted.start)
    answer.headers["Accept-Ranges"] = "bytes"
    if span:
        answer.headers["Content-Range"] = span.content_range
    return _guarded(answer, found.what)


def _work() -> Work:
    """What the log knows of this request, also after it was answered."""
    work = current_work()
    assert work is not None, "behind the gate there always is one"
    return work.later()


def _span_asked(request: PortalRequest, size: int) -> Span | None:
    if request.method != "GET" or "If-Range" in request.headers:
        return None
    return asked_range(request.headers.get("Range", ""), size)


def _guarded(answer: Answer, what: Description) -> Answer:
    """The headers that keep what is in a file inside it."""
    disposition = content_disposition_header(True, what.name)
    answer.headers["Content-Disposition"] = disposition or "attachment"
    media_type = what.media_type
    answer.headers["Content-Type"] = (
        f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type
    )
    return _alone(answer)


def _alone(answer: Answer) -> Answer:
    answer.headers["Content-Security-Policy"] = ALONE
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "no-store, private"
    answer.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer


@page(Permission.OPEN_DOSSIER, shows=Shows.PUPIL, kind=Kind.FILE)
@says_when_unreadable
def preview(
    request: PortalRequest, file_id: uuid.UUID, number: int, page_number: int
) -> HttpResponse:
    """One page of a version as a picture, `?width=` points wide, drawn in memory."""
    try:
        found = found_version(request, file_id, number)
        picture = _drawn(request, found, page_number)
    except Unwelcome as refusal:
        return _not_drawn(refusal)
    return _alone(HttpResponse(picture, content_type="image/webp"))


def _drawn(request: PortalRequest, found: FoundVersion, page_number: int) -> bytes:
    if not 1 <= page_number <= (found.what.pages or 1):
        raise Http404
    asked = request.GET.get("width", "")
    is_number = asked.isascii() and asked.isdigit() and len(asked) < 6
    data = queries.whole_of(found.version, found.keys)
    try:
        return page_picture(
            data,
            FileKind(found.what.kind),
            page=page_number,
            width=int(asked) if is_number else _PREVIEW_WIDTH,
        )
    except LookupError as error:
        raise Http404 from error


def _not_drawn(refusal: Unwelcome) -> HttpResponse:
    """A plain sentence where the picture would have been; when it is busy, with when to retry."""
    is_busy = refusal.reason is Reason.BUSY
    answer = HttpResponse(
        refusal.sentence, status=503 if is_busy else 422, content_type="text/plain; charset=utf-8"
    )
    if is_busy:
        answer.headers["Retry-After"] = "5"
    return _alone(answer)


@page(Permission.OPEN_DOSSIER, shows=Shows.PUPIL, kind=Kind.THUMBNAIL)
@says_when_unreadable
def thumbnail(request: PortalRequest, file_id: uuid.UUID, number: int) -> HttpResponse:
    """The small picture of a version; 404 when it has none."""
    found = found_version(request, file_id, number)
    if found.version.thumbnail is None:
        raise Http404
    picture = queries.thumbnail_of(found.version, found.keys)
    return _alone(HttpResponse(picture, content_type="image/webp"))
