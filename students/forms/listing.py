"""What somebody asks of the list of pupils; sent by POST, so that no name stands in an address."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from students.forms.fields import NameSearchField, SortField
from students.models import Group, School
from students.queries.listing import Wanted


class ListForm(forms.Form):
    """Name, school, group, and whether the pupil is here, starts later, or left."""

    q = NameSearchField()
    school = forms.ModelChoiceField(
        queryset=School.objects.none(),
        label=_("School"),
        required=False,
        empty_label=_("All schools"),
    )
    group = forms.ModelChoiceField(
        queryset=Group.objects.none(), label=_("Group"), required=False, empty_label=_("All groups")
    )
    state = forms.ChoiceField(
        label=_("Which pupils"),
        required=False,
        choices=[
            ("now", _("At school now")),
            ("ageless", _("Date of birth unknown")),
            ("groupless", _("Without a group")),
            ("later", _("Starting later")),
            ("left", _("Left")),
            ("all", _("All")),
        ],
    )
    sort = SortField(Wanted.SORTS)

    def __init__(
        self, *args: Any, schools: list[School], groups: QuerySet[Group], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._keys(schools, groups)

    def _keys(self, schools: list[School], groups: QuerySet[Group]) -> None:
        if len(schools) < 2:
            del self.fields["school"]
        else:
            rows = School.objects.filter(pk__in=[s.pk for s in schools]).select_related("unit")
            self.fields["school"].queryset = rows  # type: ignore[attr-defined]  # choice of rows
        self.fields["group"].queryset = groups  # type: ignore[attr-defined]  # a choice of rows

    def wanted(self) -> Wanted:
        """What is asked; anything wrong in it is left out, and said beside its field."""
        data = getattr(self, "cleaned_data", {})
        school, group = data.get("school"), data.get("group")
        return Wanted(
            typed=data.get("q") or "",
            school=school.pk if school else None,
            group=group.pk if group else None,
            state=data.get("state") or "now",
            sort=data.get("sort") or "name",
        )
