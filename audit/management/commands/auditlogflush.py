from typing import Any

from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    """Takes the stock command away that would empty the log."""

    help = "Not available: the log is never emptied."

    def handle(self, *args: Any, **options: Any) -> None:
        """Refuses."""
        raise CommandError("The log is never emptied by a command.")
