"""Shape of what people send in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from access.fields import OneLine
from students.models import RosterLine, School
from students.roster.plan import ANSWERS_TO, Answer, Change


class UploadForm(forms.Form):
    """A file, the school it is for and the system it comes from."""

    school = forms.ModelChoiceField(
        School.objects.none(), label=_("School"), empty_label=_("Choose a school")
    )
    source = OneLine(
        label=_("System the file comes from"),
        max_length=64,
        widget=forms.TextInput(attrs={"list": "sources"}),
        help_text=_(
            "For example ParnasSys or ESIS. Pupils are recognised by their key in this system, so"
            " write it the same way each time."
        ),
    )
    file = forms.FileField(
        label=_("File"),
        help_text=_(
            "EDEXML 2.1, 2.0 or 1.0.3, or the parents file as CSV. At most 64 MB. The file itself"
            " is not stored."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".xml,.csv,text/xml,text/csv"}),
    )

    def __init__(self, *args: Any, schools: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["school"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = schools
        if len(schools) == 1:
            field.initial = schools[0]
            field.widget = forms.HiddenInput()


class DecisionForm(forms.Form):
    """The answer to one doubtful or missing line."""

    decision = forms.CharField(max_length=60)
    left_on = forms.DateField(required=False)

    def __init__(self, *args: Any, line: RosterLine, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.line = line

    def clean(self) -> dict[str, Any]:
        """Splits `same:<key>` in an answer and a candidate."""
        cleaned = super().clean() or {}
        answer, _colon, candidate = str(cleaned.get("decision", "")).partition(":")
        if answer not in {str(one) for one in ANSWERS_TO.get(Change(self.line.change), ())}:
            raise forms.ValidationError(_("Choose an answer."))
        return {
            "answer": Answer(answer),
            "candidate": candidate,
            "left_on": cleaned.get("left_on"),
        }
