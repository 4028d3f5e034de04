"""Jobs of the log: thin shells over actions."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from access.acting import Job
from audit.refusals import tell_held_back
from audit.sealing import seal_log


@app.periodic(cron="*/5 * * * *")
@app.task(name="audit.tell_held_back", queue="log")
def tell_held_back_refusals(timestamp: int) -> None:
    """Every five minutes: says how many refusals of visitors got no row of their own."""
    tell_held_back(by=Job("tell_held_back"), on=timezone.localdate())


@app.periodic(cron="* * * * *")
@app.task(name="audit.seal_log", queue="log", queueing_lock="audit.seal_log")
def seal_the_log(timestamp: int) -> None:
    """Every minute: seals what was written since."""
    seal_log(now=timezone.now())
