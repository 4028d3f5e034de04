"""Destruction lists are made, carried out and taken up again by themselves."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from access.acting import Job
from retention.keeping_on import carry_on_all, make_all_lists, remind_of_lists


@app.periodic(cron="20 2 * * *")
@app.task(name="retention.make_lists", queue="retention")
def make_lists(timestamp: int) -> None:
    """Each night: a list of what falls due within 45 days, and who is late hears of it."""
    day = timezone.localdate()
    make_all_lists(by=Job("make_lists"), on=day)
    remind_of_lists(on=day)


@app.periodic(cron="*/10 * * * *")
@app.task(name="retention.carry_on_lists", queue="destroying", queueing_lock="carry_on_lists")
def carry_on_lists(timestamp: int) -> None:
    """Every ten minutes: what cooled off is begun, what was cut off goes on, what may is closed."""
    carry_on_all(by=Job("carry_on_lists"), on=timezone.localdate())


@app.periodic(cron="40 2 * * *")
@app.task(name="retention.finish_lists", queue="destroying")
def finish_lists(timestamp: int) -> None:
    """Each night, after the copy: what failed is tried again too."""
    carry_on_all(by=Job("finish_lists"), on=timezone.localdate(), again=True)
