"""Several lines of text about pictures: nothing invisible, no citizen service number."""

from __future__ import annotations

from typing import Any

from django import forms

from access.typed import tidy_lines
from students.forms.fields import no_bsn


class Lines(forms.CharField):
    """Some lines; their ends are one character, so that the limit counts as the browser does."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", forms.Textarea(attrs={"rows": 4}))
        super().__init__(**options)
        self.validators.append(no_bsn)

    def to_python(self, value: Any) -> str:
        """The text as it is stored."""
        return str(super().to_python(tidy_lines(value) if value else value))
