"""Each night: the days of the log that were not looked at yet, at every school and board."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import structlog
from django.utils import timezone
from procrastinate.contrib.django import app

from access.acting import Job, acting_as
from access.models import Unit
from oversight.actions.findings import Looked, days_to_look_at, look_at_day, units_to_look_at

_log = structlog.get_logger("oversight")
_JOB = Job("look_for_findings")


class SomePlacesFailed(RuntimeError):
    """A night's looking went wrong at some places; it was done at all others."""


@app.periodic(cron="50 3 * * *")
@app.task(name="oversight.look_for_findings", queue="oversight")
def look_for_findings(timestamp: int) -> None:
    """Each night, for every day that is over.

    What goes wrong at one place stops no other one; the job fails at the end, so that it shows.
    """
    failed = 0
    for unit in units_to_look_at():
        try:
            for _done in looked_at(unit, on=timezone.localdate()):
                pass
        except Exception:  # noqa: BLE001  told at the end; the other places go on
            _log.error("looking_failed", unit=str(unit.pk), exc_info=True)
            failed += 1
    if failed:
        raise SomePlacesFailed(failed)


def looked_at(
    unit: Unit, *, on: date, days: list[date] | None = None, dry_run: bool = False
) -> Iterator[tuple[date, Looked]]:
    """Day after day at one place, each in a transaction of its own; those not looked at yet."""
    for day in days if days is not None else days_to_look_at(unit, on=on):
        with acting_as(_JOB, on=on):
            looked = look_at_day(unit=unit, day=day, by=_JOB, on=on, dry_run=dry_run)
        yield day, looked
