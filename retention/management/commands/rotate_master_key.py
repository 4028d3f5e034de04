from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from access.acting import Job
from retention.rotating import rotate_master_key
from vault.errors import Unreadable


class Command(BaseCommand):
    """Run as owner, once the new key stands in front of the old ones; docs/operations.md."""

    help = "Wraps every key of the vault under the newest master key."

    def handle(self, *args: Any, **options: Any) -> None:
        """May run again at any time; then there is nothing to do."""
        try:
            done = rotate_master_key(by=Job("rotate_master_key"), on=timezone.localdate())
        except Unreadable as error:
            raise CommandError(f"{error}. Put the master key it was made with back.") from error
        self.stdout.write(f"{done.keys} keys and {done.second_factors} second factors")
        self.stdout.write("Make a copy of the keys now: manage.py backup")
