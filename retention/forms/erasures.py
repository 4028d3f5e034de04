"""Finding a dossier, asking to erase something of it, deciding about a request."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from consent.forms.words import WordsField
from retention.actions.erasures import Request
from retention.models import Erasure
from retention.queries.erasures import Header
from retention.rules.erasures import Step
from students.forms.fields import DayField, NameSearchField

# What the law says of each ground; a request names one.
ARTICLES = {
    "wrong-dossier": _("AVG 5(1)(d) and 16"),
    "incorrect": _("AVG 5(1)(d) and 16"),
    "not-needed": _("AVG 17(1)(a)"),
    "consent": _("AVG 17(1)(b)"),
    "objection": _("AVG 17(1)(c) and 21"),
    "unlawful": _("AVG 17(1)(d)"),
    "law": _("AVG 17(1)(e)"),
}


class FindForm(forms.Form):
    """Part of a pupil's name."""

    q = NameSearchField()


class AskForm(forms.Form):
    """What, who asks, on which ground, since when, in words."""

    what = forms.ChoiceField(label=_("What should be erased?"), widget=forms.RadioSelect)
    asker = forms.ChoiceField(
        label=_("Who asks?"), choices=Erasure.Asker.choices, widget=forms.RadioSelect
    )
    because = forms.ChoiceField(
        label=_("On which ground?"), choices=Erasure.Because.choices, widget=forms.RadioSelect
    )
    received_on = DayField(
        label=_("When did the request come in?"),
        help_text=_("The school answers within 30 days from this day."),
    )
    words = WordsField(
        label=_("What was asked, and why?"),
        help_text=_("Who decides or supervises can read this. It is stored encrypted."),
    )

    def __init__(self, *args: Any, found: Sequence[Header], on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._found = {f"{one.sort}-{one.id}": one for one in found}
        choices = [(key, in_words(one)) for key, one in self._found.items()]
        self.fields["what"] = forms.ChoiceField(
            label=self.fields["what"].label, choices=choices, widget=forms.RadioSelect
        )
        grounds = [(key, f"{label} · {ARTICLES[key]}") for key, label in Erasure.Because.choices]
        self.fields["because"] = forms.ChoiceField(
            label=self.fields["because"].label, choices=grounds, widget=forms.RadioSelect
        )
        self.fields["received_on"].widget.attrs["max"] = on.isoformat()

    def what_and_asked(self) -> tuple[tuple[str, uuid.UUID], Request]:
        """What was filled in."""
        data = self.cleaned_data
        asked = Request(data["asker"], data["because"], data["words"], data["received_on"])
        return self._found[data["what"]].key, asked


class DecideForm(forms.Form):
    """Yes, or no or taking it back with a reason."""

    words = WordsField(label=_("Why is it refused?"))

    def __init__(self, data: QueryDict | None, *, step: Step) -> None:
        super().__init__(data, auto_id=f"{step}-%s")
        if step is Step.APPROVE:
            del self.fields["words"]
        elif step is Step.REFUSE:
            self.fields["words"].help_text = _("The school tells this to who asked.")
        else:
            self.fields["words"].label = _("Why is it taken back?")

    @property
    def said(self) -> str:
        """The reason; empty for a yes."""
        return str(self.cleaned_data.get("words", ""))


def in_words(one: Header) -> str:
    """What it is, of which day, by whom and recorded when; never what it says."""
    said = gettext("%(sort)s of %(day)s by %(name)s, %(part)s, recorded on %(moment)s") % {
        "sort": one.sort_label.capitalize(),
        "day": date_format(one.day or localtime(one.created_at), "j F Y"),
        "name": one.author_name,
        "part": one.part_label,
        "moment": date_format(localtime(one.created_at), "j F Y, H:i"),
    }
    if one.versions > 1:
        said += ", " + ngettext("%(n)s version", "%(n)s versions", one.versions) % {
            "n": one.versions
        }
    if one.files:
        said += ", " + ngettext("with %(n)s file", "with %(n)s files", one.files) % {"n": one.files}
    if one.withdrawn_at and one.sort != "agreement":
        day = date_format(localtime(one.withdrawn_at), "j F Y")
        said += ", " + gettext("withdrawn on %(day)s") % {"day": day}
    return said
