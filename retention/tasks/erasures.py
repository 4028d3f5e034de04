"""What was approved to be erased."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from access.acting import Job
from retention.erasing import erase_approved


@app.periodic(cron="45 0,5 * * *")
@app.task(name="retention.erase_on_request", queue="destroying", lock="erase_on_request")
def erase_on_request(timestamp: int) -> None:
    """Twice a night, before and after the copies: an old key goes once a copy was made since."""
    erase_approved(by=Job("erase_on_request"), on=timezone.localdate())
