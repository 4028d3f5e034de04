from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connections

from access.rights import DESTROYER_RIGHTS, WEB_FUNCTIONS, WEB_RIGHTS


def grant_rights(alias: str) -> None:
    """Gives the logins of one database exactly the rights of access/rights.py, and no others."""
    with connections[alias].cursor() as cursor:
        for role, tables in (
            ("portal_web", WEB_RIGHTS[alias]),
            ("portal_destroyer", DESTROYER_RIGHTS[alias]),
        ):
            cursor.execute(f"revoke all on all tables in schema public from {role}")
            cursor.execute(f"grant usage on schema public to {role}")
            for table, rights in tables.items():
                cursor.execute(f"grant {rights} on {table} to {role}")
        cursor.execute("grant usage, select on all sequences in schema public to portal_web")
        for function in WEB_FUNCTIONS[alias]:
            cursor.execute(f"grant execute on function {function} to portal_web")


class Command(BaseCommand):
    """Everything a new or older database needs before the portal runs; run as owner."""

    help = "Migrates both databases, makes the cache and log tables and gives the logins rights."

    def handle(self, *args: Any, **options: Any) -> None:
        """Can be run again at any time."""
        for alias in ("keys", "default"):
            call_command("migrate", database=alias, interactive=False, verbosity=0)
        call_command("seal_plain_texts", stdout=self.stdout)
        call_command("createcachetable", verbosity=0)
        call_command("make_log_partitions", stdout=self.stdout)
        for alias in ("keys", "default"):
            grant_rights(alias)
        self.stdout.write("database is ready")
