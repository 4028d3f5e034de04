"""How long the board keeps the log."""

from __future__ import annotations

from access.acting import acting_as
from access.models import Unit, User
from audit.ending import set_log_term
from demo.calendar import Calendar

_SOURCE = "AVG artikel 5 lid 2; BW 3:310: een vordering verjaart na vijf jaar (demo)"


def fill_log_term(days: Calendar, users: dict[str, User], board: Unit) -> None:
    """Set by the privacy officer."""
    by, on = users["priya"], days.today
    with acting_as(by, on=on):
        set_log_term(board=board, years=5, source=_SOURCE, by=by, on=on)
