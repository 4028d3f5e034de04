"""A lesson that is recorded: for which group, where it is kept, and who stays out of view."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from consent.actions.recordings import Lesson
from students.forms.fields import DayField, TidyField
from students.models import Group, Pupil


class ChooseLessonForm(forms.Form):
    """Which group, and on which day; then the pupils of that day are known."""

    group = forms.ChoiceField(label=_("Which group?"))
    day = DayField(label=_("Day of the lesson"))

    def __init__(self, *args: Any, groups: Sequence[Group], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        schools = {group.school_id for group in groups}
        field = self.fields["group"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            (str(g.pk), f"{g.name} · {g.school.name}" if len(schools) > 1 else g.name)
            for g in groups
        ]
        self.fields["day"].initial = today


class RecordingForm(forms.Form):
    """Where it is kept and until when, and that each pupil without a yes stays out of view."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    kept_where = TidyField(
        label=_("Where is it kept?"),
        max_length=200,
        help_text=_("For example: on the camera in the safe. Never on a phone or in a cloud."),
    )
    ends_on = DayField(label=_("Deleted at the latest on"))
    out_of_view = forms.MultipleChoiceField(
        label=_("Who is kept out of view?"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Tick each of them, once you know how you keep them out of view."),
    )

    def __init__(
        self,
        *args: Any,
        group: Group,
        day: date,
        without: Sequence[Pupil],
        last_day: date,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._group, self._day, self._without = group, day, without
        field = self.fields["out_of_view"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(str(pupil.pk), pupil.name) for pupil in without]
        if not without:
            del self.fields["out_of_view"]
        self.fields["key"].initial = uuid.uuid4
        self.fields["ends_on"].initial = last_day

    def clean_out_of_view(self) -> list[str]:
        """Everybody without a yes stays out."""
        chosen: list[str] = self.cleaned_data["out_of_view"]
        if len(set(chosen)) < len(self._without):
            raise forms.ValidationError(
                _("Each of these pupils must stay out of view. If that can't be, do not record.")
            )
        return chosen

    def lesson(self) -> Lesson:
        """What was filled in."""
        data = self.cleaned_data
        out = frozenset(uuid.UUID(key) for key in data.get("out_of_view", []))
        return Lesson(data["key"], self._group, self._day, data["kept_where"], data["ends_on"], out)


class DeletedForm(forms.Form):
    """On which day the recording was deleted."""

    deleted_on = DayField(label=_("Deleted on"))

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["deleted_on"].initial = today


class TermForm(forms.Form):
    """How long a board keeps recordings."""

    days = forms.IntegerField(
        label=_("How many days may a lesson recording be kept?"),
        min_value=1,
        max_value=366,
        help_text=_("At most until the school year ends. It counts for new recordings."),
    )
