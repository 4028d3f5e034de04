"""Each night: what was found in months of the log that have left goes with them.

First the keys of what was said about it, then the rows: cut off in between, the next night finds
them again.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date

from django.db import connection

from access.acting import Job, acting_as
from audit.actions import record
from audit.grounds import Ground
from retention import events
from retention.actions.again import destroy_keys
from retention.destroyer import as_destroyer

BATCH = 500


def end_findings_of_left_months(*, by: Job, on: date) -> int:
    """Batch after batch, each a transaction of its own; says how many rows went. Outside a door."""
    gone, touched = 0, 1
    while touched:
        keys, sealed = _over(by, on)
        if not keys:
            return gone
        destroy_keys([{"key": sealed}])
        touched = _end(keys, by=by, on=on)
        gone += touched
    return gone


def _over(by: Job, on: date) -> tuple[list[uuid.UUID], list[str]]:
    """What is over, and the keys of what is sealed about it."""
    with acting_as(by, on=on, read_only=True), as_destroyer(), connection.cursor() as cursor:
        cursor.execute("select id, keys from retention_watching_over(%s)", [BATCH])
        rows = cursor.fetchall()
    return [key for key, _keys in rows], [str(one) for _key, keys in rows for one in keys]


def _end(keys: Sequence[uuid.UUID], *, by: Job, on: date) -> int:
    with acting_as(by, on=on):
        with as_destroyer(), connection.cursor() as cursor:
            cursor.execute("select retention_end_watching(%s)", [list(keys)])
            gone = int(cursor.fetchone()[0])
        if gone:
            record(events.FINDINGS_ENDED, by=by, ground=Ground.SYSTEM, detail={"rows": gone})
    return gone
