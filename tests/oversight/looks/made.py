"""What the tests of who looked make: looks at a dossier, as the middleware would write them."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from access.acting import acting_as
from access.models import User
from audit.actions import record
from audit.events import PAGE_SEEN
from audit.grounds import Ground
from audit.models import LogEntry
from oversight.actions.looks import choose_names
from students.models import Pupil


def look(
    cast,
    by: User,
    pupil: str = "own",
    page: str = "dossier",
    *,
    event=PAGE_SEEN,
    days_ago: int = 0,
    at: datetime | None = None,
    ground: str = Ground.ASSIGNMENT,
    outcome: str = "success",
    unit=None,
) -> LogEntry:
    """A row of the log about one pupil, as if some days ago."""
    with acting_as(by, on=cast.today):
        row = record(
            event,
            by=by,
            subjects=[cast.pupils[pupil].log_key],
            unit=unit or cast.dossier(pupil).school_id,
            ground=ground,
            outcome=outcome,
            detail={"page": page, "method": "GET", "status": 200},
        )
    moment = at or timezone.now() - timedelta(days=days_ago)
    LogEntry.objects.filter(pk=row.pk).update(timestamp=moment)
    row.timestamp = moment
    return row


def with_names(cast, shown: bool = True) -> None:
    """The board chooses."""
    with acting_as(cast.board_officer, on=cast.today):
        choose_names(board=cast.board, with_names=shown, by=cast.board_officer, on=cast.today)


def born(pupil: Pupil, day) -> None:
    """Another birth date."""
    Pupil.objects.filter(pk=pupil.pk).update(birth_date=day)


def of_sixteen(cast) -> User:
    """A parent with authority over the pupil of sixteen."""
    cast.add_parent("parent_of_sixteen", "sixteen")
    return cast.people["parent_of_sixteen"]
