"""Each night: holds follow from what is open in other rooms."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from access.acting import Job, acting_as
from retention.actions.holds import keep_in_step


@app.periodic(cron="50 3 * * *")
@app.task(name="retention.keep_holds_in_step", queue="retention")
def keep_holds_in_step(timestamp: int) -> None:
    """Each night: holds follow from what is open in other rooms."""
    job, day = Job("keep_holds_in_step"), timezone.localdate()
    with acting_as(job, on=day):
        keep_in_step(by=job, on=day)
