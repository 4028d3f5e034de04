"""Saying what other systems still hold of pupils who were destroyed here."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from retention.models import OtherSystemConfirmation
from retention.queries.closing import ShownSystem

_LATER = "later"


class OtherSystemsForm(forms.Form):
    """One answer for each other system, or that it is said later."""

    def __init__(self, data: Any = None, *, systems: Iterable[ShownSystem]) -> None:
        super().__init__(data)
        self._keys: dict[str, uuid.UUID] = {}
        for number, one in enumerate(systems, start=1):
            name = f"system-{number}"
            self._keys[name] = one.system.pk
            self.fields[name] = forms.ChoiceField(
                label=_title(one),
                help_text=_about(one),
                choices=[
                    *([] if one.said else [(_LATER, _("I say it later"))]),
                    *OtherSystemConfirmation.Answer.choices,
                ],
                initial=one.said.answer if one.said else _LATER,
            )

    def answers(self) -> dict[uuid.UUID, str]:
        """What was said, per system."""
        said = {key: self.cleaned_data[name] for name, key in self._keys.items()}
        return {key: answer for key, answer in said.items() if answer != _LATER}


def _title(one: ShownSystem) -> str:
    """System and kind, as the dossiers called them."""
    if not one.is_named:
        return _("A system that can't be named here")
    return ": ".join(word for word in (one.words["system"], one.words.get("kind")) if word)


def _about(one: ShownSystem) -> str:
    """Of how many pupils, who looks after it there, and for how long it is kept."""
    number = one.system.pupils
    said = [ngettext("Of %(number)s pupil.", "Of %(number)s pupils.", number) % {"number": number}]
    if one.words.get("custodian"):
        said.append(_("Looked after by: %(who)s.") % {"who": one.words["custodian"]})
    if one.words.get("term"):
        said.append(_("Kept: %(term)s.") % {"term": one.words["term"]})
    return " ".join(said)
