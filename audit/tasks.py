"""Jobs of the log: thin shells over actions."""

from __future__ import annotations

import uuid

from django.utils import timezone
from procrastinate.contrib.django import app

from access.acting import Job
from audit.checking import carry_out_check, check_by_itself
from audit.leaving import let_signed_months_leave
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


@app.task(name="audit.check_log", queue="checks")
def check_log(check_id: str) -> None:
    """Carries out a check that somebody asked for."""
    carry_out_check(uuid.UUID(check_id), now=timezone.now(), on=timezone.localdate())


@app.periodic(cron="30 5 * * *")
@app.task(name="audit.check_log_by_itself", queue="checks")
def check_log_by_itself(timestamp: int) -> None:
    """Each night: checks the whole log, and mails its newest head to who supervises it."""
    check_by_itself(now=timezone.now(), on=timezone.localdate())


@app.periodic(cron="40 3 * * *")
@app.task(name="audit.let_log_months_leave", queue="log")
def let_log_months_leave(timestamp: int) -> None:
    """Each night: lets the months leave that two persons of each board decided on."""
    let_signed_months_leave(by=Job("let_log_months_leave"), on=timezone.localdate())
