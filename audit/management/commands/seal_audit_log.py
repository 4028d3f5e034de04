from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from audit.heads import newest_head
from audit.sealing import seal_log, seal_restoration


class Command(BaseCommand):
    """Seals what the log has no seal for yet; the worker does so every minute."""

    help = "Seals the rows of the log that have no seal yet. Run it as worker."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What else to say in the chain."""
        parser.add_argument(
            "--restored",
            metavar="REASON",
            help="a backup was put back: say in the chain that newer seals were lost, and why",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Says how many rows, and the newest head."""
        if options["restored"]:
            seal = seal_restoration(reason=options["restored"], now=timezone.now())
            if seal is None:
                raise CommandError("The file of heads knows nothing that is missing here.")
        done = seal_log(now=timezone.now())
        self.stdout.write(f"{done.rows} rows sealed under {done.seals} seals")
        if done.waits:
            self.stdout.write("somebody still writes; the rest is sealed in the next run")
        head = newest_head()
        if head:
            self.stdout.write(
                f"head {head.number} {head.link_hex} of {head.sealed_at:%Y-%m-%d %H:%M}"
            )
