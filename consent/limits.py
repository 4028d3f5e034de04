"""How many wrong codes an address or an account may type before it has to wait.

Guessing one code is bounded by its own five tries; this bounds somebody who tries many. Counted in
the shared cache by a hash, so that no address is kept; one after another, so that many guesses at
once are all counted.
"""

from __future__ import annotations

import hashlib
import math
import time
from collections.abc import Iterator

from django.core.cache import cache
from django.db import connection, transaction

from access.acting import current_work
from access.models import User

SECONDS = 15 * 60
# A parents' evening shares one address, so it may be wrong more often than one person.
MOST_OF_ADDRESS = 60
MOST_OF_ACCOUNT = 10


def is_exhausted(by: User | None) -> bool:
    """Whether this address or account typed too many wrong codes in a quarter of an hour."""
    return any(_counted(key)[0] >= most for key, most in _keys(by))


def count_wrong(by: User | None) -> None:
    """Counts one wrong code of this address and account; many at once are all counted."""
    for key, _most in _keys(by):
        _wait_for_turn(key)
        count, ends_at = _counted(key)
        cache.set(key, (count + 1, ends_at), math.ceil(ends_at - time.time()))


def take_try(key: str, *, most: int, seconds: int) -> int:
    """Takes one of so many tries before anybody looks whether it is right; below 0 none was left.

    Gives how many are left. In a transaction of its own: these pages stand before the gate.
    """
    with transaction.atomic():
        _wait_for_turn(key)
        count, ends_at = _counted(key, seconds)
        if count < most:
            cache.set(key, (count + 1, ends_at), math.ceil(ends_at - time.time()))
        return most - count - 1


def _counted(key: str, seconds: int = SECONDS) -> tuple[int, float]:
    """How many were counted, and until when that is remembered: from the first one on."""
    count, ends_at = cache.get(key) or (0, 0.0)
    now = time.time()
    return (count, ends_at) if ends_at > now else (0, now + seconds)


def _wait_for_turn(key: str) -> None:
    number = int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [number])


def _keys(by: User | None) -> Iterator[tuple[str, int]]:
    work = current_work()
    address = (work.remote_addr if work else None) or "unknown"
    yield f"wrong-code-{hashlib.sha256(address.encode()).hexdigest()}", MOST_OF_ADDRESS
    if by is not None:
        yield f"wrong-code-of-{by.pk}", MOST_OF_ACCOUNT
