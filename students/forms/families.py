"""Forms about parents, authority, representatives and their accounts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from students.actions.authority import AuthorityData
from students.actions.families import AddressData, ParentData
from students.actions.representatives import RepresentativeData
from students.forms.fields import DayField, PhoneField, SeenForm, TidyField
from students.models import Authority, Parent, ParentAddress, Parenthood, Representative

_SOURCE_HELP = _("For example: authority register, 3 September 2026. Unknown? Say who asks for it.")


class ContactForm(SeenForm):
    """Names, contact data and address of a parent."""

    first_name = TidyField(label=_("First name"), max_length=64, required=False)
    infix = TidyField(label=_("Prefix"), max_length=20, required=False)
    surname = TidyField(label=_("Surname"), max_length=200)
    email = forms.EmailField(label=_("E-mail address"), required=False)
    phone = PhoneField(label=_("Telephone"), required=False)
    street = TidyField(label=_("Street and number"), max_length=120, required=False)
    postcode = TidyField(label=_("Postcode"), max_length=16, required=False)
    city = TidyField(label=_("Town"), max_length=80, required=False)
    country = TidyField(
        label=_("Country"), max_length=60, required=False, help_text=_("Only if not here.")
    )
    is_secret = forms.BooleanField(
        label=_("This is a secret address"),
        required=False,
        help_text=_(
            "Only the administrator and the director of the school see it. It is never in a"
            " list, a letter or an export."
        ),
    )

    def parent_data(self) -> ParentData:
        """Names and contact data, as the action wants them."""
        return ParentData(
            **{f: self.cleaned_data[_field(f)] for f in ParentData.__dataclass_fields__}
        )

    def address_data(self) -> AddressData:
        """The address, as the action wants it."""
        return AddressData(**{f: self.cleaned_data[f] for f in AddressData.__dataclass_fields__})

    @staticmethod
    def initial_of(parent: Parent, address: ParentAddress | None) -> dict[str, Any]:
        """What the form shows before somebody changes it."""
        initial = {_field(f): getattr(parent, f) for f in ParentData.__dataclass_fields__}
        for field in AddressData.__dataclass_fields__ if address else ():
            initial[field] = getattr(address, field)
        return initial


class AuthorityForm(SeenForm):
    """Authority: yes, no or unknown, since when, from which paper."""

    value = forms.ChoiceField(
        label=_("Authority"), choices=Authority.Value.choices, widget=forms.RadioSelect
    )
    starts_on = DayField(label=_("Since"))
    source = TidyField(label=_("Source"), max_length=200, help_text=_SOURCE_HELP)

    def authority_data(self) -> AuthorityData:
        """What the action wants to know."""
        data = self.cleaned_data
        return AuthorityData(data["value"], data["starts_on"], data["source"])


def _field(column: str) -> str:
    """The field of a column: `prefix` is Django's own word for something else."""
    return "infix" if column == "prefix" else column


class LinkForm(AuthorityForm):
    """What a parent who is known already is to this pupil."""

    relation = forms.ChoiceField(
        label=_("Relation"), choices=[("", "—"), *Parenthood.Relation.choices]
    )
    field_order: Iterable[str] | None = ("relation", "value", "starts_on", "source")


class NewParentForm(ContactForm, LinkForm):
    """A parent who is not known yet."""

    is_another = forms.BooleanField(
        label=_("I looked: this is somebody else, not a parent named above"), required=False
    )
    field_order: Iterable[str] | None = (
        *("relation", "first_name", "infix", "surname", "email", "phone"),
        *("street", "postcode", "city", "country", "is_secret"),
        *("value", "starts_on", "source", "is_another"),
    )

    def __init__(self, *args: Any, asks_if_another: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not asks_if_another:
            del self.fields["is_another"]


class RelationForm(SeenForm):
    """What a parent is to a pupil."""

    relation = forms.ChoiceField(label=_("Relation"), choices=Parenthood.Relation.choices)


class FindForm(forms.Form):
    """A name to look for among the parents of the school."""

    q = TidyField(
        label=_("Name of the parent"),
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off", "class": "input"}),
    )


class RepresentativeForm(SeenForm):
    """Somebody who answers by a court's decision."""

    kind = forms.ChoiceField(
        label=_("Kind"), choices=Representative.Kind.choices, widget=forms.RadioSelect
    )
    name = TidyField(label=_("Name of the person or officer"), max_length=200)
    institution = TidyField(label=_("Institution"), max_length=200, required=False)
    email = forms.EmailField(label=_("E-mail address"), required=False)
    court_decision = TidyField(
        label=_("Court decision"),
        max_length=200,
        help_text=_("Court, number and day. Supervision (OTS) alone gives no authority."),
    )
    covers = TidyField(
        label=_("What the decision covers"),
        max_length=300,
        required=False,
        help_text=_("For a curator or mentor: for what they answer."),
    )
    starts_on = DayField(label=_("From"))
    ends_on = DayField(label=_("Up to and including"), required=False)

    def representative_data(self) -> RepresentativeData:
        """What the action wants to know."""
        fields = RepresentativeData.__dataclass_fields__
        return RepresentativeData(**{f: self.cleaned_data[f] for f in fields})


class EndForm(SeenForm):
    """The last day of a representation."""

    last_day = DayField(label=_("Up to and including"))


class AccountForm(forms.Form):
    """The user name of an account that this person already has, if any."""

    username = forms.CharField(
        label=_("User name of the account this person already has"),
        required=False,
        max_length=150,
        help_text=_("For a parent who has one. Leave it empty for a new account."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class ColleagueForm(forms.Form):
    """Which colleague is a parent of this pupil, and which of the parents that is."""

    username = forms.CharField(
        label=_("User name of the colleague"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    parent = forms.ChoiceField(label=_("Which parent is this?"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, parents: Iterable[Parent], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.parents = {str(parent.pk): parent for parent in parents}
        known = ("known", _("Known already as a parent of another child"))
        choices = [(key, parent.name) for key, parent in self.parents.items()]
        self.fields["parent"].choices = [*choices, known]  # type: ignore[attr-defined]  # of choices

    def chosen(self) -> Parent | None:
        """The parent that was chosen; none for somebody known with another child."""
        return self.parents.get(self.cleaned_data["parent"])


class NoParentForm(forms.Form):
    """Why a colleague is no parent of this pupil."""

    what = forms.ChoiceField(
        label=_("What is wrong?"),
        choices=[
            ("other_person", _("The parent is somebody else: take the account away.")),
            ("other_child", _("The colleague has other children here, but not this one.")),
        ],
        widget=forms.RadioSelect,
    )
