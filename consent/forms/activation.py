"""A code as it is typed, and how somebody will sign in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.utils.translation import gettext_lazy as _

from access.fields import OneLine
from access.forms import ChoosePassword
from access.models import User


class TypeCode(forms.Form):
    """The code of a letter or mail; spaces, dashes and capitals don't matter."""

    code = OneLine(
        label=_("Your code"),
        max_length=40,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "autocapitalize": "none",
                "spellcheck": "false",
                "class": "code",
            }
        ),
        help_text=_("It has 13 letters and numbers, for example abc7k-m4x2-9rwd."),
        error_messages={"required": _("Type the code from the letter or mail.")},
    )


class MakeAccount(ChoosePassword):
    """An e-mail address or a user name, and a password."""

    name = OneLine(
        label=_("Your e-mail address, or a user name"),
        max_length=150,
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        ),
        help_text=_("No e-mail? Make up a user name, for example sam-en-noor."),
    )
    field_order = ("name", "password1", "password2")

    def __init__(self, *args: Any, known_address: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if known_address:  # the code came there: it is theirs, and nothing is typed
            del self.fields["name"]

    def clean_name(self) -> str:
        """An address that could be one, or a name of letters, numbers and a few signs."""
        name = str(User.normalize_username(self.cleaned_data["name"].lower()))
        if "@" in name:
            return str(forms.EmailField().clean(name))
        UnicodeUsernameValidator()(name)
        return name


class TypeMailCode(forms.Form):
    """The six figures that were mailed."""

    figures = OneLine(
        label=_("The code from the mail"),
        max_length=12,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
        help_text=_("Six figures."),
    )

    def clean_figures(self) -> str:
        """Only the figures of what was typed."""
        return "".join(sign for sign in self.cleaned_data["figures"] if sign.isdigit())
