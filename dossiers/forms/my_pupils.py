"""What somebody asks of the list of own pupils; by POST, so that no name stands in an address."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dossiers.queries.pupils import SORTS, Wanted
from students.forms.fields import NameSearchField, SortField
from students.models import Group, School


class MyPupilsForm(forms.Form):
    """A name, a group, a school if there are several, and the order."""

    q = NameSearchField()
    group = forms.TypedChoiceField(label=_("Group"), required=False)
    school = forms.TypedChoiceField(label=_("School"), required=False)
    sort = SortField(SORTS)

    def __init__(
        self, *args: Any, groups: list[Group], schools: list[School], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._groups = {str(group.pk): group for group in groups}
        self._schools = {str(school.pk): school for school in schools}
        self.fields["group"].choices = [  # type: ignore[attr-defined]  # a choice field
            ("", _("All groups")),
            *((key, group.name) for key, group in self._groups.items()),
        ]
        self.fields["school"].choices = [  # type: ignore[attr-defined]  # likewise
            ("", _("All schools")),
            *((key, school.name) for key, school in self._schools.items()),
        ]
        if len(schools) < 2:
            del self.fields["school"]

    def wanted(self) -> Wanted:
        """What was asked; what makes no sense counts as not asked."""
        self.is_valid()
        data = getattr(self, "cleaned_data", {})
        return Wanted(
            typed=data.get("q", ""),
            group=self._groups.get(data.get("group", "")),
            school=self._schools.get(data.get("school", "")),
            sort=data.get("sort") or "name",
        )
