"""What somebody wants to see on the board of answers: by keys in the address, never by name."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from consent.forms.checking import title_of
from consent.models import Round
from consent.queries.answers import Board
from consent.rules.board import State
from students.forms.fields import NameSearchField


class RoundChoice(forms.Form):
    """Of which round; the one opened last when none is asked for."""

    round = forms.ChoiceField(required=False)

    def __init__(self, *args: Any, rounds: list[Round], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._rounds = {str(row.pk): row for row in rounds}
        self.fields["round"].choices = [(key, key) for key in self._rounds]  # type: ignore[attr-defined]  # a choice field

    def chosen(self) -> Round | None:
        """The round asked for, or the first."""
        key = self.cleaned_data["round"]
        return self._rounds[key] if key else next(iter(self._rounds.values()), None)


class AnswersChoice(forms.Form):
    """Of which question, which group, who stands where, and part of a name (by POST only)."""

    q = NameSearchField()
    purpose = forms.ChoiceField(label=_("Question"), required=False)
    group = forms.ChoiceField(label=_("Group"), required=False)
    state = forms.ChoiceField(required=False, choices=[(s.value, s.value) for s in State])

    def __init__(self, *args: Any, board: Board, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        purposes = [(str(text.purpose_id), title_of(text)) for text in board.texts]
        groups = [(line.key, line.name or _("In no group")) for line in board.by_group()]
        for name, all_of_them, found in (
            ("purpose", _("All questions"), purposes),
            ("group", _("The whole school"), groups),
        ):
            self.fields[name].choices = [("", all_of_them), *found]  # type: ignore[attr-defined]  # a choice field

    @property
    def purpose_id(self) -> uuid.UUID | None:
        """The question, none: all."""
        key = self.cleaned_data["purpose"]
        return uuid.UUID(key) if key else None

    @property
    def wanted_state(self) -> State | None:
        """Where they stand, none: anywhere."""
        key = self.cleaned_data["state"]
        return State(key) if key else None
