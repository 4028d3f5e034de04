"""Assigning, another end, handing over, the medical part, and a group's team."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from access.fields import OneLine
from access.models import User
from dossiers.kinds import AssignmentKind
from dossiers.models import Assignment
from dossiers.queries.choosing import Colleague
from dossiers.rules.assigning import Wanted

_REASON = _("For example: teaches this group, or supports reading until the summer.")


def day_field(label: Any, *, on: date, required: bool = True, help_text: Any = "") -> Any:
    """A day from today on."""
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "min": on.isoformat()})
    return forms.DateField(label=label, required=required, help_text=help_text, widget=widget)


class ChoosesColleague(forms.Form):
    """Chooses one of the colleagues the rules allow, and days from today on."""

    def __init__(
        self, *args: Any, colleagues: Sequence[Colleague], on: date, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.on = on
        self._colleagues = {str(one.user.pk): one.user for one in colleagues}
        choices = [(str(one.user.pk), one.label) for one in colleagues]
        self.fields["user"] = forms.ChoiceField(
            label=_("Who"), choices=[("", _("Choose a colleague")), *choices]
        )
        self.order_fields(["user", "kind", "starts_on", "ends_on", "reason"])

    @property
    def colleague(self) -> User:
        """Who was chosen."""
        return self._colleagues[self.cleaned_data["user"]]

    def clean_starts_on(self) -> date:
        """Access is given from today on, never for days gone by."""
        day: date = self.cleaned_data["starts_on"]
        if day < self.on:
            raise ValidationError(_("Choose today or a later day."), code="past")
        return day


class AssignForm(ChoosesColleague):
    """Somebody for one pupil, or for a whole group."""

    kind = forms.ChoiceField(label=_("As"), widget=forms.RadioSelect)
    reason = OneLine(label=_("Why"), max_length=300, help_text=_REASON)

    def __init__(self, *args: Any, kinds: Sequence[AssignmentKind], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = dict(Assignment.Kind.choices)
        field = self.fields["kind"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(kind.value, labels[Assignment.Kind(kind.value)]) for kind in kinds]
        if len(kinds) == 1:
            field.widget = forms.HiddenInput()
        self.initial.setdefault("kind", kinds[0].value)
        self.initial.setdefault("starts_on", self.on)
        self.fields["starts_on"] = day_field(_("First day"), on=self.on)
        self.fields["ends_on"] = day_field(
            _("Last day"),
            on=self.on,
            required=False,
            help_text=_("Needed for a substitute and for a few days; access then ends by itself."),
        )
        self.order_fields(["user", "kind", "starts_on", "ends_on", "reason"])

    def wanted(self) -> Wanted:
        """What was asked for."""
        data = self.cleaned_data
        return Wanted(
            AssignmentKind(data["kind"]), data["starts_on"], data["ends_on"], data["reason"]
        )


class EndForm(forms.Form):
    """Another last day, earlier or later."""

    reason = OneLine(label=_("Why"), max_length=300)

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ends_on"] = day_field(
            _("Last day"),
            on=on,
            required=False,
            help_text=_("Leave it empty for as long as the rules allow."),
        )
        self.order_fields(["ends_on", "reason"])


class HandOverForm(ChoosesColleague):
    """A group goes from one teacher to another."""

    reason = OneLine(label=_("Why"), max_length=300)

    def __init__(self, *args: Any, team: Sequence[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._team = {str(user.pk): user for user in team}
        self.fields["user"].label = _("Who takes over")
        self.fields["leaving"] = forms.ChoiceField(
            label=_("Who stops"), choices=[(key, user.name) for key, user in self._team.items()]
        )
        self.fields["starts_on"] = day_field(
            _("First day of the new teacher"),
            on=self.on,
            help_text=_("The day before is the last day of who stops."),
        )
        self.initial.setdefault("starts_on", self.on)
        self.order_fields(["leaving", "user", "starts_on", "reason"])

    @property
    def leaving(self) -> User:
        """Who stops."""
        return self._team[self.cleaned_data["leaving"]]

    def clean(self) -> dict[str, Any]:
        """A group goes to somebody else."""
        data = super().clean() or {}
        if data.get("user") and data.get("user") == data.get("leaving"):
            raise ValidationError(_("Choose two different people."), code="same")
        return data


class StandInForm(ChoosesColleague):
    """A stand-in for the school doctor."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("starts_on", self.on)
        self.fields["starts_on"] = day_field(_("First day"), on=self.on)
        self.fields["ends_on"] = day_field(_("Last day"), on=self.on, required=False)
        self.order_fields(["user", "starts_on", "ends_on"])


class TeamForm(forms.Form):
    """Who has a group in a school year, and who carries on with single pupils."""

    def __init__(
        self,
        *args: Any,
        colleagues: Sequence[tuple[User, Any]],
        others: Sequence[tuple[User, Any]],
        earliest: date,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._colleagues = {str(user.pk): user for user, _label in colleagues}
        self.fields["team"] = forms.MultipleChoiceField(
            label=_("Who has this group"),
            choices=[(str(user.pk), label) for user, label in colleagues],
            widget=forms.CheckboxSelectMultiple,
            help_text=_("The roster proposes; you decide. Nobody gets access before you confirm."),
        )
        self.fields["starts_on"] = day_field(
            _("First day"),
            on=earliest,
            help_text=_("At most eight weeks before the school year begins."),
        )
        if others:
            self.fields["carry_on"] = forms.MultipleChoiceField(
                label=_("Who carries on with single pupils"),
                choices=[(str(user.pk), label) for user, label in others],
                widget=forms.CheckboxSelectMultiple,
                required=False,
                help_text=_("Whoever you leave out ends on 30 September."),
            )

    def team(self) -> list[User]:
        """Who was chosen for the group."""
        return [self._colleagues[key] for key in self.cleaned_data["team"]]

    def carry_on(self) -> list[uuid.UUID]:
        """Whose assignments to single pupils stay."""
        return [uuid.UUID(key) for key in self.cleaned_data.get("carry_on", [])]


class SearchForm(forms.Form):
    """Looks for pupils by name, group, and whether somebody counsels them."""

    q = forms.CharField(required=False, max_length=80)
    group = forms.UUIDField(required=False)
    which = forms.ChoiceField(
        required=False, choices=[("", ""), ("without", ""), ("left", "")], initial=""
    )
    page = forms.IntegerField(required=False, min_value=1)
