from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from access.acting import Job, acting_as
from access.given import bytes_of_file
from files.limits import FILE_BYTES
from oversight.queries.reports_signed import Verdict, Verified, verify

_SAID = {
    Verdict.GENUINE: "genuine: this is the file that was signed, and all that is kept of it fits",
    Verdict.CHANGED: "changed: this is not, or no longer, the report that was signed",
    Verdict.UNKNOWN: "unknown: nothing in this file points at a signed report of this portal",
}


class Command(BaseCommand):
    """Tells whether somebody's report is the one that was signed; names nobody."""

    help = "Says of a file whether it is a signed report, a changed one, or unknown."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which file."""
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        """Says which; anything but genuine ends with an error, for scripts."""
        too_large = "No report is this large."
        data = bytes_of_file(options["file"], most=FILE_BYTES, too_large=too_large)
        with acting_as(Job("verify_report"), on=timezone.localdate(), read_only=True):
            found = verify(data)
            words = _words(found)
        if found.verdict is not Verdict.GENUINE:
            raise CommandError(words)
        self.stdout.write(words)


def _words(found: Verified) -> str:
    words = _SAID[found.verdict]
    report = found.report
    if report is not None:
        words += f"\nReport {report.pk}, school {report.school_id}, month {report.first_day:%Y-%m}."
        words += f"\nHead of the log when it was signed: {report.head_number} {report.head_link}"
    for what in found.trouble:
        words += f"\nThis does not fit: {what}."
    return words
