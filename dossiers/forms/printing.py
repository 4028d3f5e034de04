"""Choosing what of a part to print, and saying what for."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.template.defaultfilters import filesizeformat
from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from dossiers import queries, rules
from dossiers.forms.texts import DossierText

_CHOICES = ("everything", "notes", "agreements", "documents")

_WORDS_SHOWN = 80  # signs of an agreement, to know it by


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
    agreements = forms.MultipleChoiceField(
        label=_("Agreements"), required=False, widget=forms.CheckboxSelectMultiple
    )
    documents = forms.MultipleChoiceField(
        label=_("Files"), required=False, widget=forms.CheckboxSelectMultiple
    )

    field_order = (*_CHOICES, "purpose")

    def __init__(
        self,
        *args: Any,
        notes: Sequence[queries.ShownNote],
        agreements: Sequence[queries.ShownAgreement],
        files: Sequence[queries.ShownFile],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._notes, self._agreements, self._files = notes, agreements, files
        self._offer("notes", [(str(shown.note.pk), _said(shown)) for shown in notes])
        agreed = [(str(shown.agreement.pk), _agreed(shown)) for shown in agreements]
        self._offer("agreements", agreed)
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

    def chosen_agreements(self) -> list[queries.ShownAgreement]:
        """The agreements to print, in the order of the page."""
        return [one for one in self._agreements if self._wants("agreements", one.agreement.pk)]

    def chosen_files(self) -> list[queries.ShownFile]:
        """The files to print, in the order of the page."""
        return [one for one in self._files if self._wants("documents", one.file.pk)]

    def _wants(self, name: str, key: uuid.UUID) -> bool:
        data = self.cleaned_data
        return bool(data["everything"]) or str(key) in data.get(name, [])


def _said(shown: queries.ShownNote) -> str:
    title = _plain(shown.said["title"])
    return f"{date_format(shown.note.happened_on, 'j F Y')} · {title}"


def _agreed(shown: queries.ShownAgreement) -> str:
    words = [date_format(shown.agreement.made_on, "j F Y"), _start_of(_plain(shown.said["text"]))]
    if shown.agreement.closed_at:
        words.append(gettext("closed"))
    return " · ".join(words)


def _plain(text: str) -> str:
    """Without the signs that mark a passage about somebody else."""
    return "".join(passage.text for passage in rules.passages(text))


def _start_of(text: str) -> str:
    return Truncator(" ".join(text.split())).chars(_WORDS_SHOWN)


def _called(shown: queries.ShownFile) -> str:
    what = shown.what
    words = [what.name, filesizeformat(what.size)]
    if what.pages:
        words.append(ngettext("%d page", "%d pages", what.pages) % what.pages)
    return " · ".join(words)
