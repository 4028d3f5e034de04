"""Whether this database knows every destruction that the ledger's file names (ADR 36).

One that was put back from a copy by other means than `restore` does not: what was destroyed since
is back in it. Then nothing is shown, and no job takes its first step: a line that it wrote would
have a number that the file gave away already, and no restore could mend that. A file that is away
while the database has lines may have named more, too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import connection as content
from django.db.backends.base.base import BaseDatabaseWrapper

from retention.ledger import BEGINNING, Head, LedgerDamaged, is_begun
from retention.queries.ledger import file_head

if TYPE_CHECKING:
    from procrastinate import App
    from procrastinate.job_context import JobContext
    from procrastinate.middleware import SyncCallNext
    from procrastinate.worker import Worker


class DatabaseIsBehind(LedgerDamaged):
    """The database does not know the newest line of the file; only `restore` mends that."""

    def __init__(self, newest: Head) -> None:
        super().__init__(
            f"This database does not know line {newest.number} of the ledger: it was put back from"
            " a copy. Nothing is done here until `manage.py restore` has put a copy back."
        )


class LedgerLost(LedgerDamaged):
    """The database has lines, and there is no file: nobody knows what else it named."""

    def __init__(self) -> None:
        super().__init__(
            "The file of the ledger is away, and this database has lines of it. Put the file back."
            " Where it is really lost: `manage.py backup --ledger-is-lost`."
        )


def must_stand_level() -> Head:
    """The newest line of the file, which this database knows, and perhaps more.

    Raises DatabaseIsBehind, LedgerLost, and LedgerDamaged where the file itself was changed.
    """
    content.close_if_health_check_failed()
    content.ensure_connection()
    return _newest_known(content)


def knows(newest: Head, asked: BaseDatabaseWrapper) -> bool:
    """Whether a database knows a line; asked without adding to the queries of a page."""
    if newest == BEGINNING:
        return True
    raw = asked.connection
    assert raw is not None
    with asked.wrap_database_errors:
        found = raw.execute(
            "select from retention_ledgerline where number = %s and hash = %s",
            [newest.number, newest.hash],
        )
        return found.fetchone() is not None


def _newest_known(asked: BaseDatabaseWrapper) -> Head:
    newest = file_head()  # before the database is asked: a line stands there first
    if not knows(newest, asked):
        raise DatabaseIsBehind(newest)
    if newest == BEGINNING and _has_lines(asked) and not is_begun():
        raise LedgerLost
    return newest


def _has_lines(asked: BaseDatabaseWrapper) -> bool:
    """Asked before the file: it is begun before a line is committed."""
    raw = asked.connection
    assert raw is not None
    with asked.wrap_database_errors:
        return raw.execute("select from retention_ledgerline limit 1").fetchone() is not None


def guard_jobs(app: App) -> None:
    """Before each job of a worker, of whichever room: nobody has to think of it."""
    guards: Any = app.worker_defaults.setdefault("task_middleware", [])
    guards.append(_before_a_job)


def _before_a_job(call_next: SyncCallNext, _context: JobContext, _worker: Worker) -> Any:
    """Asks anew each time: a dump can be put back under a worker that runs.

    Where the file was changed the job runs: what destroys, erases or copies refuses by itself, and
    says so on the list's page and by mail; a job that was refused could tell nobody.
    """
    try:
        must_stand_level()
    except (DatabaseIsBehind, LedgerLost):
        raise
    except LedgerDamaged:
        pass
    return call_next()


def guard_commands(connection: BaseDatabaseWrapper, **_more: object) -> None:
    """Before anything is done by hand as the worker: its new connection is closed again.

    Not where the file is away or was changed: by hand that is mended, and what destroys refuses.
    """
    if connection.alias != "default" or settings.LOGIN != "worker":
        return
    try:
        _newest_known(connection)
    except DatabaseIsBehind:
        connection.close()
        raise
    except LedgerDamaged:
        return
