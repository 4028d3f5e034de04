"""Uploads stay in memory: nothing of them reaches a disk readable."""

from __future__ import annotations

import io
from typing import IO, Any

from django.conf import settings
from django.core.files.storage import Storage
from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload


class InMemoryUpload(FileUploadHandler):
    """Keeps uploaded files in memory and stops reading past `settings.UPLOAD_LIMIT` bytes.

    All files of a request together: its body is read before anybody knows who sends it.
    """

    _total = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Starts a new file."""
        super().new_file(*args, **kwargs)
        self._file = io.BytesIO()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Adds a chunk; an upload past the limit is broken off and the form says so."""
        self._total += len(raw_data)
        if self._total > settings.UPLOAD_LIMIT:
            if self.request is not None:
                self.request.META["portal.upload_too_large"] = True
            raise StopUpload(connection_reset=False)
        self._file.write(raw_data)

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        """The file as a form gets it."""
        self._file.seek(0)
        return InMemoryUploadedFile(
            file=self._file,
            field_name=self.field_name,
            name=self.file_name,
            content_type=self.content_type,
            size=file_size,
            charset=self.charset,
            content_type_extra=self.content_type_extra,
        )


class NoPlainFiles(Storage):
    """The default file storage: refuses, so that no file is ever written readable by accident."""

    def _open(self, name: str, mode: str = "rb") -> IO[Any]:
        raise PermissionError("files are kept in the vault only")

    def _save(self, name: str, content: Any) -> str:
        raise PermissionError("files are kept in the vault only")
