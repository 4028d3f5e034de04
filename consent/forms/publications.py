"""What was published where with whom, and how it went again."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from consent.actions.publishing import Published
from consent.forms.lines import Lines
from consent.models import Removal
from students.forms.fields import DayField, TidyField
from students.models import Pupil


class PublishForm(forms.Form):
    """Where and when, and who is in it: nobody is ticked beforehand."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    place = TidyField(
        label=_("Where was it published?"),
        max_length=300,
        help_text=_(
            "For example: the newsletter of November, page 2. Or the address of the page. Parents"
            " of these pupils read this."
        ),
    )
    published_on = DayField(label=_("On which day?"))
    everybody = forms.BooleanField(label=_("All pupils with a yes are in it"), required=False)
    pupils = forms.MultipleChoiceField(
        label=_("Who is in the picture?"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, allowed: Sequence[Pupil], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._allowed = [pupil.pk for pupil in allowed]
        choices = self.fields["pupils"]
        assert isinstance(choices, forms.MultipleChoiceField)
        choices.choices = [(str(pupil.pk), pupil.name) for pupil in allowed]
        self.fields["key"].initial = uuid.uuid4
        self.fields["published_on"].initial = today

    def clean(self) -> dict[str, Any]:
        """Somebody is in it."""
        data: dict[str, Any] = super().clean() or {}
        if not data.get("everybody") and not data.get("pupils") and "pupils" not in self.errors:
            self.add_error("pupils", _("Choose the pupils who are in the picture."))
        return data

    def published(self) -> Published:
        """What was filled in."""
        data = self.cleaned_data
        chosen = self._allowed if data["everybody"] else [uuid.UUID(key) for key in data["pupils"]]
        return Published(data["key"], data["place"], data["published_on"], frozenset(chosen))


class TakeDownForm(forms.Form):
    """All of it, or one pupil; on which day, in words, and a picture or PDF as proof."""

    how = forms.ChoiceField(
        label=_("What was done?"), choices=Removal.How.choices, widget=forms.RadioSelect
    )
    pupil = forms.ChoiceField(
        label=_("Which pupil?"),
        required=False,
        help_text=_("Leave this open when all of it was taken down."),
    )
    done_on = DayField(label=_("On which day?"))
    words = Lines(
        label=_("How do you know that it is gone?"),
        max_length=1000,
        min_length=5,
        help_text=_("For example: I deleted the message and looked with another phone."),
    )
    file = forms.FileField(
        label=_("A picture or PDF that shows it"),
        required=False,
        allow_empty_file=True,
        help_text=_("For example a screenshot. At most 25 MB."),
        widget=forms.FileInput(attrs={"accept": "image/*,application/pdf"}),
    )

    def __init__(self, *args: Any, pupils: Sequence[Pupil], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._pupils = {str(pupil.pk): pupil for pupil in pupils}
        field = self.fields["pupil"]
        assert isinstance(field, forms.ChoiceField)
        named = [(key, pupil.name) for key, pupil in self._pupils.items()]
        field.choices = [("", _("Nobody in particular")), *named]
        self.fields["done_on"].initial = today

    def clean(self) -> dict[str, Any]:
        """One pupil belongs to a part, and none to the whole."""
        data: dict[str, Any] = super().clean() or {}
        how, pupil = data.get("how"), data.get("pupil")
        if how == Removal.How.WHOLE and pupil:
            self.add_error("pupil", _("All of it was taken down: leave this open."))
        elif how and how != Removal.How.WHOLE and not pupil and "pupil" not in self.errors:
            self.add_error("pupil", _("Choose the pupil who is not in it any more."))
        return data

    @property
    def chosen(self) -> Pupil | None:
        """The pupil that was chosen."""
        return self._pupils.get(self.cleaned_data["pupil"])
