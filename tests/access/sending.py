"""Files as the tests of uploads send them."""

from __future__ import annotations

from django.core.files.uploadedfile import SimpleUploadedFile


def upload(name: str = "a.pdf", size: int = 10) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, b"x" * size)
