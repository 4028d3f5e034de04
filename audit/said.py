"""Whether the log says that somebody did something; of what a raw login wrote it does not."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from audit.events import Event
from audit.heads import newest_lost
from audit.marks import is_marked
from audit.models import LogEntry, Seal

_AROUND = timedelta(minutes=10)  # a row names its moment within five minutes, as the log does


class NotSaid(Exception):
    """A row says that somebody decided something, and the log does not know of it."""


def is_said(event: Event, target: uuid.UUID, *, by: uuid.UUID | None, at: datetime | None) -> bool:
    """Whether a row of the log with a right mark says that `by` did this to `target` around `at`.

    The mark is made with a key outside the database: whoever only has a login of the database can
    write every row but that one.
    """
    if by is None or at is None:
        return False
    rows = LogEntry.objects.filter(
        event=event.code,
        actor_id=by,
        object_pk=str(target),
        timestamp__gte=at - _AROUND,
        timestamp__lte=at + _AROUND,
    )
    return any(is_marked(row) for row in rows)


def is_whole_since(moment: datetime | None) -> bool:
    """Whether nothing was lost since then: no copy was put back, and the file of heads knows no
    seal that is gone. Else nobody knows what was decided meanwhile.
    """
    if moment is None:
        return False
    restored = restored_at()
    return (restored is None or restored < moment) and newest_lost() is None


def restored_at() -> datetime | None:
    """When the chain last told that a copy was put back; none: never."""
    seals = Seal.objects.filter(kind=Seal.Kind.RESTORED)
    return seals.order_by("-position").values_list("sealed_at", flat=True).first()
