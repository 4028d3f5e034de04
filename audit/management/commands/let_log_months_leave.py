from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from access.acting import Job
from audit.ends import months_signed
from audit.leaving import let_signed_months_leave


class Command(BaseCommand):
    """What the nightly job does; run with the worker's login."""

    help = "Lets the months of the log leave that two persons of each board decided on."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whether to keep everything and only say which."""
        parser.add_argument("--dry-run", action="store_true", help="only say which months")

    def handle(self, *args: Any, **options: Any) -> None:
        """Says which months, or which left with how many rows."""
        if options["dry_run"]:
            for month in months_signed():
                self.stdout.write(f"{month:%Y-%m} would leave")
            return
        left = let_signed_months_leave(by=Job("let_log_months_leave"), on=timezone.localdate())
        for departure in left:
            self.stdout.write(f"{departure.month:%Y-%m} left with {departure.rows} rows")
        self.stdout.write(f"{len(left)} months")
