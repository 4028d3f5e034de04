"""What the living style guide shows: invented pupils, a form, the same form with mistakes."""

import datetime as dt
from types import SimpleNamespace as Shown
from typing import Any

from django import forms
from django.core.paginator import Paginator

FILES = {
    "adding": Shown(
        too_large="This file is larger than 25 MB.",
        too_much="These pictures are larger than 60 MB together.",
        megabytes=25,
        file_bytes=25 * 1024 * 1024,
        request_bytes=60 * 1024 * 1024,
        accept=".pdf,.jpg,.png",
        may_be_paper=True,
        is_single=False,
        is_one_paper=False,
        paper_name="",
    ),
    "viewer": Shown(
        page=3,
        pages=12,
        name="Reading report.pdf",
        zoom=100,
        zooms=Shown(out=75, **{"in": 150}),
        widths=[640, 1000, 1600, 2400],
        picture="/static/img/mark.svg?page=3&width=640",
        source="/static/img/mark.svg?page={page}&width={width}",
        kept="",
        version=None,
        srcset="",
        back_url="#",
    ),
}


class Example(forms.Form):
    """Every kind of field once."""

    subject = forms.CharField(label="Subject", max_length=80)
    day = forms.DateField(
        label="Day",
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text="The day it happened.",
    )
    part = forms.ChoiceField(label="Part", choices=[("g", "Guidance"), ("c", "Care")])
    facts = forms.CharField(
        label="What you saw and heard",
        max_length=4000,
        widget=forms.Textarea,
        help_text="Facts only. Parents may read this.",
    )
    impression = forms.CharField(
        label="What you think of it", widget=forms.Textarea, required=False
    )
    answer = forms.ChoiceField(
        label="May parents see it now?",
        choices=[("yes", "Yes"), ("no", "No")],
        widget=forms.RadioSelect(attrs={"class": "answers"}),
    )
    kinds = forms.MultipleChoiceField(
        label="About",
        choices=[("r", "Reading"), ("a", "Arithmetic"), ("b", "Behaviour")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    others = forms.BooleanField(label="It says something about other people", required=False)
    file = forms.FileField(label="File", required=False, help_text="Drop it here or choose it.")


def context() -> dict[str, Any]:
    """The variables of templates/styleguide.html."""
    pupils = [
        ("Noor van den Berg", "6B", 12, "yes"),
        ("Yiğit Kaçar", "6B", 3, "no"),
        ("Łucja Wiśniewska", "7A", 0, "open"),
        ("Fleur de Jong-van der Meer", "8", 104, "neutral"),
    ]
    places = ["Home", "My pupils", "Assignments", "Staff", "Log"]
    return {
        "demo": True,
        "person": Shown(name="Hanna de Wit", role_label="care coordinator", unit_name="De Bongerd"),
        "navigation": [
            Shown(label=name, url="#", is_current=name == "My pupils") for name in places
        ],
        "day": dt.date(2026, 8, 1),
        "steps": ["Choose the file", "Look at the plan", "Apply"],
        "pupils": pupils,
        "page": Paginator(pupils * 5, 4).page(2),
        "form": Example(initial={"answer": "yes", "facts": "Reads at level AVI-M6."}, prefix="a"),
        **FILES,
        "broken_form": Example({"b-subject": "", "b-day": "31-02"}, prefix="b"),
    }
