"""Accounts of who left."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from access.acting import Job
from retention.former import end_all_that_is_over


@app.periodic(cron="35 4 * * *")
@app.task(name="retention.end_accounts", queue="retention")
def end_accounts_each_night(timestamp: int) -> None:
    """Each night: accounts end 30 days after the last role, and what ran out goes."""
    end_all_that_is_over(by=Job("end_accounts"), on=timezone.localdate())
