"""Numbers and addresses of the board of answers, in templates."""

from __future__ import annotations

from django import template

from consent.rules.board import State, Tally
from consent.views.answers.looking import Looked

register = template.Library()


@register.simple_tag
def tallied(tally: Tally, state: State) -> int:
    """How many pupils stand there."""
    return tally.at(state)


@register.simple_tag
def asking(looked: Looked, **other: str) -> str:
    """The end of an address for what is looked at, but for what is said here."""
    return looked.asking(**other)
