"""Which term a board may set: plain functions, no database and no clock."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from retention.rules.due import Span, Start

LONGEST = 30  # years
SHORTEST_SOURCE = 5  # signs: less names nothing


class NotAllowedTerm(StrEnum):
    """Why a term is refused."""

    NO_SOURCE = "no-source"
    TOO_SHORT = "too-short"
    TOO_LONG = "too-long"
    FIXED = "fixed"
    OUTLASTS = "outlasts"  # parents' data go with their last child (mission, Retention; P11)


def allowed_term(
    years: int, source: str, *, least: int, is_fixed: bool = False
) -> NotAllowedTerm | None:
    """Why this term can't be set; none when it can. A term without a source is refused."""
    if is_fixed:
        return NotAllowedTerm.FIXED
    if len(source.strip()) < SHORTEST_SOURCE:
        return NotAllowedTerm.NO_SOURCE
    if years < least:
        return NotAllowedTerm.TOO_SHORT
    return NotAllowedTerm.TOO_LONG if years > LONGEST else None


def outlasts(parents: Span, of_child: Iterable[Span]) -> bool:
    """Whether parents' data would be kept after the last record of their only child went.

    `of_child`: every term that the child's last record waits for. Years come first, as the end of
    a school year is never a whole year away.
    """
    return _length(parents) > max(_length(span) for span in of_child)


def _length(span: Span) -> tuple[int, bool]:
    return span.years, span.start is Start.YEAR_END
