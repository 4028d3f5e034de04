"""The shape of what is asked, answered, chosen and held back about who looked."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from consent.forms.words import WordsField
from consent.queries.people import Person
from oversight.actions.looks import ToHold
from oversight.models import HoldBack
from students.forms.fields import DayField, TidyField


class AskWhyForm(forms.Form):
    """What somebody wants to know about a look."""

    words = WordsField(
        label=_("What do you want to know?"),
        max_length=1000,
        initial=_("Why was this needed?"),
        help_text=_("Only who answers you at the school or the board reads this."),
    )


class ExplainForm(forms.Form):
    """Why somebody looked, for the family that asks."""

    words = WordsField(
        label=_("Your answer"),
        max_length=2000,
        help_text=_("Whoever asked reads this. Name no other pupil and no other family."),
    )


class NamesForm(forms.Form):
    """Names, or roles only."""

    show = forms.ChoiceField(
        label=_("What do families read?"),
        choices=[
            ("roles", _("The role only, for example: teacher")),
            ("names", _("The name and the role")),
        ],
        widget=forms.RadioSelect,
    )


class FindPupilForm(forms.Form):
    """About whom; sent by POST, so that no name stands in an address."""

    typed = TidyField(label=_("Name of the pupil"), max_length=100, min_length=2)


class HoldBackForm(forms.Form):
    """What a family does not read, for how long and why."""

    what = forms.ChoiceField(
        label=_("What is held back?"),
        choices=[
            (HoldBack.What.NAME, _("A name: the role stays to be read")),
            (HoldBack.What.ROWS, _("Looks: the family reads nothing of them")),
        ],
        widget=forms.RadioSelect,
    )
    colleague = forms.ChoiceField(label=_("Of whom?"), required=False)
    first_day = DayField(
        label=_("Looks from"), required=False, help_text=_("Leave it open for all days.")
    )
    last_day = DayField(label=_("Looks up to and including"), required=False)
    from_whom = forms.ChoiceField(
        label=_("From whom?"),
        choices=[
            ("family", _("From the parents and the pupil")),
            ("parents", _("From the parents only")),
        ],
        widget=forms.RadioSelect,
        initial="family",
    )
    ends_on = DayField(
        label=_("Until which day?"),
        help_text=_("At most a year from today. Before that day you are asked to look again."),
    )
    words = WordsField(
        label=_("Why?"),
        help_text=_("Only privacy officers read this. For example: a threat, or the law."),
    )

    def __init__(self, *args: Any, colleagues: Mapping[uuid.UUID, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["colleague"]
        assert isinstance(field, forms.ChoiceField)
        people = [(str(key), name) for key, name in colleagues.items()]
        field.choices = [("", _("Everybody who looked")), *people]

    def clean(self) -> dict[str, Any]:
        """A name is somebody's; days run forward."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("what") == HoldBack.What.NAME and not data.get("colleague"):
            self.add_error("colleague", _("Choose whose name is hidden."))
        first, last = data.get("first_day"), data.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", _("This day comes before the first day."))
        return data

    def wanted(self) -> ToHold:
        """What was filled in. For a name the days do not matter: it is hidden on all."""
        data = self.cleaned_data
        is_name = data["what"] == HoldBack.What.NAME
        colleague = uuid.UUID(data["colleague"]) if data["colleague"] else None
        first: date | None = None if is_name else data["first_day"]
        last: date | None = None if is_name else data["last_day"]
        return ToHold(
            what=data["what"],
            words=data["words"],
            ends_on=data["ends_on"],
            colleague=colleague,
            first_day=first,
            last_day=last,
            is_from_pupil_too=data["from_whom"] == "family",
        )


class LookPaperForm(forms.Form):
    """For whom the paper is made; whoever gives it looked at proof of who that is."""

    person = forms.ChoiceField(label=_("Who asks for it?"), widget=forms.RadioSelect)
    is_known = forms.BooleanField(
        label=_("I looked at a passport, identity card or driving licence"),
        error_messages={"required": _("Look first who it is.")},
    )

    def __init__(self, *args: Any, readers: Mapping[str, Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["person"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(key, f"{one.name}, {one.label}") for key, one in readers.items()]
