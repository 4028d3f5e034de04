"""Whose something is that a search found."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from consent.forms.words import WordsField
from retention.models import LeftoverJudgement


class JudgeForm(forms.Form):
    """Somebody else's, or left over; and how that was found out."""

    outcome = forms.ChoiceField(
        label=_("Whose is it?"),
        choices=LeftoverJudgement.Outcome.choices,
        widget=forms.RadioSelect,
    )
    words = WordsField(
        label=_("How do you know?"),
        help_text=_("It is stored encrypted, and nobody can read it once the list is closed."),
    )
