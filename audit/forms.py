"""What a reader of the log can look for."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from access.models import User
from audit import subjects
from audit.events import EVENTS, Action, Outcome
from audit.queries import Wanted


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


class LogSearch(forms.Form):
    """Sent by POST: whom one looks for stays out of addresses and browser history."""

    person = forms.CharField(label=_("Who"), max_length=150, required=False)
    pupil = forms.CharField(label=_("Pupil"), max_length=150, required=False)
    event = forms.ChoiceField(label=_("What"), choices=_kinds, required=False)
    outcome = forms.ChoiceField(
        label=_("Outcome"), choices=[("", _("any")), *Outcome.choices], required=False
    )
    first_day = forms.DateField(label=_("From"), widget=_day(), required=False)
    last_day = forms.DateField(label=_("Up to and including"), widget=_day(), required=False)

    def clean(self) -> dict[str, Any]:
        """A period runs forward."""
        cleaned = super().clean() or {}
        first, last = cleaned.get("first_day"), cleaned.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", _("This day comes before the first day."))
        return cleaned

    def wanted(self, user: User, *, on: date) -> Wanted:
        """What to look for; pupils by the keys that were found, which is all the log keeps."""
        asked = self.cleaned_data
        typed = asked["pupil"].strip()
        return Wanted(
            person=asked["person"].strip(),
            pupils=tuple(subjects.found(typed, user, on=on)) if typed else None,
            event=asked["event"],
            outcome=asked["outcome"],
            first_day=asked["first_day"],
            last_day=asked["last_day"],
        )
