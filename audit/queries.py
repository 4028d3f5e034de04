"""Which rows of the log somebody may read, and how they are narrowed and paged."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from access.models import Unit, User
from access.permissions import Permission
from access.visibility import visibility_of
from audit import subjects
from audit.models import LogEntry

NEWEST_FIRST = ("-timestamp", "-id")


@visibility_of(LogEntry.objects.all)
def log_rows_visible_to(rows: QuerySet[LogEntry], user: User, day: date) -> QuerySet[LogEntry]:
    """Rows of the schools whose log `user` reads; not those about their own child alone.

    Who reads for a board also sees rows that belong to no school, such as a failed sign-in.
    A parent's look at their own child's log is the parent's page, not the director's. But a row
    about the reader's own account always shows: who links a director to a child, so that the log
    of that child closes, does not do so unseen.
    """
    units = user.units_with(Permission.READ_LOG, day)
    boards = Unit.objects.filter(pk__in=units, kind=Unit.Kind.BOARD)
    schools = Unit.objects.filter(parent__in=units)
    where = Q(unit__in=units) | Q(unit__in=schools.values("pk"))
    if boards.exists():
        where |= Q(unit__isnull=True)
    own = subjects.own_children(user)
    if own:
        about_own = Q(subjects__contained_by=own, subjects__len__gt=0)
        rows = rows.exclude(about_own & ~Q(object_pk=str(user.pk)))
    return rows.filter(where)


@dataclass(frozen=True)
class Wanted:
    """What a reader looks for; empty means everything."""

    person: str = ""
    pupils: tuple[uuid.UUID, ...] | None = None  # none given, or those found (maybe nobody)
    event: str = ""
    outcome: str = ""
    first_day: date | None = None
    last_day: date | None = None


def narrowed(rows: QuerySet[LogEntry], wanted: Wanted) -> QuerySet[LogEntry]:
    """The rows that fit what the reader looks for."""
    if wanted.person:
        rows = rows.filter(actor_name__icontains=wanted.person)
    if wanted.pupils is not None:
        rows = rows.filter(subjects__overlap=list(wanted.pupils)) if wanted.pupils else rows.none()
    exact = {"event": wanted.event, "outcome": wanted.outcome}
    rows = rows.filter(**{name: value for name, value in exact.items() if value})
    if wanted.first_day:
        rows = rows.filter(timestamp__gte=_midnight(wanted.first_day))
    if wanted.last_day:
        rows = rows.filter(timestamp__lt=_midnight(wanted.last_day + timedelta(days=1)))
    return rows


def older_than(rows: QuerySet[LogEntry], place: str) -> QuerySet[LogEntry]:
    """The rows after `place` (see `place_of`); all of them when it can't be read."""
    moment, _, key = place.partition("|")
    try:
        seen, last = datetime.fromisoformat(moment), uuid.UUID(key)
    except ValueError:
        return rows
    return rows.filter(Q(timestamp__lt=seen) | Q(timestamp=seen, id__lt=last))


def place_of(row: LogEntry) -> str:
    """Where a row stands in the list: paging goes on from here without counting."""
    return f"{row.timestamp.isoformat()}|{row.pk}"


def rows_of_request(user: User, request_id: uuid.UUID, *, on: date) -> QuerySet[LogEntry]:
    """Everything that one request wrote, first things first."""
    rows = log_rows_visible_to(user, on=on).filter(cid=str(request_id))
    return rows.order_by("timestamp", "id")


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def page_and_next(rows: QuerySet[LogEntry], size: int) -> tuple[list[LogEntry], str]:
    """The first `size` rows and the place of the next page, empty at the end."""
    found: list[Any] = list(rows.order_by(*NEWEST_FIRST)[: size + 1])
    following = place_of(found[size - 1]) if len(found) > size else ""
    return found[:size], following
