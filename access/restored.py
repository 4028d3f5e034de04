"""A database into which a copy is being put back says so itself, until nobody can be harmed by it.

Its comment is `restoring` and the copy's name: it is there before the first row, and outlives a
run that was killed. deploy/database.sql reads it too.
"""

from __future__ import annotations

from django.db import connections

_RESTORING = "restoring"


def restoring(name: str) -> str:
    """What a database says while the copy of this name is being put back into it."""
    return f"{_RESTORING} {name}"


def said_by(alias: str) -> str:
    """What a database says of itself; nothing, mostly."""
    with connections[alias].cursor() as cursor:
        cursor.execute(
            "select coalesce(shobj_description(oid, 'pg_database'), '') from pg_database"
            " where datname = current_database()"
        )
        return str(cursor.fetchone()[0])


def is_being_restored(alias: str) -> bool:
    """Whether a copy is being put back into it, or that was cut off half-way."""
    return said_by(alias).startswith(f"{_RESTORING} ")
