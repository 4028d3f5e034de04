"""What another system keeps about a pupil."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from dossiers.actions.elsewhere import Elsewhere
from dossiers.forms.texts import DossierText


class ElsewhereForm(forms.Form):
    """System, kind, custodian, term."""

    system = DossierText(
        label=_("System"), max_length=80, help_text=_("For example: ParnasSys, Cito, a paper file.")
    )
    kind = DossierText(
        label=_("What is kept there"),
        max_length=120,
        help_text=_("The kind of data, not the data. For example: test results."),
    )
    custodian = DossierText(label=_("Who looks after it"), max_length=120)
    term = DossierText(
        label=_("How long it is kept"),
        max_length=120,
        help_text=_("For example: three years after leaving."),
    )

    def what(self) -> Elsewhere:
        """What was filled in."""
        data = self.cleaned_data
        return Elsewhere(data["system"], data["kind"], data["custodian"], data["term"])
