"""Whether the log says that somebody did something; of what a raw login wrote it does not."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from audit.events import Event
from audit.heads import are_missing, newest_lost
from audit.marks import is_marked
from audit.models import LogDeparture, LogEntry, Seal

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


@dataclass(frozen=True)
class Deed:
    """What a row of the database says: somebody did something to this, then."""

    target: uuid.UUID
    by: uuid.UUID | None
    at: datetime | None


def not_said(event: Event, deeds: Collection[Deed]) -> set[uuid.UUID]:
    """The targets of those of which the log does not say so, as `is_said` asks; in two queries.

    Of a deed whose month left the log by a signed decision nobody can ask any more: it counts.
    Nobody dates a deed into such a month: the database takes no other moment than now.
    """
    dated = [(deed, deed.at) for deed in deeds if deed.by is not None and deed.at is not None]
    unknown = {deed.target for deed in deeds} - {deed.target for deed, _at in dated}
    if not dated:
        return unknown
    rows = LogEntry.objects.filter(
        event=event.code,
        object_pk__in=[str(deed.target) for deed, _at in dated],
        timestamp__gte=min(at for _deed, at in dated) - _AROUND,
        timestamp__lte=max(at for _deed, at in dated) + _AROUND,
    )
    said: dict[tuple[str, uuid.UUID | None], list[datetime]] = defaultdict(list)
    for row in rows:
        if is_marked(row):
            said[row.object_pk, row.actor_id].append(row.timestamp)
    silent = {
        deed.target: _month_of(at)
        for deed, at in dated
        if not any(abs(when - at) <= _AROUND for when in said[str(deed.target), deed.by])
    }
    gone = LogDeparture.objects.filter(month__in=set(silent.values())) if silent else ()
    left = {one.month for one in gone}
    return unknown | {target for target, month in silent.items() if month not in left}


def _month_of(moment: datetime) -> date:
    return moment.astimezone(UTC).date().replace(day=1)


def is_whole_since(moment: datetime | None) -> bool:
    """Whether nothing was lost since then: no copy was put back, and the file of heads is there
    and knows no seal that is gone. Else nobody knows what was decided meanwhile.
    """
    if moment is None:
        return False
    restored = restored_at()
    return (restored is None or restored < moment) and not is_something_lost()


def is_something_lost() -> bool:
    """Whether seals are gone of which the chain does not tell, or nobody can say whether some are:
    a database that was put back on a new machine stands there without the file of heads.
    """
    return are_missing() or newest_lost() is not None


def restored_at() -> datetime | None:
    """When the chain last told that a copy was put back; none: never."""
    seals = Seal.objects.filter(kind=Seal.Kind.RESTORED)
    return seals.order_by("-position").values_list("sealed_at", flat=True).first()
