"""Jobs of this room: thin shells over actions."""

from __future__ import annotations

import uuid

from django.utils import timezone
from procrastinate.contrib.django import app

from access.acting import acting_as
from access.models import User
from students.roster.actions import apply_import


@app.task(name="students.apply_roster_import", queue="roster")
def apply_roster_import(import_id: str, by_id: str) -> None:
    """Applies an approved import for whoever approved it."""
    day = timezone.localdate()
    by = User.objects.get(pk=by_id)
    with acting_as(by, on=day):
        apply_import(import_id=uuid.UUID(import_id), by=by, on=day)
