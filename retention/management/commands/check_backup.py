from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from retention.backups.making import check_backup
from retention.backups.streams import BackupFailed


class Command(BaseCommand):
    """Needs the master key, not the key that opens copies."""

    help = "Reads a whole copy of content and files anew, and says whether it is as it was made."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("content", type=Path, help="the folder of one set of content")

    def handle(self, *args: Any, **options: Any) -> None:
        """Ends with an error at the first thing that was changed or is missing."""
        try:
            number = check_backup(Path(options["content"]).resolve())
        except BackupFailed as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"as it was made, with {number} files")
