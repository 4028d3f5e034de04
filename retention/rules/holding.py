"""Who may lift a hold: plain functions, no database and no clock."""

from __future__ import annotations

from collections.abc import Collection

_KEEPERS = frozenset({"director", "deputy"})


def may_lift(placed_as: str, roles: Collection[str]) -> bool:
    """Whether somebody with these roles at the school or its board may lift a hold.

    The FG supervises: a hold of the FG is lifted by an FG, and the FG lifts no other. One of the
    privacy officer is not lifted by the school. A hold that placed itself ends by itself.
    """
    if not placed_as:
        return False
    if placed_as == "fg":
        return "fg" in roles
    if placed_as == "privacy-officer":
        return "privacy-officer" in roles
    return "privacy-officer" in roles or bool(_KEEPERS & set(roles))


def weighs_as(placed_as: str) -> str:
    """Whose holds one that was placed in this role weighs as much as: those of the school's keepers
    are one, as either lifts the other's.
    """
    return "director" if placed_as in _KEEPERS else placed_as
