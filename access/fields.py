"""The fields of every form in which somebody types a name, a line or several lines of text."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from access.typed import tidy, tidy_lines


class OneLine(forms.CharField):
    """One line of text: single spaces, no invisible signs."""

    def to_python(self, value: Any) -> str:
        """The text as it is stored."""
        return tidy(super().to_python(value) or "")


class SeveralLines(forms.CharField):
    """Text of several lines: one sign for a line's end, no invisible signs."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> str:
        """The text as it is stored; its line ends count once, as in the browser."""
        return str(super().to_python(tidy_lines(value) if value else value))


class SeveralFiles(forms.ClearableFileInput):
    """A file input that takes more than one."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Any number of files. An empty one is no error here: the room of files says what is wrong."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", SeveralFiles())
        super().__init__(required=False, allow_empty_file=True, **options)

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        """Every file that came."""
        return [one for one in data or [] if one] if isinstance(data, list) else []
