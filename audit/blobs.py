"""Sealed files that an action writes: they stay when it does, and go again when it does not.

Stands here as the lowest room that knows both the door and the vault.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from django.utils.translation import gettext_lazy as _

from access.acting import current_work
from access.errors import Refused
from vault.blobs import Kept, NotKept

_NO_ROOM = _(
    "The server can't keep files right now, so nothing of this one was stored. Try again later,"
    " and tell your administrator if it stays so."
)


@contextmanager
def kept_blobs() -> Iterator[Kept]:
    """Where an action writes its blobs: gone when it, or the request after it, fails.

    Raises Refused with a word to the sender when the disk can't take them.
    """
    kept = Kept()
    try:
        yield kept
    except NotKept as problem:
        kept.remove()
        structlog.get_logger("audit").error("file_not_kept", errno=problem.errno)
        raise Refused(_NO_ROOM) from problem
    except BaseException:
        kept.remove()
        raise
    work = current_work()
    if work is not None:
        work.if_undone(kept.remove)
