"""Who says whose something is that a search found: plain Python, no database and no clock."""

from __future__ import annotations

from collections.abc import Collection

from retention.rules.lists import APPROVERS, REVIEWERS

JUDGES = APPROVERS | REVIEWERS  # never the FG: it supervises


def may_judge(roles: Collection[str], *, is_family: bool, is_hard: bool, is_open: bool) -> bool:
    """Whether somebody with these roles at the school or its board may say whose it is.

    What can be nobody else's is not judged: it must go. Nobody judges about their own family.
    """
    return bool(JUDGES & set(roles)) and not is_family and not is_hard and is_open
