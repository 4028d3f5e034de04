"""Searching a destruction list, deciding about its items, and its steps."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from access.fields import OneLine
from access.models import User
from consent.forms.words import WordsField
from retention.models import DestructionList
from retention.queries.lists import WantedItems
from retention.terms import OF_PUPILS
from students.forms.fields import DayField, NameSearchField, SortField


class ItemsForm(forms.Form):
    """Name, kind of record, and what was decided or became of it; sent by POST."""

    q = NameSearchField()
    kind = forms.ChoiceField(
        label=_("Kind of record"),
        required=False,
        choices=[("", _("All kinds")), *((kind.code, kind.short) for kind in OF_PUPILS)],
    )
    show = forms.ChoiceField(
        label=_("Which"),
        required=False,
        choices=[
            ("all", _("All")),
            ("undecided", _("Not decided yet")),
            ("anew", _("To decide anew")),
            ("destroy", _("To be destroyed")),
            ("keep", _("Kept")),
            ("held", _("Held now")),
            ("changed", _("Back, or left on another day")),
            ("failed", _("Failed")),
            ("left", _("Left alone")),
            ("destroyed", _("Destroyed")),
        ],
    )
    sort = SortField(WantedItems.SORTS)

    def wanted(self) -> WantedItems:
        """What is asked; anything wrong in it is left out."""
        data = getattr(self, "cleaned_data", {})
        return WantedItems(
            typed=data.get("q") or "",
            shown=data.get("show") or "all",
            kind=data.get("kind") or "",
            sort=data.get("sort") or "name",
        )


class KeepForm(forms.Form):
    """Why something is kept, and until when."""

    words = WordsField(
        label=_("Why must this be kept?"),
        help_text=_("Director, privacy officer and FG can read this. It is stored encrypted."),
    )
    until = DayField(
        label=_("Keep it until which day?"),
        help_text=_(
            "It comes onto a new list 45 days before that day, and is not destroyed before it."
        ),
    )


class NameForm(forms.Form):
    """The name of the list, typed by who approves it."""

    typed = OneLine(
        label=_("Type the name of the list"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "input"}),
    )


class CancelForm(forms.Form):
    """Why a list is cancelled that was reviewed; of a draft nobody asks."""

    because = forms.ChoiceField(
        label=_("Why is it cancelled?"),
        choices=DestructionList.Because.choices,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, is_reviewed: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_reviewed:
            del self.fields["because"]


class ReviewerForm(forms.Form):
    """Who reviews the list."""

    reviewer = forms.ChoiceField(label=_("Who reviews it?"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, people: Iterable[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(one.pk): one for one in people}
        field: Any = self.fields["reviewer"]
        field.choices = [(key, one.name) for key, one in self.people.items()]

    def chosen(self) -> User:
        """Whom it is given to."""
        return self.people[self.cleaned_data["reviewer"]]
