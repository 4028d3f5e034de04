"""Jobs of this room: thin shells over actions."""

from __future__ import annotations

from django.conf import settings
from django.utils import timezone
from procrastinate.contrib.django import app

from access.acting import Job, acting_as
from retention.actions.holds import keep_in_step
from retention.backups.recorded import make_and_record


@app.periodic(cron="50 3 * * *")
@app.task(name="retention.keep_holds_in_step", queue="retention")
def keep_holds_in_step(timestamp: int) -> None:
    """Each night: holds follow from what is open in other rooms."""
    job, day = Job("keep_holds_in_step"), timezone.localdate()
    with acting_as(job, on=day):
        keep_in_step(by=job, on=day)


@app.periodic(cron="15 1 * * *")
@app.task(name="retention.make_backup", queue="backups")
def make_backup(timestamp: int) -> None:
    """Each night, where somebody is named who could open the copy."""
    if settings.BACKUP_RECIPIENTS:
        make_and_record(by=Job("make_backup"), on=timezone.localdate())
