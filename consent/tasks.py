"""Jobs of this room: thin shells over actions."""

from __future__ import annotations

import uuid

from django.utils import timezone
from procrastinate.contrib.django import app

from access.acting import acting_as
from access.models import User
from consent.actions.rounds import ask_next_batch


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
