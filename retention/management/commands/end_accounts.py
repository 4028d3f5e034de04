from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from access.acting import Job
from retention.former import SomeAccountsStayed, accounts_over, end_all_that_is_over


class Command(BaseCommand):
    """What the worker does each night, by hand. Names accounts by their keys."""

    help = "Ends accounts whose last role ended 30 days ago or earlier."

    def add_arguments(self, parser: CommandParser) -> None:
        """`--dry-run`: says whose would end, and ends none."""
        parser.add_argument("--dry-run", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Ends with an error when an account stayed; it is tried again each night."""
        job, day = Job("end_accounts"), timezone.localdate()
        if options["dry_run"]:
            for key in accounts_over(by=job, on=day):
                self.stdout.write(str(key))
            return
        try:
            self.stdout.write(f"{end_all_that_is_over(by=job, on=day)} accounts ended")
        except SomeAccountsStayed as stayed:
            raise CommandError(f"accounts that stayed, to be tried again: {stayed}") from stayed
