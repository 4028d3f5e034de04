"""What a reader of the log can look for."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from access.fields import SeveralLines
from access.models import User
from audit import rules, subjects, veils
from audit.events import EVENTS, Action, Outcome
from audit.grounds import Ground
from audit.queries import Wanted, people_found
from audit.subjects import Subject

MOST_FOUND = 200  # people that one search looks for; of pupils the room above says how many
MOST_CHOICES = 8
_NOBODYS = AS_WRITTEN = uuid.UUID(int=0)  # the second: no account, but the name in the row


def _day() -> forms.DateInput:
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


def _kinds() -> list[tuple[Any, Any]]:
    """Every kind of event under its type, as registered by the rooms."""
    groups = [
        (
            action.label,
            sorted((e.code, str(e.label)) for e in EVENTS.values() if e.action == action),
        )
        for action in Action
    ]
    return [("", _("everything")), *((label, kinds) for label, kinds in groups if kinds)]


@dataclass(frozen=True)
class Choice:
    """Somebody who fits what was typed."""

    key: uuid.UUID
    name: str


@dataclass
class Fitting:
    """Who fits a name that was typed: everybody, or the one that was chosen among them."""

    keys: tuple[uuid.UUID, ...] = ()
    choices: list[Choice] = field(default_factory=list)  # when there are a few
    chosen: Choice | None = None
    pupils: list[Subject] = field(default_factory=list)  # whose names the choices show
    is_cut_off: bool = False


class LogSearch(forms.Form):
    """Sent by POST: whom one looks for stays out of addresses and browser history."""

    person = forms.CharField(label=_("Who"), max_length=150, required=False)
    pupil = forms.CharField(label=_("Pupil"), max_length=150, required=False)
    event = forms.ChoiceField(label=_("What"), choices=_kinds, required=False)
    outcome = forms.ChoiceField(
        label=_("Outcome"), choices=[("", _("any")), *Outcome.choices], required=False
    )
    ground = forms.ChoiceField(
        label=_("Ground"), choices=[("", _("any")), *Ground.choices], required=False
    )
    first_day = forms.DateField(label=_("From"), widget=_day(), required=False)
    last_day = forms.DateField(label=_("Up to and including"), widget=_day(), required=False)
    request = forms.CharField(label=_("Number of the request"), max_length=50, required=False)
    person_key = forms.UUIDField(widget=forms.HiddenInput, required=False)
    pupil_key = forms.UUIDField(widget=forms.HiddenInput, required=False)

    MORE = ("event", "outcome", "ground", "request")

    @property
    def first_fields(self) -> list[forms.BoundField]:
        """What most people look for."""
        return [bound for bound in self.visible_fields() if bound.name not in self.MORE]

    @property
    def more_fields(self) -> list[forms.BoundField]:
        """What is folded away until somebody asks for it."""
        return [self[name] for name in self.MORE]

    @property
    def asks_more(self) -> bool:
        """Whether one of those is filled in."""
        return self.is_bound and any(self.data.get(name) for name in self.MORE)

    def clean_request(self) -> uuid.UUID | None:
        """One that is not whole yet, or made up, is nobody's: no row has it."""
        typed = self.cleaned_data["request"].strip()
        try:
            return uuid.UUID(typed) if typed else None
        except ValueError:
            return _NOBODYS

    def clean(self) -> dict[str, Any]:
        """A period runs forward."""
        cleaned = super().clean() or {}
        first, last = cleaned.get("first_day"), cleaned.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", _("This day comes before the first day."))
        return cleaned

    def people(self, user: User, *, on: date) -> Fitting:
        """The accounts that fit what was typed under Who; nobody when the name itself counts."""
        typed = self.cleaned_data["person"].strip()
        if not typed:
            return Fitting()
        if self.cleaned_data["person_key"] == AS_WRITTEN:
            return Fitting(chosen=Choice(AS_WRITTEN, typed))
        found = list(people_found(typed, user, on=on)[: MOST_FOUND + 1])
        choices = [Choice(person.pk, person.name) for person in found[:MOST_FOUND]]
        fitting = _fitting(choices, self.cleaned_data["person_key"])
        fitting.is_cut_off = len(found) > MOST_FOUND
        return fitting

    def pupils(self, user: User, *, on: date) -> Fitting:
        """The pupils that fit what was typed, of those whom the reader may see named."""
        typed = self.cleaned_data["pupil"].strip()
        if not typed:
            return Fitting()
        keys = subjects.found(typed, user, on=on)
        known = subjects.named(keys[: MOST_CHOICES + 1], user, on=on)
        choices = [Choice(key, known[key].name if key in known else "") for key in keys]
        fitting = _fitting(choices, self.cleaned_data["pupil_key"])
        shown = [fitting.chosen] if fitting.chosen else fitting.choices
        fitting.pupils = [known[choice.key] for choice in shown if choice.key in known]
        fitting.is_cut_off = len(keys) >= subjects.MOST_FOUND
        return fitting

    def wanted(self, people: Fitting, pupils: Fitting) -> Wanted:
        """What to look for; people and pupils by the keys that were found.

        Where no account fits, the name as it was written then: of a job, or of who left since.
        """
        asked = self.cleaned_data
        typed = asked["person"].strip()
        return Wanted(
            people=tuple(veils.keys_of(people.keys)) or None,
            name="" if people.keys else typed,
            pupils=pupils.keys if asked["pupil"].strip() else None,
            event=asked["event"],
            outcome=asked["outcome"],
            ground=asked["ground"],
            request=asked["request"],
            first_day=asked["first_day"],
            last_day=asked["last_day"],
        )


def _fitting(found: list[Choice], key: uuid.UUID | None) -> Fitting:
    """Everybody found, or the one with this key, if it is among them."""
    chosen = next((choice for choice in found if choice.key == key), None)
    if chosen and len(found) > 1:
        return Fitting((chosen.key,), chosen=chosen)
    is_few = 1 < len(found) <= MOST_CHOICES
    return Fitting(tuple(choice.key for choice in found), found if is_few else [])


class LogTermForm(forms.Form):
    """How long a board needs the log."""

    years = forms.IntegerField(label=_("Years"), min_value=rules.LEAST, max_value=rules.MOST)
    source = SeveralLines(
        label=_("Law or rule"),
        help_text=_("What the term rests on, for example: GDPR article 5(2); BW 3:310."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
