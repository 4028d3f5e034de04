"""Forms about schools, locations, school years and groups."""

from __future__ import annotations

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from students.forms.fields import DayField, SeenForm, TidyField
from students.models import School

YEAR_GROUPS = [("", "—"), *((str(n), str(n)) for n in range(1, 9))]


class BrinField(TidyField):
    """The code of a school at the ministry: two digits, two letters, at times two digits more."""

    def __init__(self) -> None:
        super().__init__(
            label=_("BRIN code"), max_length=6, help_text=_("For example 12AB or 12AB01.")
        )
        self.validators.append(
            RegexValidator(
                r"^[0-9]{2}[A-Z]{2}([0-9]{2})?$",
                _("A BRIN code has two digits and two letters, for example 12AB."),
            )
        )

    def to_python(self, value: object) -> str:
        """In capitals, without spaces."""
        return super().to_python(value).replace(" ", "").upper()


class SchoolForm(forms.Form):
    """A new school of a board."""

    name = TidyField(label=_("Name of the school"), max_length=120)
    brin = BrinField()
    region = forms.ChoiceField(label=_("Holiday region"), choices=School.Region.choices)


class RegionForm(forms.Form):
    """The holiday region of a school."""

    region = forms.ChoiceField(label=_("Holiday region"), choices=School.Region.choices)


class LocationForm(forms.Form):
    """A building of a school."""

    name = TidyField(label=_("Name of the location"), max_length=64)


class GroupForm(forms.Form):
    """A new group of a school year."""

    name = TidyField(label=_("Name of the group"), max_length=64, help_text=_("For example 6B."))
    year_group = forms.ChoiceField(
        label=_("Year group"),
        choices=YEAR_GROUPS,
        required=False,
        help_text=_("Leave it open for a group of several years."),
    )


class RenameForm(SeenForm):
    """Another name for a group."""

    name = TidyField(label=_("Name of the group"), max_length=64)


class SchoolYearForm(SeenForm):
    """The first and last day of a school year."""

    starts_on = DayField(label=_("First day"))
    ends_on = DayField(label=_("Last day"))
