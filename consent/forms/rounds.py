"""When a round opens, reminds and stops reminding."""

from __future__ import annotations

import itertools
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from consent.actions.rounds import RoundDates
from students.forms.fields import DayField


class RoundForm(forms.Form):
    """The days of a round, proposed and to be decided."""

    opens_on = DayField(label=_("Opens on"), help_text=_("From this day families get a message."))
    reminds_on = DayField(label=_("First reminder"))
    reminds_again_on = DayField(label=_("Second reminder"))
    closes_on = DayField(
        label=_("Last day of reminding"),
        help_text=_("Answering and changing an answer is possible every day, also after it."),
    )

    def clean(self) -> dict[str, Any]:
        """The days follow each other."""
        data: dict[str, Any] = super().clean() or {}
        days = [(name, data[name]) for name in self.fields if data.get(name)]
        for (_before, earlier), (after, later) in itertools.pairwise(days):
            if later < earlier:
                self.add_error(after, _("This day comes before the one above it."))
        return data

    def round_dates(self) -> RoundDates:
        """What the action wants to know."""
        return RoundDates(**{name: self.cleaned_data[name] for name in self.fields})
