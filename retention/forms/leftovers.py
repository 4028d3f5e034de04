"""Whose something is that a search found."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

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


class JudgeSeveralForm(JudgeForm):
    """The same of several findings: those that are ticked, a page of them, or all of one place."""

    search = forms.UUIDField(widget=forms.HiddenInput)  # of which pass they were read

    def __init__(self, *args: Any, on_page: int, in_all: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        page = ngettext("The one on this page", "All %(n)s on this page", on_page) % {"n": on_page}
        place = ngettext("The one found there", "All %(n)s found there", in_all) % {"n": in_all}
        choices = [("ticked", _("Those that are ticked")), ("page", page), ("place", place)]
        field = forms.ChoiceField(
            label=_("Of which do you say it?"), choices=choices, widget=forms.RadioSelect
        )
        if in_all == on_page:  # the same, and not asked twice
            field.widget.choices = choices[:2]
        self.fields["which"] = field
        self.order_fields(["search", "which"])
