"""What every page of this subject starts from: the school, the round, and what is chosen."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, QueryDict
from django.shortcuts import get_object_or_404

from access.gate import PortalRequest
from access.permissions import Permission
from consent.forms.answers import AnswersChoice, RoundChoice
from consent.models import PurposeText, Round
from consent.queries.answers import (
    Board,
    PupilLine,
    answering_schools_visible_to,
    board_of,
    rounds_that_run,
)
from consent.rules.board import State


@dataclass(frozen=True)
class Looked:
    """A board and what of it is looked at."""

    board: Board
    rounds: list[Round]
    purpose: uuid.UUID | None
    group: str
    state: State | None
    typed: str
    form: AnswersChoice
    today: date
    keeps: bool  # whether who looks also keeps consent there: reminds, exports

    @property
    def chosen(self) -> list[PupilLine]:
        """The pupils that are looked at."""
        return self.board.chosen(
            purpose=self.purpose, group=self.group, state=self.state, typed=self.typed
        )

    @property
    def text(self) -> PurposeText | None:
        """The question that is looked at."""
        texts = self.board.texts
        return next((text for text in texts if text.purpose_id == self.purpose), None)

    @property
    def group_name(self) -> str:
        """What the group is called; empty for those in none."""
        lines = self.board.by_group()
        return next((line.name for line in lines if line.key == self.group), "")

    @property
    def kept(self) -> dict[str, str]:
        """What is chosen, as an address or a form carries it on."""
        chosen = {
            "round": str(self.board.round.pk) if self.board.round else "",
            "purpose": str(self.purpose or ""),
            "group": self.group,
            "state": self.state.value if self.state else "",
        }
        return {name: value for name, value in chosen.items() if value}

    @property
    def may_remind(self) -> bool:
        """Whether this user can remind whoever stands open here."""
        row = self.board.round
        is_open = row is not None and row.opens_on <= self.today <= row.closes_on
        return self.keeps and is_open

    @property
    def whole(self) -> str:
        """The end of an address for the whole school."""
        return self.asking(purpose="", group="", state="")

    @property
    def ending(self) -> str:
        """The end of an address for all that is looked at, wherever pupils stand."""
        return self.asking(state="")

    def asking(self, **other: str) -> str:
        """The end of an address for the same, but for what is said here."""
        chosen = {name: value for name, value in {**self.kept, **other}.items() if value}
        return f"?{urlencode(chosen)}"

    def for_page(self) -> dict[str, Any]:
        """What the templates of this subject know."""
        return {"looked": self, "board": self.board, "today": self.today}


def look(request: PortalRequest, school_id: uuid.UUID, asked: QueryDict) -> Looked:
    """The board of a school whose answers this user reads; 404 for what is not on it."""
    schools = answering_schools_visible_to(request.user, on=request.day)
    school = get_object_or_404(schools, pk=school_id)
    rounds = rounds_that_run(request.user, school, on=request.day)
    of_round = RoundChoice(asked, rounds=rounds)
    if not of_round.is_valid():
        raise Http404
    board = board_of(school, of_round.chosen(), request.user, on=request.day)
    form = AnswersChoice(asked, board=board)
    if not form.is_valid():
        raise Http404
    units = request.user.units_with(Permission.RECORD_CONSENT, request.day)
    return Looked(
        board,
        rounds,
        form.purpose_id,
        form.cleaned_data["group"],
        form.wanted_state,
        form.cleaned_data["q"],
        form,
        request.day,
        school.pk in units,
    )
