"""The notice on pictures of others, and who confirmed it on paper."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from consent.actions.notices import NoticeText
from consent.forms.lines import Lines
from consent.queries.notices import Unconfirmed


class NoticeForm(forms.Form):
    """The notice in both languages."""

    text_nl = Lines(
        label=_("Text in Dutch"),
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 10, "lang": "nl"}),
    )
    text_en = Lines(
        label=_("Text in English"),
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 10, "lang": "en"}),
    )

    def text(self) -> NoticeText:
        """What was filled in."""
        return NoticeText(self.cleaned_data["text_nl"], self.cleaned_data["text_en"])


class OnPaperForm(forms.Form):
    """Which parents of a group confirmed on paper."""

    parents = forms.MultipleChoiceField(
        label=_("Confirmed on paper"), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, missing: Sequence[Unconfirmed], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["parents"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [
            (str(one.parent.pk), f"{one.parent.name} ({', '.join(c.name for c in one.children)})")
            for one in missing
        ]

    def chosen(self) -> list[uuid.UUID]:
        """Their keys."""
        return [uuid.UUID(key) for key in self.cleaned_data["parents"]]
