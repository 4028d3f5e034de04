"""The one role that may destroy: the worker and the owner can step into its shoes, web can't."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connections, transaction

DESTROYER_ROLE = "portal_destroyer"


@contextmanager
def as_destroyer(alias: str = "default") -> Iterator[None]:
    """Acts as the destroyer in a transaction of `alias`; the role before it comes back.

    Raises ProgrammingError for a login that is no member of it, such as the web's.
    """
    with transaction.atomic(using=alias), connections[alias].cursor() as cursor:
        cursor.execute("select current_user")
        (before,) = cursor.fetchone()
        cursor.execute("select set_config('role', %s, true)", [DESTROYER_ROLE])
        yield
        cursor.execute("select set_config('role', %s, true)", [before])
