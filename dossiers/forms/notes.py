"""Writing and correcting a note."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from dossiers.actions.notes import NoteText
from dossiers.forms.texts import DossierText, day_input
from dossiers.models import DossierPart


class NoteTextForm(forms.Form):
    """Title, facts and opinion, apart (P24)."""

    title = DossierText(label=_("Title"), max_length=120)
    facts = DossierText(
        label=_("What happened, what you saw or heard"),
        help_text=_("Facts that you or somebody you name can vouch for."),
        max_length=6000,
        long=True,
    )
    opinion = DossierText(
        label=_("What you think of it"),
        help_text=_("Your impression or opinion. It is shown apart from the facts."),
        max_length=3000,
        required=False,
        long=True,
    )

    def text(self) -> NoteText:
        """What was filled in."""
        data = self.cleaned_data
        return NoteText(title=data["title"], facts=data["facts"], opinion=data["opinion"])


class NoteForm(NoteTextForm):
    """A new note: in which part, about which day."""

    part = forms.ChoiceField(label=_("Part of the dossier"))
    happened_on = forms.DateField(label=_("Day"), widget=day_input())

    field_order = ("part", "happened_on", "title", "facts", "opinion")

    def __init__(self, *args: Any, parts: dict[str, DossierPart], on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._on = on
        self._parts = parts
        field = self.fields["part"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(p.kind, p.get_kind_display()) for p in self._parts.values()]
        self.fields["happened_on"].widget.attrs["max"] = on.isoformat()

    def clean_happened_on(self) -> date:
        """Today or an earlier day."""
        day: date = self.cleaned_data["happened_on"]
        if day > self._on:
            raise ValidationError(_("Choose today or an earlier day."), code="future")
        return day

    @property
    def part_row(self) -> DossierPart:
        """The part that was chosen."""
        return self._parts[self.cleaned_data["part"]]


class CorrectionForm(NoteTextForm):
    """A correction: the new text, why, and which version the writer had before them."""

    reason = DossierText(
        label=_("Why you correct it"),
        help_text=_("For example: the level was wrong. It is kept with the old version."),
        max_length=200,
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
