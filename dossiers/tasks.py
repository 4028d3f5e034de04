"""Jobs of this room: thin shells over actions."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from access.acting import Job, acting_as
from dossiers.actions.sweeping import sweep_files


@app.periodic(cron="40 * * * *")
@app.task(name="dossiers.sweep_files", queue="files")
def sweep_files_each_hour(timestamp: int) -> None:
    """Each hour: clears away sealed files that no row names."""
    job, day = Job("sweep_files"), timezone.localdate()
    with acting_as(job, on=day):
        sweep_files(by=job, on=day)
