"""What somebody asks of my pupils; sent by POST, so that no name stands in an address."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from dossiers.queries import MyPupilsWanted
from students.forms.fields import TidyField
from students.models import Group

_BOX = {"type": "search", "autocomplete": "off", "class": "input"}


class MyPupilsForm(forms.Form):
    """A name, a group and an order; nothing is required."""

    q = TidyField(
        label=_("Search by name"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs=_BOX),
    )
    group = forms.ModelChoiceField(
        queryset=Group.objects.none(), label=_("Group"), required=False, empty_label=_("All groups")
    )
    sort = forms.ChoiceField(
        required=False,
        choices=[(sign + key, sign + key) for key in MyPupilsWanted.SORTS for sign in ("", "-")],
        widget=forms.HiddenInput,
    )

    def __init__(self, *args: Any, groups: QuerySet[Group], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["group"].queryset = groups  # type: ignore[attr-defined]  # a choice of rows

    def wanted(self) -> MyPupilsWanted:
        """What is asked; anything wrong in it is left out, and said beside its field."""
        self.is_valid()
        data = getattr(self, "cleaned_data", {})
        group = data.get("group")
        return MyPupilsWanted(
            typed=data.get("q") or "",
            group=group.pk if group else None,
            sort=data.get("sort") or "name",
        )
