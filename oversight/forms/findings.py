"""Judging a finding, replying to one, setting a rule, and recording the staff section's assent."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from access.fields import SeveralLines
from oversight.actions.findings_settings import Decided
from oversight.findings_words import RULES
from oversight.models import Judgement, Severity
from oversight.rules.findings import Rule, Setting
from students.forms.fields import DayField, TidyField, no_bsn

_LONGEST = 2000


def _words(label: Any, help_text: Any = "", *, rows: int = 4) -> SeveralLines:
    box = forms.Textarea(attrs={"rows": rows})
    return SeveralLines(
        label=label, max_length=_LONGEST, widget=box, help_text=help_text, validators=[no_bsn]
    )


class JudgeForm(forms.Form):
    """What it is, and why."""

    outcome = forms.ChoiceField(
        label=_("What is it?"), choices=Judgement.Outcome.choices, widget=forms.RadioSelect
    )
    note = _words(
        _("Why do you think so?"),
        _("The privacy officer and the FG read this. The person reads the outcome only."),
    )
    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput)


class ReplyForm(forms.Form):
    """What the person says."""

    words = _words(
        _("What do you want to say about it?"),
        _("Whoever judges this reads it, and so do the privacy officer and the FG."),
    )


class RuleForm(forms.Form):
    """How one rule is set: on or off, how grave, and its numbers within bounds."""

    is_on = forms.BooleanField(label=_("Look for this"), required=False)
    severity = forms.ChoiceField(label=_("How much attention does it ask for?"))

    def __init__(self, *args: Any, rule: Rule, setting: Setting, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {"is_on": setting.is_on, "severity": setting.severity, **setting.limits}
        self.rule = rule
        severity = self.fields["severity"]
        assert isinstance(severity, forms.ChoiceField)
        severity.choices = Severity.choices
        for limit in rule.limits:
            self.fields[limit.name] = forms.IntegerField(
                label=str(RULES[rule.code].limits[limit.name]),
                min_value=limit.least,
                max_value=limit.most,
                help_text=_("From %(least)s to %(most)s. Usual: %(usual)s.")
                % {"least": limit.least, "most": limit.most, "usual": limit.usual},
            )

    def setting(self) -> Setting:
        """What was filled in."""
        data = self.cleaned_data
        limits = {limit.name: data[limit.name] for limit in self.rule.limits}
        return Setting(data["is_on"], data["severity"], limits)


class AssentForm(forms.Form):
    """When the staff section agreed, who says so, and what the minutes say."""

    decided_on = DayField(label=_("Day of the meeting"))
    who = TidyField(
        label=_("Who of the staff section confirms it?"),
        max_length=200,
        help_text=_("Name and place in the MR, for example the secretary."),
    )
    minutes = _words(
        _("What do the minutes say?"),
        _("The number of the minutes, and the sentence with the assent word for word."),
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._today = today

    def clean_decided_on(self) -> date:
        """Not a day that is still to come."""
        day: date = self.cleaned_data["decided_on"]
        if day > self._today:
            raise forms.ValidationError(_("This day is still to come."))
        return day

    def decided(self) -> Decided:
        """What was filled in."""
        data = self.cleaned_data
        return Decided(data["decided_on"], data["who"], data["minutes"])


class WithdrawAssentForm(forms.Form):
    """Why it was withdrawn."""

    reason = _words(
        _("What did the staff section decide?"), _("With the day and the number of the minutes.")
    )
