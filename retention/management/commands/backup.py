from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from access.acting import Job
from retention import ledger
from retention.actions.ledger import write_out
from retention.backups.places import BackupRefused
from retention.backups.recorded import make_and_record
from retention.backups.streams import BackupFailed


class Command(BaseCommand):
    """What the worker does each night, by hand."""

    help = "Makes a sealed copy of content and files, and replaces the one copy of the keys."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What else to do first."""
        parser.add_argument(
            "--ledger-is-lost",
            action="store_true",
            help="the file of the ledger is lost for good, and this database knows all it named:"
            " write it anew from here",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Ends with an error when no whole copy was made; the copies from before stay."""
        try:
            if options["ledger_is_lost"]:
                self._write_anew()
            made = make_and_record(by=Job("backup"), on=timezone.localdate())
        except (BackupRefused, BackupFailed, ledger.LedgerDamaged) as error:
            raise CommandError(str(error)) from error
        newest = ledger.head()
        self.stdout.write(f"content and {made.blobs} files: {made.content.name}")
        self.stdout.write(f"keys: {made.keys.name}")
        self.stdout.write(f"ledger of destructions: line {newest.number}, {newest.hash}")

    def _write_anew(self) -> None:
        """Refused where a file has lines: what they say counts."""
        if ledger.head() != ledger.BEGINNING:
            raise CommandError("The file of the ledger is there: nothing is written anew.")
        ledger.begin()
        self.stdout.write(f"ledger of destructions: {write_out()} lines written anew")
