from typing import Any

from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    """Stands in front of Django's own: whoever keeps the server does not enter as somebody else."""

    help = "Refuses: people set their own passwords."

    def add_arguments(self, parser: Any) -> None:
        """Takes what Django's command takes, to refuse it in words."""
        parser.add_argument("anything", nargs="*")

    def handle(self, *args: Any, **options: Any) -> None:
        """Refuses."""
        raise CommandError(
            "People set their own passwords: by 'forgot your password' (a reset mail), or by a "
            "new invitation."
        )
