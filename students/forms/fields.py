"""Fields that every form of this room uses: tidy text, days, and what somebody saw before."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _
from stdnum.nl import bsn

from access.fields import OneLine
from students.models import Group

_NINE_DIGITS = re.compile(r"(?<!\d)\d(?:[ .]?\d){8}(?!\d)")


def no_bsn(text: str) -> None:
    """Refuses a citizen service number: it is never kept here (P24)."""
    if any(bsn.is_valid(found) for found in _NINE_DIGITS.findall(text)):
        raise ValidationError(_("This looks like a BSN. It is not kept here: leave it out."))


class TidyField(OneLine):
    """One line of text: single spaces, no invisible signs, no citizen service number."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"autocomplete": "off"}))
        super().__init__(**kwargs)
        self.validators.append(no_bsn)


class NameSearchField(TidyField):
    """The box above a list of pupils: part of a name, found as it is typed."""

    def __init__(self) -> None:
        box = {"type": "search", "autocomplete": "off", "class": "input"}
        super().__init__(
            label=_("Search by name"),
            required=False,
            max_length=100,
            widget=forms.TextInput(attrs=box),
        )


class SortField(forms.ChoiceField):
    """How a list is sorted: by one of its columns, with a minus the other way round."""

    def __init__(self, columns: Iterable[str]) -> None:
        ways = [sign + column for column in columns for sign in ("", "-")]
        super().__init__(
            required=False, choices=[(way, way) for way in ways], widget=forms.HiddenInput
        )


class PhoneField(TidyField):
    """A telephone number as people write it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=30, **kwargs)
        self.validators.remove(no_bsn)
        self.validators.append(
            RegexValidator(
                r"^\+?[0-9][0-9 ()/-]{5,28}$", _("Use digits, for example 06 1234 5678.")
            )
        )


class DayField(forms.DateField):
    """A day, chosen in the browser's own calendar."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
        super().__init__(**kwargs)


if TYPE_CHECKING:
    _GroupChoice = forms.ModelChoiceField[Group]
else:
    _GroupChoice = forms.ModelChoiceField  # takes no type at run time


class GroupField(_GroupChoice):
    """A group, with its school year."""

    def label_from_instance(self, obj: Group) -> str:
        """For example '6B, 2026-2027'."""
        return f"{obj.name}, {obj.school_year.name}"


class SeenForm(forms.Form):
    """A form that knows what its reader saw: a change by somebody else is noticed."""

    seen = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
