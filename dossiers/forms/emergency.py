"""The emergency card, finding whose card is needed, and saying why."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from dossiers.actions.emergency import CardText
from dossiers.forms.texts import DossierText


class CardForm(forms.Form):
    """What somebody must know at once."""

    allergies = DossierText(
        label=_("Allergies"),
        help_text=_("What happens, and what to do then."),
        max_length=1000,
        required=False,
        long=True,
    )
    medicine = DossierText(
        label=_("Medicine"),
        help_text=_("Which, how much, where it lies and who may give it."),
        max_length=1000,
        required=False,
        long=True,
    )
    call = DossierText(
        label=_("Whom to call"),
        help_text=_("One a line, in the order to call: name, relation, telephone number."),
        max_length=600,
        required=False,
        long=True,
    )
    other = DossierText(
        label=_("What else to know in an emergency"),
        max_length=1000,
        required=False,
        long=True,
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def card_text(self) -> CardText:
        """What was filled in."""
        data = self.cleaned_data
        return CardText(data["allergies"], data["medicine"], data["call"], data["other"])


class FindCardForm(forms.Form):
    """A name, or the beginning of one."""

    q = forms.CharField(
        label=_("Name of the pupil"),
        max_length=80,
        min_length=2,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )


class EmergencyReasonForm(forms.Form):
    """Why the card is needed now."""

    reason = DossierText(
        label=_("Why do you need this card now?"),
        help_text=_("The director reads this. For example: fell in the playground."),
        min_length=5,
        max_length=200,
    )
