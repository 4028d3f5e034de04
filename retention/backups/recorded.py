"""Making copies, as the log knows it."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone

from access.acting import Job, acting_as
from audit.actions import record
from retention.backups.making import Made, make_backup
from retention.backups.places import Busy
from retention.destroyer import as_destroyer
from retention.events import BACKUP_MADE
from retention.models import Backup
from retention.queries.copies import gone_by_now, newest_copy
from retention.rules.copying import is_due, night_before


def make_and_record(*, by: Job, on: date, not_before: datetime | None = None) -> Made:
    """Makes one copy and writes down that it was made. Raises BackupRefused or BackupFailed."""
    with acting_as(by, on=on, read_only=True):
        gone = gone_by_now()
    made = make_backup(gone, not_before=not_before)
    with acting_as(by, on=on):
        with as_destroyer():  # web may not say that there is a copy
            backup = Backup.objects.create(
                begun_at=made.begun_at,
                finished_at=timezone.now(),
                blobs=made.blobs,
                let_go=made.let_go,
            )
        detail = {"files": made.blobs, "let_go": made.let_go}
        record(BACKUP_MADE, by=by, target=backup, detail=detail)
    return made


def make_if_due(*, by: Job, on: date, now: datetime) -> Made | None:
    """The copy of this night, unless it was made already or is being made; `now` as at school.

    Raises what `make_and_record` does: then the next hour goes on where this one came to.
    """
    if not is_due(newest_copy(now), now):
        return None
    try:
        return make_and_record(by=by, on=on, not_before=night_before(now))
    except Busy:
        return None
