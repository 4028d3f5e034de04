from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from access.acting import Job
from retention.erasing import approved_and_not_done, erase_approved


class Command(BaseCommand):
    """What the worker does every ten minutes, by hand. Names requests by their keys."""

    help = "Erases what was approved to be erased, and goes on with what was cut off."

    def add_arguments(self, parser: CommandParser) -> None:
        """`--dry-run`: says what would be done, and does nothing."""
        parser.add_argument("--dry-run", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Ends with an error when a request failed; it is tried again."""
        day = timezone.localdate()
        if options["dry_run"]:
            for row in approved_and_not_done(day):
                self.stdout.write(f"{row.pk}: {row.get_sort_display()}, {row.state.value}")
            return
        found = erase_approved(by=Job("erase_on_request"), on=day)
        self.stdout.write(f"erased: {found.done}, waiting: {found.waiting}")
        if found.failed:
            failed = ", ".join(str(key) for key in found.failed)
            raise CommandError(f"failed, to be tried again: {failed}")
