"""What is typed about reports."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from access.fields import SeveralLines
from oversight.rules.reports import LONGEST, Period


def _day() -> forms.DateInput:
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class SigningForm(forms.Form):
    """What the director says beside the numbers, and which numbers they read."""

    remarks = SeveralLines(
        label=_("Remarks"),
        help_text=_("You may leave this empty. Name no pupil and no colleague: this is printed."),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    seen = forms.CharField(max_length=64, widget=forms.HiddenInput)


class PeriodForm(forms.Form):
    """Any days, for a year at most."""

    first = forms.DateField(label=_("From"), widget=_day())
    last = forms.DateField(label=_("Up to and including"), widget=_day())

    def clean(self) -> dict[str, Any]:
        """A period runs forward and has a bound."""
        cleaned = super().clean() or {}
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last and last < first:
            self.add_error("last", _("This day comes before the first day."))
        elif first and last and (last - first).days >= LONGEST:
            self.add_error("last", _("A report covers a year at most. Choose a shorter period."))
        return cleaned

    def period(self) -> Period:
        """The days that were chosen."""
        return Period(self.cleaned_data["first"], self.cleaned_data["last"])
