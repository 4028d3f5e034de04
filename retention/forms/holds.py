"""Finding a dossier to hold, placing a hold, looking at it again, lifting it."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from consent.forms.words import WordsField
from retention.actions.holds import Reason
from retention.models import Hold
from students.forms.fields import DayField, NameSearchField


class FindForm(forms.Form):
    """Part of a pupil's name."""

    q = NameSearchField()


class PlaceForm(forms.Form):
    """What a hold is for, and until when."""

    because = forms.ChoiceField(
        label=_("What is the hold for?"), choices=Hold.Because.choices, widget=forms.RadioSelect
    )
    words = WordsField(
        label=_("Why must this dossier be kept?"),
        help_text=_("Director, privacy officer and FG can read this. It is stored encrypted."),
    )
    until = DayField(
        label=_("Until which day?"),
        required=False,
        help_text=_("Leave it empty when you do not know. You look at it again in a year."),
    )

    def reason(self) -> Reason:
        """What was filled in."""
        data = self.cleaned_data
        return Reason(data["because"], data["words"], data["until"])


class ReviewForm(forms.Form):
    """Why a hold still stands."""

    words = WordsField(label=_("Why must this dossier still be kept?"))


class LiftForm(forms.Form):
    """Why a hold ends."""

    words = WordsField(label=_("Why is the hold lifted?"))
