"""Each night: accounts of who left end by themselves, batch after batch.

Outside a door; each batch is a transaction of its own with one row in the log. Cut off, the next
night goes on: what ended is asked of no more.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, timedelta

import structlog
from django.db import DatabaseError, connection
from django.utils import timezone

from access.acting import Job, acting_as
from audit.said import is_something_lost, restored_at
from retention.actions.accounts import end_accounts, end_what_ran_out
from retention.destroyer import as_destroyer

BATCH = 200
_AFTER_RESTORING = timedelta(days=14)
_log = structlog.get_logger("retention")


class SomeAccountsStayed(RuntimeError):
    """Something that should have ended did not; the rest did. It is tried again each night."""


def accounts_over(*, by: Job, on: date) -> list[uuid.UUID]:
    """Whose account ends on this day: no role for 30 days, no record, no open matter.

    Nobody's in the two weeks after a copy was put back, nor while something is lost of which the
    log does not tell: a role that was given since then is lost, and given again first.
    """
    with acting_as(by, on=on, read_only=True):
        if is_something_lost():
            return []
        restored = restored_at()
        if restored is not None and timezone.now() - restored < _AFTER_RESTORING:
            return []
        with as_destroyer(), connection.cursor() as cursor:
            cursor.execute("select retention_accounts_over(null)")
            return list(cursor.fetchone()[0])


def end_all_that_is_over(*, by: Job, on: date) -> int:
    """Says how many accounts ended. One that can't be ended keeps no other.

    Raises SomeAccountsStayed at the end, so that it shows.
    """
    over = accounts_over(by=by, on=on)
    ended = failed = 0
    for first in range(0, len(over), BATCH):
        batch = over[first : first + BATCH]
        try:
            ended += _end(batch, by=by, on=on)
        except DatabaseError:
            done, stayed = _one_by_one(batch, by=by, on=on)
            ended, failed = ended + done, failed + stayed
    with acting_as(by, on=on):
        end_what_ran_out(by=by, on=on)
    if failed:
        raise SomeAccountsStayed(failed)
    return ended


def _end(keys: Sequence[uuid.UUID], *, by: Job, on: date) -> int:
    with acting_as(by, on=on):
        return end_accounts(keys, by=by, on=on)


def _one_by_one(keys: Sequence[uuid.UUID], *, by: Job, on: date) -> tuple[int, int]:
    ended = failed = 0
    for key in keys:
        try:
            ended += _end([key], by=by, on=on)
        except DatabaseError as error:
            _log.error("account_not_ended", account=str(key), reason=type(error).__name__)
            failed += 1
    return ended, failed
