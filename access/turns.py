"""One change after another: who comes second waits until the first one's transaction has ended."""

from __future__ import annotations

import uuid

from django.db import connection


def wait_for_turn(*keys: uuid.UUID) -> None:
    """Changes about the same pupil, purpose or report come one after another.

    Always in the same order, so that two who wait for each other can't be.
    """
    numbers = [int.from_bytes(key.bytes[4:12], "big", signed=True) for key in sorted(set(keys))]
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(one) from unnest(%s::bigint[]) one", [numbers])
