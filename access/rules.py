"""Who may give which role: plain tables and functions, no database and no clock."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

# Promise P7: the director manages the dossiers and names a deputy; the board names directors.
_BY_DEPUTY = frozenset(
    {
        "counsellor",
        "care-coordinator",
        "school-doctor",
        "administrator",
        "safeguarding-officer",
        "mr-parent",
    }
)
MAY_GIVE: dict[str, frozenset[str]] = {
    "director": _BY_DEPUTY | {"deputy"},
    "deputy": _BY_DEPUTY,
    "board-officer": frozenset({"director", "privacy-officer", "fg", "board-officer"}),
}

# GDPR article 38(6): a supervisor decides on nothing that is supervised. A deputy decides too.
_NEVER_WITH_FG = frozenset({"director", "deputy", "privacy-officer", "board-officer"})


def may_give(role_of_giver: str, role: str) -> bool:
    """Whether somebody with `role_of_giver` may give `role`, and so may end it."""
    return role in MAY_GIVE.get(role_of_giver, frozenset())


def roles_given_by(roles_of_giver: Iterable[str]) -> set[str]:
    """Every role that somebody with these roles may give."""
    return set().union(*(MAY_GIVE.get(role, frozenset()) for role in roles_of_giver))


def never_together(role: str, other: str) -> bool:
    """Whether one person may not hold both roles in the same time."""
    return (role == "fg" and other in _NEVER_WITH_FG) or (other == "fg" and role in _NEVER_WITH_FG)


def overlap(starts: date, ends: date | None, other_starts: date, other_ends: date | None) -> bool:
    """Whether two periods share a day; both ends are included, no end is for ever."""
    if ends is not None and ends < starts:
        return False
    if other_ends is not None and other_ends < other_starts:
        return False
    return (other_ends is None or starts <= other_ends) and (ends is None or other_starts <= ends)
