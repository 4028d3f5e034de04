"""Each night: a copy of everything."""

from __future__ import annotations

from django.conf import settings
from django.utils import timezone
from procrastinate.contrib.django import app

from access.acting import Job
from retention.backups.recorded import make_and_record


@app.periodic(cron="15 1 * * *")
@app.task(name="retention.make_backup", queue="backups")
def make_backup(timestamp: int) -> None:
    """Each night, where somebody is named who could open the copy."""
    if settings.BACKUP_RECIPIENTS:
        make_and_record(by=Job("make_backup"), on=timezone.localdate())
