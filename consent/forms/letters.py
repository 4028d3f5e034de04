"""Which letters: of which school and group, and to whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from consent.models import LetterRun
from consent.queries.letters import groups_now
from students.models import Group, School


class WhichForm:
    """What the address chooses: a school of mine, and perhaps a group of it. Else the first."""

    def __init__(self, asked: Mapping[str, Any], *, schools: Sequence[School], on: date) -> None:
        self.schools = list(schools)
        wanted = {str(school.pk): school for school in schools}
        first = self.schools[0] if self.schools else None
        self.school: School | None = wanted.get(asked.get("school", ""), first)
        self.groups = list(groups_now(self.school, on)) if self.school else []
        of_school = {str(group.pk): group for group in self.groups}
        self.group: Group | None = of_school.get(asked.get("group", ""))


class LettersForm(forms.Form):
    """Letters or slips, for everybody or one group, and whether also for who has them already."""

    kind = forms.ChoiceField(choices=LetterRun.Kind.choices)
    group = forms.ModelChoiceField(Group.objects.none(), required=False)
    again = forms.BooleanField(label=_("Also who was written to before"), required=False)

    def __init__(self, *args: Any, school: School, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        group = self.fields["group"]
        assert isinstance(group, forms.ModelChoiceField)
        group.queryset = groups_now(school, on)
