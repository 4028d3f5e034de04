"""Fields for what is written in a dossier: they refuse what does not belong there (P24)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from access.typed import tidy_lines
from dossiers import rules
from dossiers.actions.refusals import BSN_SENTENCE


class DossierText(forms.CharField):
    """Text that parents may read: no citizen service number, nothing invisible, marks in pairs."""

    def __init__(self, *, long: bool = False, **options: Any) -> None:
        if long:
            options.setdefault("widget", forms.Textarea)
        super().__init__(**options)

    def to_python(self, value: Any) -> str:
        """Line ends as one character, so that the limit counts as the browser does."""
        return str(super().to_python(tidy_lines(value) if value else value))

    def validate(self, value: str) -> None:
        """Refuses a citizen service number and a mark that is not closed."""
        super().validate(value)
        if rules.holds_bsn(value):
            raise ValidationError(BSN_SENTENCE, code="bsn")
        if not rules.marks_are_paired(value):
            raise ValidationError(
                _("A passage about somebody else starts with [[ and ends with ]]. One is missing."),
                code="marks",
            )


def day_input() -> forms.DateInput:
    """A field for a day, as every browser understands it."""
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
