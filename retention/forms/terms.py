"""Proposing another term."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from retention.actions.terms import Proposal
from retention.kinds import Kind
from retention.models import TermChange
from retention.rules.setting import LONGEST, SHORTEST_SOURCE
from students.forms.fields import TidyField


class TermForm(forms.Form):
    """How many years, from when, and on which law or promise."""

    years = forms.IntegerField(label=_("How many years is it kept?"))
    starts = forms.ChoiceField(
        label=_("Counted from"), choices=TermChange.Starts.choices, widget=forms.RadioSelect
    )
    source = TidyField(
        label=_("On which law or promise does this term rest?"),
        min_length=SHORTEST_SOURCE,
        max_length=300,
        help_text=_("Name the law with its article, or the document with its date."),
    )

    def __init__(self, *args: Any, kind: Kind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["years"] = forms.IntegerField(
            label=self.fields["years"].label, min_value=kind.least, max_value=LONGEST
        )

    def proposal(self) -> Proposal:
        """What was filled in."""
        data = self.cleaned_data
        return Proposal(data["years"], data["starts"], data["source"])
