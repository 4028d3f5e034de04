"""A parent asks to film at school; the director decides; staff look who may not be filmed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from consent.actions.filming import Occasion
from consent.forms.lines import Lines
from consent.models import FilmingRequest
from students.forms.fields import DayField, TidyField
from students.models import Group, School


class AskToFilmForm(forms.Form):
    """What, when and why."""

    school = forms.ChoiceField(label=_("At which school?"))
    occasion = TidyField(
        label=_("What do you want to film?"),
        max_length=120,
        min_length=5,
        help_text=_("For example: the musical of group 8."),
    )
    day = DayField(label=_("On which day?"))
    why = Lines(
        label=_("What is it for?"),
        max_length=500,
        min_length=5,
        help_text=_("For example: for the grandparents, who can't come."),
    )

    def __init__(self, *args: Any, schools: Sequence[School], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._schools = {str(school.pk): school for school in schools}
        field = self.fields["school"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(key, school.name) for key, school in self._schools.items()]
        if len(schools) == 1:
            del self.fields["school"]

    @property
    def chosen_school(self) -> School:
        """The school that was chosen, or the only one."""
        only = next(iter(self._schools))
        return self._schools[self.cleaned_data.get("school", only)]

    def wanted(self) -> Occasion:
        """What was filled in."""
        data = self.cleaned_data
        return Occasion(data["occasion"], data["day"], data["why"])


class DecideFilmingForm(forms.Form):
    """Yes, no, or on which conditions."""

    decision = forms.ChoiceField(
        label=_("What do you decide?"),
        choices=FilmingRequest.Decision.choices,
        widget=forms.RadioSelect,
    )
    said = Lines(
        label=_("Conditions, or why not"),
        required=False,
        max_length=500,
        help_text=_("The parent reads this. With a yes you may leave it open."),
    )

    def clean(self) -> dict[str, Any]:
        """A no and conditions stand in words."""
        data: dict[str, Any] = super().clean() or {}
        decision = data.get("decision")
        if decision and decision != FilmingRequest.Decision.YES and len(data.get("said", "")) < 5:
            self.add_error("said", _("Write in a few words what the parent must know."))
        return data


class FilmingListForm(forms.Form):
    """For which day, and for which groups; by GET, there is no name in it."""

    day = DayField(label=_("On which day?"))
    school = forms.ChoiceField(label=_("School"))
    groups = forms.MultipleChoiceField(
        label=_("Which groups?"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Choose none for the whole school."),
    )

    def __init__(
        self,
        *args: Any,
        schools: Sequence[School],
        groups: Sequence[Group],
        today: date,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._schools = {str(school.pk): school for school in schools}
        self._groups = {str(group.pk): group for group in groups}
        many = len(schools) > 1
        school, chosen = self.fields["school"], self.fields["groups"]
        assert isinstance(school, forms.ChoiceField)
        assert isinstance(chosen, forms.MultipleChoiceField)
        school.choices = [(key, one.name) for key, one in self._schools.items()]
        chosen.choices = [
            (key, f"{one.name} · {one.school.name}" if many else one.name)
            for key, one in self._groups.items()
        ]
        if not many:
            del self.fields["school"]

    @property
    def chosen_school(self) -> School:
        """The school that was chosen, or the only one."""
        only = next(iter(self._schools))
        return self._schools[self.cleaned_data.get("school", only)]

    @property
    def chosen_groups(self) -> list[Group]:
        """The groups that were chosen, of that school."""
        chosen = [self._groups[key] for key in self.cleaned_data["groups"]]
        return [group for group in chosen if group.school_id == self.chosen_school.pk]
