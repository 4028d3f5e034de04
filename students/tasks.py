"""Jobs of this room: thin shells over actions."""

from __future__ import annotations

import uuid

from django.utils import timezone
from procrastinate.contrib.django import app

from access.acting import Job, acting_as
from access.models import User
from students.roster.actions import apply_import, expire_plans, forget_problems


@app.task(name="students.apply_roster_import", queue="roster")
def apply_roster_import(import_id: str, by_id: str) -> None:
    """Applies an approved import for whoever approved it."""
    day = timezone.localdate()
    by = User.objects.get(pk=by_id)
    with acting_as(by, on=day):
        apply_import(import_id=uuid.UUID(import_id), by=by, on=day)


@app.periodic(cron="20 3 * * *")
@app.task(name="students.expire_roster_plans", queue="roster")
def expire_roster_plans(timestamp: int) -> None:
    """Each night: lets plans expire that nobody finished, forgets mistakes of old files."""
    job, day = Job("expire_roster_plans"), timezone.localdate()
    with acting_as(job, on=day):
        expire_plans(by=job, on=day)
    with acting_as(job, on=day):
        forget_problems(by=job, on=day)
