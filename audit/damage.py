"""What can't be opened any more stands in the log, whoever met it and whatever the page shows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from access.acting import Damage, current_work
from vault.errors import Unreadable


@contextmanager
def noticing(about: Callable[[], Damage]) -> Iterator[None]:
    """Notes for the log what could not be opened inside, and lets Unreadable go on.

    `about` says which row it is and whose; it is asked only then.
    """
    try:
        yield
    except Unreadable:
        work = current_work()
        if work is not None:
            work.meets(about())
        raise
