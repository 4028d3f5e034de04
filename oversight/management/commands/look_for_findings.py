from __future__ import annotations

from argparse import ArgumentParser
from datetime import date, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from oversight.actions.findings import units_to_look_at
from oversight.tasks.findings import looked_at

_MOST = 400  # days


class Command(BaseCommand):
    """What the nightly job does, for the days it did not do or for days that are named."""

    help = "Looks for findings in the log of every school and board, once for each day."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which days, and whether to only count."""
        parser.add_argument("--from", dest="first", type=date.fromisoformat, help="first day")
        parser.add_argument("--to", dest="last", type=date.fromisoformat, help="last day")
        parser.add_argument("--dry-run", action="store_true", help="count, keep nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Says per place and day how many rows were looked at and what was found."""
        today = timezone.localdate()
        days = _days(options["first"], options["last"], today)
        for unit in units_to_look_at():
            for day, looked in looked_at(unit, on=today, days=days, dry_run=options["dry_run"]):
                said = (
                    "was done already"
                    if looked.was_done
                    else f"{looked.rows} rows, {looked.findings} findings"
                )
                self.stdout.write(f"{unit.pk} {day}: {said}")


def _days(first: date | None, last: date | None, today: date) -> list[date] | None:
    """The days that were named; none: those not done yet."""
    if first is None and last is None:
        return None
    first, last = first or last, last or today - timedelta(days=1)
    if first is None or first > last or last >= today:
        raise CommandError("Name days that are over, the first one first.")
    number = (last - first).days + 1
    if number > _MOST:
        raise CommandError(f"At most {_MOST} days at a time.")
    return [first + timedelta(days=n) for n in range(number)]
