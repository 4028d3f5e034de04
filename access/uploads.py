"""Uploads stay in memory, only where a page takes them, from whom it lets in, a few at a time.

Nothing of an upload reaches a disk readable, a process holds at most `UPLOADS_AT_ONCE` large ones,
and of one person at most `UPLOADS_OF_ONE`. The body is read before the page's gate is asked, so
this asks the same questions first: from somebody whom the gate would send away no file is kept,
not even for a moment.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import IO, Any, cast

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.core.files.storage import Storage
from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve

from access.gate import CHECKS, Gate
from access.models import User
from access.places import Places
from access.requests import DatedRequest

_LITTLE = 1024 * 1024  # a body up to this size waits for nobody but its own sender
RETRY_AFTER = 10  # seconds, told to whoever finds all places taken


class WhyLeftOut(StrEnum):
    """Why a file of a form was not taken in; the rest of the form was."""

    TOO_LARGE = "too-large"  # larger than one file may be here
    TOO_MUCH = "too-much"  # more than a request may hold together
    TOO_MANY = "too-many"
    BUSY = "busy"  # others are sending: try again


@dataclass(frozen=True)
class LeftOut:
    """A file that was sent and not read to its end."""

    field: str
    name: str
    why: WhyLeftOut


class SendingRequest(DatedRequest):
    """A request with files."""

    left_out: list[LeftOut]
    is_busy: bool


class TakesNoFiles(SuspiciousOperation):
    """A file was sent to a page that takes none: answered with 400."""


def left_out(request: HttpRequest) -> list[LeftOut]:
    """The files of this form that were not taken in, and why."""
    request.FILES  # noqa: B018  reading the form is what finds out
    return _left_out_of(request)


def _left_out_of(request: HttpRequest) -> list[LeftOut]:
    """What was left out until now."""
    return list(getattr(request, "left_out", []))


def gate_of(request: HttpRequest) -> Gate | None:
    """The gate of the page that was asked for."""
    try:
        return getattr(resolve(request.path_info).func, "gate", None)
    except Resolver404:
        return None


def may_send(request: HttpRequest, gate: Gate) -> bool:
    """Whether the gate would let this person through: asked before their files are read."""
    return (
        hasattr(request, "user")
        and CHECKS["signed_in"](request)
        and CHECKS["second_factor"](request)
        and CHECKS["permission"](request, gate.permission)
    )


class InMemoryUpload(FileUploadHandler):
    """Keeps the files of a form in memory, each up to what its page takes.

    A file past that, or past `settings.UPLOAD_LIMIT` together, is left out and the form's other
    fields and files are read all the same: the page says what was left out.
    """

    def handle_raw_input(self, *args: Any, **kwargs: Any) -> None:
        """Finds out what this page takes, from this person."""
        request = self.request
        assert request is not None
        gate = gate_of(request)
        self._each = gate.uploads if gate else 0
        self._is_welcome = bool(self._each and gate and may_send(request, gate))
        self._is_busy = bool(getattr(request, "is_busy", False))
        self._total = self._count = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Starts a new file."""
        super().new_file(*args, **kwargs)
        if not self._each:
            raise TakesNoFiles("this page takes no files")
        if not self._is_welcome:  # the gate sends them on or away
            cast(DatedRequest, self.request).brought_files = True
            raise SkipFile
        self._count += 1
        if self._is_busy:
            self._leave_out(WhyLeftOut.BUSY)
        if self._count > settings.UPLOAD_FILES:
            self._leave_out(WhyLeftOut.TOO_MANY)
        self._file = io.BytesIO()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Adds a chunk; what is past a limit is let go of at once."""
        if start + len(raw_data) > self._each:
            self._leave_out(WhyLeftOut.TOO_LARGE)
        if self._total + len(raw_data) > settings.UPLOAD_LIMIT:
            self._leave_out(WhyLeftOut.TOO_MUCH)
        self._total += len(raw_data)
        self._file.write(raw_data)

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        """The file as a form gets it; reading it whole copies nothing."""
        exact = io.BytesIO(self._file.getvalue())
        self._file = io.BytesIO()
        return InMemoryUploadedFile(
            file=exact,
            field_name=self.field_name,
            name=self.file_name,
            content_type=self.content_type,
            size=file_size,
            charset=self.charset,
            content_type_extra=self.content_type_extra,
        )

    def upload_interrupted(self) -> None:
        """Whoever sent it broke off: nothing of it stays."""
        self._file = io.BytesIO()

    def _leave_out(self, why: WhyLeftOut) -> None:
        request = self.request
        assert request is not None
        sending = cast(SendingRequest, request)
        sending.left_out = _left_out_of(request)
        sending.left_out.append(LeftOut(self.field_name or "", self.file_name or "", why))
        self._total -= self._file.tell() if hasattr(self, "_file") else 0
        self._file = io.BytesIO()
        raise SkipFile


class UploadsInTurn:
    """Lets a few uploads in at a time, so that a process never holds more than those.

    One may wait a moment for its turn; whoever comes then is told to try again. Their files are
    left out unread, so the page shows their form as they filled it in.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.places = Places()

    def __call__(self, request: SendingRequest) -> HttpResponse:
        if not self._is_upload(request):
            return self.get_response(request)
        assert isinstance(request.user, User)
        is_large = _length(request) > _LITTLE
        with self.places.place_for(request.user.pk, is_large=is_large) as has_place:
            request.is_busy = not has_place  # for the handler
            return self.get_response(request)

    def _is_upload(self, request: HttpRequest) -> bool:
        if request.method != "POST" or request.content_type != "multipart/form-data":
            return False
        gate = gate_of(request)
        return bool(gate and gate.uploads and may_send(request, gate))


def _length(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


class NoPlainFiles(Storage):
    """The default file storage: refuses, so that no file is ever written readable by accident."""

    def _open(self, name: str, mode: str = "rb") -> IO[Any]:
        raise PermissionError("files are kept in the vault only")

    def _save(self, name: str, content: Any) -> str:
        raise PermissionError("files are kept in the vault only")
