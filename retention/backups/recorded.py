"""Making copies, as the log knows it."""

from __future__ import annotations

from datetime import date

from django.utils import timezone

from access.acting import Job, acting_as
from audit.actions import record
from retention.backups.making import Made, make_backup
from retention.destroyer import as_destroyer
from retention.events import BACKUP_MADE
from retention.models import Backup
from retention.queries.copies import gone_by_now


def make_and_record(*, by: Job, on: date) -> Made:
    """Makes one copy and writes down that it was made. Raises BackupRefused or BackupFailed."""
    begun = timezone.now()
    with acting_as(by, on=on, read_only=True):
        gone = gone_by_now()
    made = make_backup(gone)
    with acting_as(by, on=on):
        with as_destroyer():  # web may not say that there is a copy
            backup = Backup.objects.create(
                begun_at=begun, finished_at=timezone.now(), blobs=made.blobs, let_go=made.let_go
            )
        detail = {"files": made.blobs, "let_go": made.let_go}
        record(BACKUP_MADE, by=by, target=backup, detail=detail)
    return made
