from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from overview import documents


class Command(BaseCommand):
    """Writes the papers that come from the code, or says which of them are out of date."""

    help = "Writes docs/who-may-do-what.md and docs/promises.md; --check only compares."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Only compare."""
        parser.add_argument("--check", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Touches no database."""
        docs = settings.BASE_DIR / "docs"
        papers = {
            docs / "who-may-do-what.md": documents.who_may_do_what(),
            docs / "promises.md": documents.promises(
                documents.proofs_in(settings.BASE_DIR / "tests")
            ),
        }
        for path, text in papers.items():
            if path.exists() and path.read_text(encoding="utf-8") == text:
                continue
            if options["check"]:
                raise CommandError(f"docs/{path.name} is out of date: run manage.py write_docs")
            path.write_text(text, encoding="utf-8")
            self.stdout.write(f"docs/{path.name} written")
