from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from access.acting import Job, acting_as
from access.given import bytes_of_file
from consent.queries.genuine import Verdict, verify
from files.limits import FILE_BYTES

_SAID = {
    Verdict.GENUINE: "genuine: the portal made this file, and every answer stands as it was signed",
    Verdict.CHANGED: "changed: it bears the code of a receipt, but the portal did not make it so",
    Verdict.UNKNOWN: "unknown: nothing in this file points at a receipt of this portal",
}


class Command(BaseCommand):
    """Tells whether somebody's receipt is as the portal made it; names nobody."""

    help = "Says of a file whether it is a genuine receipt, a changed one, or unknown."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which file."""
        parser.add_argument("file", type=Path, help="a path, or - for standard input")

    def handle(self, *args: Any, **options: Any) -> None:
        """Says which; anything but genuine ends with an error, for scripts."""
        too_large = "No receipt is this large."
        data = bytes_of_file(options["file"], most=FILE_BYTES, too_large=too_large)
        with acting_as(Job("verify_receipt"), on=timezone.localdate(), read_only=True):
            found = verify(data)
        words = f"{_SAID[found.verdict]} {found.code}".strip()
        if not found.rows_fit:
            words += "\nThe answers in the database are no longer what was signed."
        if found.verdict is not Verdict.GENUINE:
            raise CommandError(words)
        self.stdout.write(words)
