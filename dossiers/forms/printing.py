"""Choosing what of a part to print, and saying what for."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.template.defaultfilters import filesizeformat
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from dossiers import queries, rules
from dossiers.forms.texts import DossierText

_CHOICES = ("everything", "notes", "documents")


class PrintForm(forms.Form):
    """Everything or some of it; nothing is chosen beforehand but the note one came from (P24)."""

    purpose = DossierText(
        label=_("What the print is for"),
        help_text=_(
            "It is printed on every page, with your name and the time. The log keeps none of it."
        ),
        min_length=3,
        max_length=120,
    )
    everything = forms.BooleanField(label=_("Everything in this part"), required=False)
    notes = forms.MultipleChoiceField(
        label=_("Notes"), required=False, widget=forms.CheckboxSelectMultiple
    )
    documents = forms.MultipleChoiceField(
        label=_("Files"), required=False, widget=forms.CheckboxSelectMultiple
    )

    field_order = ("everything", "notes", "documents", "purpose")

    def __init__(
        self,
        *args: Any,
        notes: Sequence[queries.ShownNote],
        files: Sequence[queries.ShownFile],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._notes, self._files = notes, files
        self._offer("notes", [(str(shown.note.pk), _said(shown)) for shown in notes])
        self._offer("documents", [(str(shown.file.pk), _called(shown)) for shown in files])

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        """A field with these choices; without any there is no field."""
        if not choices:
            del self.fields[name]
            return
        field = self.fields[name]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = choices

    def clean(self) -> dict[str, Any]:
        """Something must be chosen."""
        data: dict[str, Any] = super().clean() or {}
        if not self.errors and not any(data.get(name) for name in _CHOICES):
            raise ValidationError(_("Choose what to print."), code="nothing")
        return data

    def chosen_notes(self) -> list[queries.ShownNote]:
        """The notes to print, in the order of the page."""
        return [one for one in self._notes if self._wants("notes", one.note.pk)]

    def chosen_files(self) -> list[queries.ShownFile]:
        """The files to print, in the order of the page."""
        return [one for one in self._files if self._wants("documents", one.file.pk)]

    def _wants(self, name: str, key: uuid.UUID) -> bool:
        data = self.cleaned_data
        return bool(data["everything"]) or str(key) in data.get(name, [])


def _said(shown: queries.ShownNote) -> str:
    title = "".join(passage.text for passage in rules.passages(shown.text["title"]))
    return f"{date_format(shown.note.happened_on, 'j F Y')} · {title}"


def _called(shown: queries.ShownFile) -> str:
    what = shown.what
    words = [what.name, filesizeformat(what.size)]
    if what.pages:
        words.append(ngettext("%d page", "%d pages", what.pages) % what.pages)
    return " · ".join(words)
