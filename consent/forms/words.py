"""Fields and forms that several pages about one pupil use."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.core.cache import cache
from django.utils.translation import gettext_lazy as _

from access.fields import SeveralLines
from access.models import User
from students.forms.fields import no_bsn

_A_DAY = 24 * 60 * 60


class WordsField(SeveralLines):
    """Why something is recorded: some lines, nothing invisible, no citizen service number."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", forms.Textarea(attrs={"rows": 4}))
        options.setdefault("max_length", 2000)
        options.setdefault("min_length", 5)
        super().__init__(**options)
        self.validators.append(no_bsn)


class YesOrNo(forms.ChoiceField):
    """One of many questions, each answered or left open; the form says so once for all of them."""

    def __init__(self, **options: Any) -> None:
        options["choices"] = [("yes", _("Yes")), ("no", _("No"))]
        super().__init__(widget=forms.RadioSelect(attrs={"class": "answers"}), **options)

    def clean(self, value: Any) -> str:
        """What was chosen; empty when it was left open."""
        return str(super().clean(value)) if value else ""


class OnceForm(forms.Form):
    """A form that counts once: a double click, or the same form in two windows, adds one row."""

    once = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)

    def is_first(self, user: User) -> bool:
        """Whether this form was not sent before; from now on it was.

        Within the request's transaction: two at the same instant wait for each other, and what
        was refused by an exception may be sent again.
        """
        return bool(cache.add(self._key(user), True, timeout=_A_DAY))

    def may_be_sent_again(self, user: User) -> None:
        """A rule refused it, so nothing was recorded: the same form may come back, mended."""
        cache.delete(self._key(user))

    def _key(self, user: User) -> str:
        return f"sent-once:{user.pk}:{self.cleaned_data['once']}"


class EndForm(forms.Form):
    """Ending a decision: about this question, or about all questions it was recorded for."""

    reach = forms.ChoiceField(
        label=_("For which questions?"),
        choices=[
            ("all", _("For all questions of this decision")),
            ("one", _("For this question only")),
        ],
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, has_others: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_others:
            del self.fields["reach"]

    @property
    def ends_all(self) -> bool:
        """Whether the other questions of the decision end with it."""
        return self.cleaned_data.get("reach") == "all"


class MistakeForm(forms.Form):
    """How it is known that an answer was recorded by mistake."""

    reason = WordsField(
        label=_("How do you know that it was a mistake?"),
        help_text=_("For example: the paper of another pupil, or two boxes that were mixed up."),
    )


class ReasonForm(forms.Form):
    """Why something is lifted."""

    reason = WordsField(
        label=_("Why is it lifted?"),
        help_text=_("For example with whom you spoke, and when."),
    )
