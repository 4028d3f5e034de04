"""Which school the calendar shows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from students.models import School


class CalendarForm(forms.Form):
    """One school, or all of them."""

    school = forms.ChoiceField(label=_("School"), required=False)

    def __init__(self, *args: Any, schools: Sequence[School], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._schools = {str(school.pk): school for school in schools}
        everything = [("", _("All schools"))] if len(schools) > 1 else []
        named = [(key, school.name) for key, school in self._schools.items()]
        self.fields["school"] = forms.ChoiceField(
            label=self.fields["school"].label, required=False, choices=[*everything, *named]
        )

    def chosen(self) -> list[School]:
        """The school that was chosen; all of them when none was."""
        key = self.cleaned_data.get("school", "") if self.is_valid() else ""
        return [self._schools[key]] if key in self._schools else list(self._schools.values())
