"""What a board asks: a new purpose, a text in both languages, and the day it comes in use."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from access.fields import OneLine, SeveralLines
from consent.actions.purposes import TextData
from consent.models import MAY_BE_FREE, PUBLISHING, Channel, PurposeText
from students.forms.fields import DayField

_LONGEST = 2000
_BOTH = {"autocomplete": "off"}


def _title(label: Any) -> OneLine:
    return OneLine(label=label, max_length=80, widget=forms.TextInput(attrs=_BOTH))


def _words(label: Any, language: str) -> SeveralLines:
    box = forms.Textarea(attrs={"rows": 6, "lang": language})
    both = _("Nobody is asked before the question is there in both languages.")
    return SeveralLines(
        label=label, max_length=_LONGEST, required=False, widget=box, help_text=both
    )


class PurposeForm(forms.Form):
    """A purpose with a name of its own. Nobody is asked before its text is in use."""

    title_nl = _title(_("Name in Dutch"))
    title_en = _title(_("Name in English"))
    channel = forms.ChoiceField(
        label=_("Where is it used?"), choices=[("", _("Choose")), *Channel.choices]
    )

    def text_data(self) -> TextData:
        """The first draft: a name, and the strictest answers to what is still to be decided."""
        data = self.cleaned_data
        shown = data["channel"] not in {Channel.PICTURES, Channel.RECORDING}
        return TextData(data["title_nl"], data["title_en"], "", "", is_publication=shown)


class TextForm(forms.Form):
    """A version of what is asked. What the channel does not allow is left out, and told."""

    title_nl = _title(_("Name in Dutch"))
    text_nl = _words(_("Question in Dutch"), "nl")
    title_en = _title(_("Name in English"))
    text_en = _words(_("Question in English"), "en")
    needs = forms.ChoiceField(
        label=_("Whose yes is needed?"), choices=PurposeText.Needs.choices, widget=forms.RadioSelect
    )
    is_pupil_heard = forms.BooleanField(
        label=_("From 12 the pupil's own answer counts too"),
        required=False,
        help_text=_("From 16 the pupil always decides alone."),
    )
    is_yearly = forms.BooleanField(
        label=_("The answer ends with the school year"),
        required=False,
        help_text=_("Consent for photos does: it is asked anew each school year."),
    )
    is_publication = forms.BooleanField(label=_("Others get to see it"), required=False)
    is_promised = forms.BooleanField(
        label=_("Our own papers promise that we ask"),
        required=False,
        help_text=_("The school guide, the privacy protocol, the website."),
    )
    is_free = forms.BooleanField(
        label=_("We need no consent for this"),
        required=False,
        help_text=_("Nobody is asked then. Families read on which ground."),
    )
    free_ground = OneLine(
        label=_("On which ground?"), required=False, max_length=300, widget=forms.TextInput()
    )
    seen = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args: Any, channel: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if channel in PUBLISHING:
            del self.fields["is_publication"]
        if channel not in MAY_BE_FREE:
            del self.fields["is_free"], self.fields["free_ground"]

    def clean(self) -> dict[str, Any]:
        """Free of consent only on a ground, and never against a written promise."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("is_free") and data.get("is_promised"):
            self.add_error(
                "is_free",
                _(
                    "Your own papers promise that you ask. Ask, or change those papers first and"
                    " take the mark at the promise away."
                ),
            )
        if data.get("is_free") and not data.get("free_ground"):
            self.add_error("free_ground", _("Say on which ground no consent is needed."))
        return data

    def text_data(self) -> TextData:
        """What the action wants to know; a ground that is not needed is not kept."""
        data = dict(self.cleaned_data)
        data.setdefault("is_publication", True)
        is_free = data.setdefault("is_free", False)
        data["free_ground"] = data.get("free_ground", "") if is_free else ""
        return TextData(**{field.name: data[field.name] for field in fields(TextData)})


class InUseForm(forms.Form):
    """From which day a text is asked."""

    from_day = DayField(label=_("From which day?"))
    seen = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
