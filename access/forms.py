"""Forms of accounts, roles and invitations: the shape of the input; the actions decide."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth import password_validation
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from access import queries
from access.fields import OneLine
from access.models import Unit, User
from access.roles import FAMILY_ROLES, ROLES


def day_input() -> forms.DateInput:
    """A day, with the browser's own calendar."""
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class StaffFilter(forms.Form):
    """What to look for in the list of staff; everything may be left open."""

    q = forms.CharField(label=_("Search by name"), required=False, max_length=100)
    role = forms.ChoiceField(label=_("Role"), required=False)
    unit = forms.ModelChoiceField(
        label=_("School"), queryset=Unit.objects.none(), required=False, empty_label=_("All")
    )
    ended = forms.ChoiceField(
        label=_("Who"),
        required=False,
        choices=[("", _("Works here")), ("yes", _("Worked here before"))],
    )

    def __init__(self, *args: Any, by: User, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles = [(r.code, r.label) for r in ROLES.values() if r.code not in FAMILY_ROLES]
        self.fields["role"].choices = [("", _("All roles")), *roles]  # type: ignore[attr-defined]  # stubs know the base field only
        self.fields["unit"].queryset = queries.units_visible_to(by, on=on).order_by("kind", "name")  # type: ignore[attr-defined]  # likewise


class GiveRole(forms.Form):
    """A role, where, and from when until when."""

    role = forms.ChoiceField(label=_("Role"), widget=forms.RadioSelect)
    unit = forms.ModelChoiceField(
        label=_("Where"), queryset=Unit.objects.none(), empty_label=_("Choose where")
    )
    starts_on = forms.DateField(label=_("First day"), widget=day_input())
    ends_on = forms.DateField(
        label=_("Last day"),
        required=False,
        widget=day_input(),
        help_text=_("Leave this open when you do not know it yet."),
    )

    def __init__(self, data: Any = None, *, by: User, on: date) -> None:
        super().__init__(data, initial={"starts_on": on})
        roles = queries.roles_to_give(by, on=on)
        self.fields["role"].choices = [  # type: ignore[attr-defined]  # stubs know the base field only
            (
                role.code,
                format_html("<strong>{}</strong><br>{}", capfirst(str(role.label)), role.sentence),
            )
            for role in roles
        ]
        units = queries.units_visible_to(by, on=on)
        units = units.filter(kind__in={role.holds_at for role in roles}).order_by("kind", "name")
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]  # likewise
        only = list(units[:2])
        if len(only) == 1:
            self.fields["unit"].initial = only[0].pk


class InviteStaff(GiveRole):
    """Whom to invite, and as what."""

    name = OneLine(label=_("Name"), max_length=150)
    email = forms.EmailField(label=_("E-mail address of their work"))
    language = forms.ChoiceField(label=_("Language of the mail"), choices=settings.LANGUAGES)

    field_order = ("name", "email", "language", "role", "unit", "starts_on", "ends_on")


class EndRole(forms.Form):
    """From which day somebody no longer holds a role."""

    first_day_without = forms.DateField(
        label=_("First day without this role"),
        widget=day_input(),
        help_text=_("Today means at once: on the next click the pages are closed."),
    )


class ChoosePassword(forms.Form):
    """A first password, typed twice."""

    password1 = forms.CharField(
        label=_("Choose a password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 12 characters: a few words that do not belong together."),
    )
    password2 = forms.CharField(
        label=_("The same password again"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, future: User, **kwargs: Any) -> None:
        self.future = future  # not saved yet: the validators compare with name and address
        super().__init__(*args, **kwargs)

    def clean_password1(self) -> str:
        """The password, if it is hard to guess for this person."""
        password: str = self.cleaned_data["password1"]
        password_validation.validate_password(password, self.future)
        return password

    def clean(self) -> dict[str, Any]:
        """Both are the same."""
        answers = super().clean() or self.cleaned_data
        first, second = answers.get("password1"), answers.get("password2")
        if first and second and first != second:
            self.add_error("password2", _("The two passwords are not the same."))
        return answers
