import os
import sys
import uuid
from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from audit.exporting import NothingToProve, export_proof
from audit.sealing import seal_log
from audit.verdicts import Period


class Command(BaseCommand):
    """Writes rows of the log with what proves them, to be checked anywhere without the portal."""

    help = "Writes a zip with rows of the log, seals, and a script that checks them offline."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whose rows or which days, and into which file."""
        whose = parser.add_mutually_exclusive_group(required=True)
        whose.add_argument("--pupil", type=uuid.UUID, metavar="KEY", help="its key in the log")
        whose.add_argument(
            "--period",
            nargs=2,
            type=date.fromisoformat,
            metavar=("FIRST", "LAST"),
            help="two days, YYYY-MM-DD; batches that touch it come whole",
        )
        parser.add_argument("--into", required=True, help="the file to make; - for standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        """Seals what waits first, then says how many rows went along."""
        now = timezone.now()
        seal_log(now=now)
        period = Period(*options["period"]) if options["period"] else Period()
        descriptor = (
            os.dup(sys.stdout.fileno())
            if options["into"] == "-"
            else os.open(options["into"], os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        )
        try:
            with os.fdopen(descriptor, "wb") as into:
                day = timezone.localdate()
                made = export_proof(into, pupil=options["pupil"], period=period, now=now, on=day)
        except NothingToProve as problem:
            if options["into"] != "-":
                Path(options["into"]).unlink()
            raise CommandError("There is no sealed row of this pupil or period.") from problem
        self.stderr.write(f"{made.rows} rows; newest head {made.head}")
        if made.waiting:
            self.stderr.write(f"{made.waiting} rows have no seal yet and were left out")
