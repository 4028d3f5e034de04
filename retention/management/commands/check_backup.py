from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from retention.backups.making import check_backup, newest_keys
from retention.backups.places import BackupRefused
from retention.backups.streams import BackupFailed


class Command(BaseCommand):
    """Needs the master key, not the key that opens copies."""

    help = "Reads a whole copy anew, with that of the keys, and says whether all is as it was made."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("content", type=Path, help="the folder of one set of content")

    def handle(self, *args: Any, **options: Any) -> None:
        """Ends with an error at the first thing that was changed or is missing.

        The one copy of the keys is read too: without it no set opens.
        """
        try:
            number = check_backup(Path(options["content"]).resolve())
            self.stdout.write(f"as it was made, with {number} files")
            keys = newest_keys()
        except BackupRefused:
            self.stdout.write("the copy of the keys was not looked at: run this in the worker")
            return
        except BackupFailed as error:
            raise CommandError(str(error)) from error
        if keys is None:
            raise CommandError("the copy of the keys is not there, or there is more than one")
        self.stdout.write(f"the copy of the keys too, begun {keys.begun_at}")
