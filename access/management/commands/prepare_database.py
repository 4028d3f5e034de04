from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from access.restored import is_being_restored
from access.rights import WEB_RIGHTS
from access.rights_of_others import (
    DESTROYER_FUNCTIONS,
    DESTROYER_RIGHTS,
    NOT_WATCHED,
    WEB_FUNCTIONS,
    WORKER_FUNCTIONS,
    WORKER_RIGHTS,
)


def grant_rights(alias: str) -> None:
    """Gives the logins of one database exactly the rights of access/rights.py, and no others."""
    with connections[alias].cursor() as cursor:
        for role, tables in (
            ("portal_web", WEB_RIGHTS[alias]),
            ("portal_destroyer", DESTROYER_RIGHTS[alias]),
            ("portal_worker", WORKER_RIGHTS[alias]),
        ):
            cursor.execute(f"revoke all on all tables in schema public from {role}")
            cursor.execute(f"grant usage on schema public to {role}")
            for table, rights in tables.items():
                cursor.execute(f"grant {rights} on {table} to {role}")
        cursor.execute("grant usage, select on all sequences in schema public to portal_web")
        for function in WEB_FUNCTIONS[alias]:
            cursor.execute(f"grant execute on function {function} to portal_web")
        for function in WORKER_FUNCTIONS[alias]:
            cursor.execute(f"grant execute on function {function} to portal_worker")
        for function in DESTROYER_FUNCTIONS[alias]:
            cursor.execute(f"grant execute on function {function} to portal_destroyer")


def watch_writes() -> None:
    """Every table, also a later one, tells its transaction that something was written.

    At the door's end the database itself is asked whether a change was recorded (access.acting).
    """
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "select relname from pg_class where relnamespace = 'public'::regnamespace"
            " and relkind in ('r', 'p') and not relispartition"
        )
        for (table,) in cursor.fetchall():
            if table not in NOT_WATCHED:
                cursor.execute("\n".join(_watching(table)))
                cursor.execute(_GATHERING.format(table=table))
        cursor.execute(
            "create or replace trigger what_is_recorded_is_known after insert on audit_logentry"
            " for each statement execute function portal_recorded()"
        )


# Unless something is being destroyed the condition alone is asked, and no row is looked at.
_GATHERING = """
do $$ declare
    marks text := retention_marks_in('{table}');
begin
    if marks is not null then
        execute format('create or replace trigger what_goes_is_gathered after delete on {table}'
            ' referencing old table as gone for each statement'
            ' when (current_setting(''portal.gathering'', true) = ''yes'')'
            ' execute function retention_gathers(%L)', marks);
    end if;
end $$
"""


def _watching(table: str) -> list[str]:
    watched = {
        "added": ("insert", "", "portal_wrote"),
        "changed": ("update", " referencing new table as touched", "portal_changed"),
        "removed": ("delete", " referencing old table as touched", "portal_changed"),
    }
    return [
        f"create or replace trigger what_is_written_is_known_{name} after {verb} on {table}"
        f"{rows} for each statement execute function {function}();"
        for name, (verb, rows, function) in watched.items()
    ]


def _must_not_be_half_restored() -> None:
    for alias in ("keys", "default"):
        if is_being_restored(alias):
            raise CommandError(
                f"A copy is being put back into the database {settings.DATABASES[alias]['NAME']}."
                " Start the same `restore` again: nobody gets in before it has ended well."
            )


class Command(BaseCommand):
    """Everything a new or older database needs before the portal runs; run as owner."""

    stealth_options = ("by_restore",)  # for `restore` alone, which lets in whom it may
    help = "Migrates both databases, makes the cache and log tables and gives the logins rights."

    def handle(self, *args: Any, **options: Any) -> None:
        """Can be run again at any time. Refuses in a database that is half put back."""
        if not options.get("by_restore"):
            _must_not_be_half_restored()
        # The other rooms have nothing in `keys`; going through their history there takes as long.
        call_command("migrate", "vault", database="keys", interactive=False, verbosity=0)
        call_command("migrate", database="default", interactive=False, verbosity=0)
        call_command("seal_plain_texts", stdout=self.stdout)
        call_command("createcachetable", verbosity=0)
        call_command("make_log_partitions", stdout=self.stdout)
        for alias in ("keys", "default"):
            grant_rights(alias)
        watch_writes()
        self.stdout.write("database is ready")
