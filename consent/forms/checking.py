"""What somebody wants to check: for what, when, and whom. By POST: no name in an address."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from consent.models import PurposeText
from students.models import Group, School


class CheckForm(forms.Form):
    """A purpose and a day, groups or a name, and a school if there are several."""

    purpose = forms.ChoiceField(label=_("What for?"))
    day = forms.DateField(
        label=_("On which day?"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    school = forms.ChoiceField(label=_("School"))
    groups = forms.MultipleChoiceField(
        label=_("Which groups?"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Choose none to look in the whole school."),
    )
    typed = forms.CharField(
        label=_("Only pupils whose name begins with"), required=False, max_length=80
    )

    def __init__(
        self,
        *args: Any,
        texts: Sequence[PurposeText],
        schools: Sequence[School],
        groups: Sequence[Group],
        today: date,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._schools = {str(school.pk): school for school in schools}
        self._groups = {str(group.pk): group for group in groups}
        many = len(schools) > 1
        self._choices("purpose", [(str(t.purpose_id), title_of(t)) for t in texts])
        self._choices("school", [(key, school.name) for key, school in self._schools.items()])
        self._choices(
            "groups",
            [
                (key, f"{group.name} · {group.school.name}" if many else group.name)
                for key, group in self._groups.items()
            ],
        )
        self.fields["day"].initial = today
        if not many:
            del self.fields["school"]

    def _choices(self, name: str, choices: list[tuple[str, str]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]  # a choice field

    def clean(self) -> dict[str, Any]:
        """The school and its groups; groups of another school make no sense."""
        data: dict[str, Any] = super().clean() or {}
        only = next(iter(self._schools), "")
        data["chosen_school"] = self._schools.get(data.get("school", only))
        data["chosen_groups"] = [self._groups[key] for key in data.get("groups", [])]
        school = data["chosen_school"]
        if school and any(group.school_id != school.pk for group in data["chosen_groups"]):
            self.add_error("groups", _("Choose groups of the school you chose."))
        return data


def title_of(text: PurposeText) -> str:
    """What a purpose is called in the reader's language."""
    return text.title_en if get_language() == "en" else text.title_nl
