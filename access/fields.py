"""The fields of every form in which somebody types a name, a line or several lines of text."""

from __future__ import annotations

from typing import Any

from django import forms

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
