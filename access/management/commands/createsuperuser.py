from typing import Any

from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    """Stands in front of Django's own: nobody may see everything."""

    help = "Refuses: there are no superusers here."

    def add_arguments(self, parser: Any) -> None:
        """Takes what Django's command takes, to refuse it in words."""
        parser.add_argument("anything", nargs="*")

    def handle(self, *args: Any, **options: Any) -> None:
        """Refuses."""
        raise CommandError(
            "This portal has no superusers; the database refuses one. A new portal begins with "
            "`manage.py first_officer`, everybody else is invited on the staff page."
        )
