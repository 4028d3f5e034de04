from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from access.acting import Job, acting_as
from access.errors import Refused
from dossiers.actions.sweeping import sweep_files


class Command(BaseCommand):
    """What the hourly job does."""

    help = "Removes sealed files older than twelve hours that no row names."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whether to only count, and whether most of the folder may go."""
        parser.add_argument("--dry-run", action="store_true", help="count, keep everything")
        parser.add_argument(
            "--even-most", action="store_true", help="also when most of the folder would go"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Says how many."""
        job, day = Job("sweep_files"), timezone.localdate()
        try:
            with acting_as(job, on=day):
                swept = sweep_files(
                    by=job, on=day, dry_run=options["dry_run"], even_most=options["even_most"]
                )
        except Refused as refusal:
            raise CommandError(str(refusal.sentence)) from refusal
        if swept.waits:
            raise CommandError("A copy is being made. Try again once it is ready.")
        self.stdout.write(f"{swept.orphans} orphans, {swept.unfinished} never finished")
