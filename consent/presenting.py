"""The five places where a pupil can stand with a question, in words and signs."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from consent.rules.board import State


@dataclass(frozen=True)
class Shown:
    """A state as it is shown: its word, its sign, and what it means."""

    state: State
    word: str | Promise
    badge: str
    meaning: str | Promise

    @property
    def key(self) -> str:
        """How an address says it."""
        return self.state.value


STATES: dict[State, Shown] = {
    one.state: one
    for one in (
        Shown(State.ANSWERED, _("Yes"), "yes", _("everybody who decides agreed")),
        Shown(State.REFUSED, _("No"), "no", _("somebody refused, or something outranks a yes")),
        Shown(
            State.CONFLICTING,
            _("Conflicting"),
            "attention",
            _("one said yes and one no, so it is a no"),
        ),
        Shown(State.OPEN, _("Open"), "open", _("somebody is still to answer, so it is a no")),
        Shown(
            State.UNREACHABLE,
            _("Unreachable"),
            "neutral",
            _("nobody is left who can be asked, so it is a no"),
        ),
    )
}
# For all questions together: nothing is left to answer, whatever was said.
COMPLETE = Shown(State.ANSWERED, _("Complete"), "yes", _("nothing is left to answer"))


def shown_states(*, of_one: bool) -> list[Shown]:
    """The five as heads of columns: of one question, or of all together."""
    return [
        shown if of_one or state is not State.ANSWERED else COMPLETE
        for state, shown in STATES.items()
    ]
