"""Pages of the roster import: send a file, look at the plan, decide, approve, follow."""

from students.roster.views.closing import roster_approve, roster_cancel, roster_start
from students.roster.views.deciding import roster_decide, roster_decide_all, roster_questions
from students.roster.views.looking import (
    roster_import,
    roster_imports,
    roster_lines,
    roster_proposals,
)
from students.roster.views.sending import parents_template, roster_upload

__all__ = [
    "parents_template",
    "roster_approve",
    "roster_cancel",
    "roster_decide",
    "roster_decide_all",
    "roster_import",
    "roster_imports",
    "roster_lines",
    "roster_proposals",
    "roster_questions",
    "roster_start",
    "roster_upload",
]
