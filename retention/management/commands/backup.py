from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from access.acting import Job
from retention import ledger
from retention.backups.places import BackupRefused
from retention.backups.recorded import make_and_record
from retention.backups.streams import BackupFailed


class Command(BaseCommand):
    """What the worker does each night, by hand."""

    help = "Makes a sealed copy of content and files, and replaces the one copy of the keys."

    def handle(self, *args: Any, **options: Any) -> None:
        """Ends with an error when no whole copy was made; the copies from before stay."""
        try:
            made = make_and_record(by=Job("backup"), on=timezone.localdate())
        except (BackupRefused, BackupFailed, ledger.LedgerDamaged) as error:
            raise CommandError(str(error)) from error
        newest = ledger.head()
        self.stdout.write(f"content and {made.blobs} files: {made.content.name}")
        self.stdout.write(f"keys: {made.keys.name}")
        self.stdout.write(f"ledger of destructions: line {newest.number}, {newest.hash}")
