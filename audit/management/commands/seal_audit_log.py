from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from audit import heads
from audit.sealing import seal_log, seal_restoration


class Command(BaseCommand):
    """Seals what the log has no seal for yet; the worker does so every minute."""

    help = "Seals the rows of the log that have no seal yet. Run it as worker."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What else to say in the chain."""
        parser.add_argument(
            "--restored",
            metavar="REASON",
            help="a backup was put back: say in the chain that newer seals were lost, and why;"
            " where the file of heads is lost too, it is begun anew",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Says how many rows, and the newest head."""
        if options["restored"]:
            self._tell_of_restoring(options["restored"])
        done = seal_log(now=timezone.now())
        self.stdout.write(f"{done.rows} rows sealed under {done.seals} seals")
        if done.waits:
            self.stdout.write("somebody still writes; the rest is sealed in the next run")
        head = heads.newest_head()
        if head:
            self.stdout.write(
                f"head {head.number} {head.link_hex} of {head.sealed_at:%Y-%m-%d %H:%M}"
            )

    def _tell_of_restoring(self, reason: str) -> None:
        """Whoever says so decides: nothing that was approved before is destroyed any more."""
        if not heads.is_there():
            heads.begin()
            self.stdout.write("The file of heads was not here. It is begun anew.")
        elif heads.newest_lost() is None:
            self.stdout.write("The file of heads knows of no seal that is missing here.")
        seal = seal_restoration(reason=reason, now=timezone.now())
        self.stdout.write(f"seal {seal.position} says that a backup was put back")
