"""Jobs of this room: thin shells over actions."""

from __future__ import annotations

import uuid

from django.utils import timezone
from procrastinate.contrib.django import app

from access.acting import Job, acting_as
from access.models import User
from consent.actions.ahead import ask_before_birthdays, ask_newcomers
from consent.actions.rounds import ask_next_batch
from students.models import School


@app.task(name="consent.carry_out_round", queue="consent")
def carry_out_round(round_id: str, by_id: str) -> None:
    """Asks batch after batch, each in a transaction of its own, for whoever started it."""
    day = timezone.localdate()
    by = User.objects.get(pk=by_id)
    is_done = False
    while not is_done:
        with acting_as(by, on=day):
            row = ask_next_batch(round_id=uuid.UUID(round_id), by=by, on=day)
        is_done = row.carried_out_at is not None


@app.periodic(cron="40 3 * * *")
@app.task(name="consent.ask_by_itself", queue="consent")
def ask_by_itself(timestamp: int) -> None:
    """Each night: asks about new pupils, and ahead of the birthdays of 12 and 16."""
    job, day = Job("ask_by_itself"), timezone.localdate()
    for school in School.objects.order_by("pk"):
        for ask in (ask_newcomers, ask_before_birthdays):
            with acting_as(job, on=day):
                ask(school=school, by=job, on=day)
