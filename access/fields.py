"""The field of every form in which somebody types a name or another line of text."""

from __future__ import annotations

from typing import Any

from django import forms

from access.typed import tidy


class OneLine(forms.CharField):
    """One line of text: single spaces, no invisible signs."""

    def to_python(self, value: Any) -> str:
        """The text as it is stored."""
        return tidy(super().to_python(value) or "")
