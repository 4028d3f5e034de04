"""Making and renewing an agreement."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from dossiers.actions.agreements import AgreementText
from dossiers.forms.texts import DossierText, day_input


class AgreementForm(forms.Form):
    """What was agreed, with whom, when, and when to look at it again."""

    text = DossierText(
        label=_("What is agreed"),
        help_text=_("Say who does what, so that everybody can see later whether it was done."),
        max_length=2000,
        long=True,
    )
    with_whom = DossierText(
        label=_("With whom"),
        help_text=_("For example: both parents. Parents may read this."),
        max_length=120,
        required=False,
    )
    made_on = forms.DateField(label=_("Agreed on"), widget=day_input())
    review_on = forms.DateField(
        label=_("Look at it again on"),
        widget=day_input(),
        help_text=_("From three weeks before that day it stands on the home page."),
    )

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._on = on
        self.fields["made_on"].widget.attrs["max"] = on.isoformat()
        self.fields["review_on"].widget.attrs["min"] = on.isoformat()

    def clean_made_on(self) -> date:
        """Today or earlier."""
        day: date = self.cleaned_data["made_on"]
        if day > self._on:
            raise ValidationError(_("Choose today or an earlier day."), code="future")
        return day

    def clean_review_on(self) -> date:
        """Today or later."""
        day: date = self.cleaned_data["review_on"]
        if day < self._on:
            raise ValidationError(_("Choose today or a later day."), code="past")
        return day

    def agreement_text(self) -> AgreementText:
        """What was filled in."""
        return AgreementText(self.cleaned_data["text"], self.cleaned_data["with_whom"])
