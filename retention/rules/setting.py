"""Which term a board may set: plain functions, no database and no clock."""

from __future__ import annotations

from enum import StrEnum

LONGEST = 30  # years
SHORTEST_SOURCE = 5  # signs: less names nothing


class NotAllowedTerm(StrEnum):
    """Why a term is refused."""

    NO_SOURCE = "no-source"
    TOO_SHORT = "too-short"
    TOO_LONG = "too-long"
    FIXED = "fixed"


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
