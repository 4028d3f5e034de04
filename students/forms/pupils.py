"""Forms about a pupil and its enrolments."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from students.actions.pupils import PupilData
from students.forms.fields import DayField, GroupField, SeenForm, TidyField
from students.models import Group, Location, School


class PupilForm(SeenForm):
    """Names and birth date."""

    first_name = TidyField(label=_("First name"), max_length=64, required=False)
    infix = TidyField(  # `prefix` is Django's own word for something else
        label=_("Prefix"), max_length=20, required=False, help_text=_("For example: van der")
    )
    surname = TidyField(label=_("Surname"), max_length=200, required=False)
    given_names = TidyField(
        label=_("All first names, as on the passport"), max_length=200, required=False
    )
    birth_date = DayField(
        label=_("Date of birth"),
        required=False,
        help_text=_("Not known? Leave it empty. The pupil then counts as under 12."),
    )

    def clean(self) -> dict[str, Any]:
        """A pupil has a first name or a surname."""
        data = super().clean() or {}
        if not self.errors and not data.get("first_name") and not data.get("surname"):
            self.add_error("first_name", _("Fill in a first name or a surname."))
        return data

    def pupil_data(self) -> PupilData:
        """What the action wants to know."""
        data = self.cleaned_data
        return PupilData(
            first_name=data["first_name"],
            prefix=data["infix"],
            surname=data["surname"],
            birth_date=data["birth_date"],
            given_names=data["given_names"],
        )


class EnrolForm(PupilForm):
    """A new pupil of one school."""

    starts_on = DayField(label=_("First day at school"))
    group = GroupField(
        queryset=Group.objects.none(), label=_("Group"), required=False, empty_label=_("not yet")
    )
    location = forms.ModelChoiceField(
        queryset=Location.objects.none(), label=_("Location"), required=False, empty_label="—"
    )
    is_another = forms.BooleanField(
        label=_("I looked: this is another child, not the one above"), required=False
    )

    def __init__(
        self,
        *args: Any,
        groups: QuerySet[Group],
        locations: QuerySet[Location],
        asks_if_another: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["group"].queryset = groups  # type: ignore[attr-defined]  # a choice of rows
        self.fields["location"].queryset = locations  # type: ignore[attr-defined]  # the same
        if not locations:
            del self.fields["location"]
        if not asks_if_another:
            del self.fields["is_another"]

    def enrolment(self) -> dict[str, Any]:
        """What the action wants to know."""
        data = self.cleaned_data
        return {
            "data": self.pupil_data(),
            "starts_on": data["starts_on"],
            "group": data["group"],
            "location": data.get("location"),
        }


class LeavingForm(SeenForm):
    """The last day at school."""

    last_day = DayField(
        label=_("Last day at school"), help_text=_("The real last day, also when it is past.")
    )


class ConfirmForm(SeenForm):
    """Nothing to fill in: a person looked and says yes."""


class MoveForm(SeenForm):
    """A place in another group."""

    group = GroupField(
        queryset=Group.objects.none(), label=_("New group"), empty_label=_("Choose a group")
    )
    starts_on = DayField(label=_("From"))

    def __init__(self, *args: Any, groups: QuerySet[Group], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["group"].queryset = groups  # type: ignore[attr-defined]  # a choice of rows


class ReturnForm(SeenForm):
    """A pupil who comes back to a school it left."""

    school = forms.ModelChoiceField(
        queryset=School.objects.none(), label=_("School"), empty_label=_("Choose a school")
    )
    starts_on = DayField(label=_("First day back at school"))

    def __init__(self, *args: Any, schools: QuerySet[School], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["school"].queryset = schools  # type: ignore[attr-defined]  # a choice of rows
        if len(schools) == 1:
            self.fields["school"].initial = schools[0].pk
            self.fields["school"].widget = forms.HiddenInput()


class TransferForm(SeenForm):
    """A pupil who goes to another school of the board."""

    to_school = forms.ModelChoiceField(
        queryset=School.objects.none(),
        label=_("To which school"),
        empty_label=_("Choose a school"),
    )
    last_day = DayField(label=_("Last day at this school"))
    starts_on = DayField(label=_("First day at the other school"))

    def __init__(self, *args: Any, schools: QuerySet[School], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to_school"].queryset = schools  # type: ignore[attr-defined]  # rows again


def day_of(form: forms.Form, field: str) -> date:
    """A day that the form asked for and got."""
    day = form.cleaned_data[field]
    assert isinstance(day, date)
    return day
