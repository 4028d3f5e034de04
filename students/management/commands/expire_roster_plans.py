from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from access.acting import Job, acting_as
from students.roster.actions import expire_plans, forget_problems


class Command(BaseCommand):
    """What the nightly job does."""

    help = (
        "Throws away roster plans that nobody finished within two weeks, and what was wrong with"
        " files that could not be read."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whether to keep everything and only count."""
        parser.add_argument("--dry-run", action="store_true", help="count, keep everything")

    def handle(self, *args: Any, **options: Any) -> None:
        """Says how many."""
        job, day = Job("expire_roster_plans"), timezone.localdate()
        for action, what in ((expire_plans, "plans"), (forget_problems, "files with mistakes")):
            with acting_as(job, on=day) as work:
                count = action(by=job, on=day)
                if options["dry_run"]:
                    work.abandon()
            self.stdout.write(f"{count} {what}")
