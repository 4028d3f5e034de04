"""What ends by itself: accounts of who left, and findings of months that left the log."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from access.acting import Job
from retention.former import end_all_that_is_over
from retention.watching import end_findings_of_left_months


@app.periodic(cron="35 4 * * *")
@app.task(name="retention.end_accounts", queue="retention")
def end_accounts_each_night(timestamp: int) -> None:
    """Each night: accounts end 30 days after the last role, and what ran out goes."""
    end_all_that_is_over(by=Job("end_accounts"), on=timezone.localdate())


@app.periodic(cron="50 4 * * *")
@app.task(name="retention.end_findings", queue="destroying")
def end_findings_each_night(timestamp: int) -> None:
    """Each night, after months left the log: the findings that rested on them go too."""
    end_findings_of_left_months(by=Job("end_findings"), on=timezone.localdate())
