"""How far an import is, told over a connection of its own so that others see it at once."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from students.models import RosterImport

SECONDS_BETWEEN = 0.25


class Progress:
    """Tells where the work is. Telling never changes what the work itself does."""

    def __init__(self, roster_import: RosterImport, teller: BaseDatabaseWrapper) -> None:
        self._import = roster_import
        self._teller = teller
        self._told_at = 0.0

    def step(self, step: str, done: int, total: int, *, at_once: bool = False) -> None:
        """Tells the step and how much of it is done, at most a few times a second."""
        now = time.monotonic()
        if at_once or now - self._told_at >= SECONDS_BETWEEN:
            self._told_at = now
            self._tell(step, done, total, "")

    def failed(self, because: str) -> None:
        """Tells that it stopped and nothing was changed."""
        self._tell("", 0, 0, because)

    def _tell(self, step: str, done: int, total: int, because: str) -> None:
        with self._teller.cursor() as cursor:
            cursor.execute(
                "update students_rosterprogress set step = %s, done = %s, total = %s,"
                " failed_because = %s, updated_at = now() where roster_import_id = %s",
                [step, done, total, because[:40], self._import.pk],
            )


@contextmanager
def progress_of(roster_import: RosterImport) -> Iterator[Progress]:
    """Progress with a connection of its own, closed afterwards; marks a failure as one."""
    teller = connections.create_connection("default")
    try:
        progress = Progress(roster_import, teller)
        try:
            yield progress
        except BaseException as error:
            progress.failed(type(error).__name__)
            raise
    finally:
        teller.close()
