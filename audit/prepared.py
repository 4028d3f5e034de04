"""A cursor whose statements the server plans once a connection: for the one that each page adds.

Django writes values into the text of a statement, so the server plans each anew; for a row of the
log that takes longer than adding it (ADR 39).
"""

from __future__ import annotations

from typing import Any

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.utils import CursorWrapper

_LET_PREPARE = 5  # psycopg's own; Django sets none, which forbids it. Its cursors never do anyway


class _Prepared(psycopg.Cursor[Any]):
    def execute(self, query: Any, params: Any = None, *, prepare: Any = True, **how: Any) -> Any:
        return super().execute(query, params, prepare=prepare, **how)

    def _convert_query(self, query: Any, params: Any = None) -> Any:
        """Keeps the statement, without its values, where Django looks to tell what was executed."""
        self._query = super()._convert_query(query, params)
        return self._query


def prepared_cursor() -> CursorWrapper:
    """In Django's own wrapper: seen by what watches statements, its errors those of Django.

    What `connection.cursor()` does beside that is done here too; it would make a cursor of Django's
    first, which takes as long as all of this.
    """
    database = connections[DEFAULT_DB_ALIAS]  # looked up once: that counts here
    database.close_if_health_check_failed()
    database.ensure_connection()
    database.validate_thread_sharing()
    with database.wrap_database_errors:
        session = database.connection
        session.prepare_threshold = _LET_PREPARE
        cursor: Any = _Prepared(session)
    return (
        database.make_debug_cursor(cursor)
        if database.queries_logged
        else database.make_cursor(cursor)
    )
