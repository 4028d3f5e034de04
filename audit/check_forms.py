"""What somebody asks of a check of the log."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from access.forms import day_input


class CheckForm(forms.Form):
    """A period, which may be left open, and a head somebody was given."""

    first_day = forms.DateField(label=_("From"), widget=day_input(), required=False)
    last_day = forms.DateField(label=_("Up to and including"), widget=day_input(), required=False)
    head = forms.CharField(
        label=_("Head from a mail or report"),
        required=False,
        max_length=120,
        help_text=_("64 letters and figures. The log must still lead to it."),
    )

    def clean_head(self) -> str:
        """The hash alone, whatever stands around or between it."""
        typed = str(self.cleaned_data["head"]).strip().lower()
        if not typed:
            return ""
        found = re.search(r"(?:[0-9a-f]\s*){64}$", typed)
        if found is None:
            raise forms.ValidationError(_("A head has 64 letters and figures: 0 to 9 and a to f."))
        return re.sub(r"\s", "", found[0])

    def clean(self) -> dict[str, Any]:
        """A period runs forward."""
        cleaned = super().clean() or {}
        first, last = cleaned.get("first_day"), cleaned.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", _("This day comes before the first day."))
        return cleaned
