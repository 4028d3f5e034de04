"""Verbs of the roster import; each is one transaction and one event in the log."""

from students.roster.actions.applying import apply_import
from students.roster.actions.closing import (
    approve_import,
    cancel_import,
    expire_plans,
    forget_problems,
)
from students.roster.actions.deciding import (
    answer_all_missing,
    decide,
    decide_single_candidates,
)
from students.roster.actions.reading import read_roster

__all__ = [
    "answer_all_missing",
    "apply_import",
    "approve_import",
    "cancel_import",
    "decide",
    "decide_single_candidates",
    "expire_plans",
    "forget_problems",
    "read_roster",
]
