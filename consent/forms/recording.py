"""What somebody said on paper or in person: yes or no to each text, when and how, with a scan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.formats import date_format
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from access.fields import FilesField, SeveralFiles
from consent.actions.recording import Way
from consent.forms.checking import title_of
from consent.forms.words import YesOrNo
from consent.models import Answer, Request
from students.forms.fields import DayField

_ROUTES = [
    (Answer.Route.PAPER.value, _("On paper")),
    (Answer.Route.IN_PERSON.value, _("In person, at school or by telephone")),
]
_SCANS = {"accept": ".pdf,image/*"}


class ScanForm(forms.Form):
    """A scan of a paper: one PDF or picture, or several pictures that become one PDF."""

    scan = FilesField(
        label=_("Scan or picture of the paper"),
        help_text=_("A PDF, or one or more pictures: they become one PDF. Up to 25 MB each."),
        widget=SeveralFiles(attrs=_SCANS),
    )
    camera = FilesField(
        label=_("Or take a picture"),
        help_text=_("On a phone or tablet this opens the camera."),
        widget=SeveralFiles(attrs={"accept": "image/*", "capture": "environment"}),
    )

    @property
    def pages(self) -> list[UploadedFile]:
        """Everything that was chosen or made, in that order."""
        return [*self.cleaned_data.get("scan", []), *self.cleaned_data.get("camera", [])]

    def must_have_pages(self) -> None:
        """Adds a mistake when nothing was chosen."""
        if not self.pages:
            self.add_error("scan", _("Choose a scan, or take a picture of the paper."))


@dataclass(frozen=True)
class Asked:
    """One request as the form asks it."""

    request: Request
    today: date

    @property
    def field(self) -> str:
        """Its field."""
        return f"answer_{self.request.pk}"

    @property
    def label(self) -> str:
        """What is asked, and from when the answer counts when that is later."""
        title = title_of(self.request.text)
        if self.request.counts_from <= self.today:
            return title
        day = date_format(self.request.counts_from, "j F Y")
        return _now("%(title)s, from %(day)s") % {"title": title, "day": day}


class RecordForm(ScanForm):
    """All that one person answered on one paper or in one talk. Nothing is chosen beforehand."""

    use_required_attribute = False  # what was not answered stays open

    answered_on = DayField(
        label=_("On which day was it answered?"),
        help_text=_("The day on the paper, or of the talk."),
    )
    route = forms.ChoiceField(
        label=_("How did it come in?"), choices=_ROUTES, widget=forms.RadioSelect
    )
    language = forms.ChoiceField(
        label=_("In which language was the text read?"),
        choices=[("nl", _("Dutch")), ("en", _("English"))],
        widget=forms.RadioSelect,
    )
    has_no_scan = forms.BooleanField(
        label=_("There is no scan. The paper is kept at school."), required=False
    )

    def __init__(self, *args: Any, requests: Sequence[Request], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._asked = {Asked(request, today).field: request for request in requests}
        self._today = today
        self.fields["scan"].required = True  # of a paper: `clean` asks for it, or for a word
        for request in requests:
            asked = Asked(request, today)
            self.fields[asked.field] = YesOrNo(label=asked.label)
        self.order_fields(
            [*self._asked, "answered_on", "route", "language", "scan", "camera", "has_no_scan"]
        )

    def clean_answered_on(self) -> date:
        """A day that has come."""
        day: date = self.cleaned_data["answered_on"]
        if day > self._today:
            raise forms.ValidationError(_("This day is still to come."))
        return day

    def clean(self) -> dict[str, Any]:
        """At least one answer; a paper with its scan, or the word that it is kept."""
        data: dict[str, Any] = super().clean() or {}
        if not self.said:
            self.add_error(None, _("Choose yes or no for at least one of these."))
        is_paper = data.get("route") == Answer.Route.PAPER
        if is_paper and not self.pages and not data.get("has_no_scan"):
            self.add_error(
                "scan",
                _("Add a scan or a picture of the paper, or say below that there is none."),
            )
        return data

    @property
    def said(self) -> list[tuple[Request, bool]]:
        """What was answered: each request with whether it is a yes."""
        return [
            (request, self.cleaned_data[field] == "yes")
            for field, request in self._asked.items()
            if self.cleaned_data.get(field)
        ]

    def way(self) -> Way:
        """When and how it came in."""
        data = self.cleaned_data
        return Way(data["answered_on"], data["route"], data["language"])
