from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import connection
from django.utils import timezone


class Command(BaseCommand):
    """Makes the log's monthly tables ahead of time; run as owner, daily or at each upgrade."""

    help = "Makes the log's tables for this month and the months after it."

    def add_arguments(self, parser: CommandParser) -> None:
        """How far ahead."""
        parser.add_argument("--months", type=int, default=13)

    def handle(self, *args: Any, **options: Any) -> None:
        """Says how many were made."""
        with connection.cursor() as cursor:
            cursor.execute(
                "select audit_make_partitions(%s, %s)", [timezone.localdate(), options["months"]]
            )
            made: int = cursor.fetchone()[0]
        self.stdout.write(f"{made} log tables made")
