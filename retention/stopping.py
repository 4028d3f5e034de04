"""Why a list did not go on, so that its page and a mail say it: no run fails in silence."""

from __future__ import annotations

from datetime import date

import structlog
from django.db import DatabaseError, connections
from django.utils import timezone

from access.acting import Job, acting_as
from access.errors import Refused
from audit.actions import record
from audit.grounds import Ground
from audit.said import NotSaid
from pdf.errors import NotMade
from retention import events
from retention.backups.places import BackupRefused
from retention.backups.streams import BackupFailed
from retention.destroyer import as_destroyer
from retention.ledger import LedgerDamaged
from retention.models import DestructionList
from retention.queries.unsaid import TermNotSaid
from retention.rules.closing import Stop, is_to_be_told
from retention.searching import SearchIsBlind
from retention.telling import tell_that_it_stopped
from vault.errors import Unreadable

_log = structlog.get_logger("retention")

_BECAUSE: tuple[tuple[tuple[type[Exception], ...], Stop], ...] = (
    ((LedgerDamaged,), Stop.LEDGER),
    ((TermNotSaid,), Stop.TERM),
    ((NotSaid,), Stop.UNSAID),
    ((Unreadable,), Stop.KEYS),
    ((SearchIsBlind,), Stop.BLIND),
    ((BackupFailed, BackupRefused), Stop.COPIES),
    ((NotMade, Refused), Stop.PAPER),
    ((DatabaseError,), Stop.DATABASE),
    ((OSError,), Stop.DISK),
)


def stopped_by(error: Exception, made: DestructionList, *, known: Stop | None = None) -> Stop:
    """What an error means for its list; the server's log says which error it was.

    `known`: what stopped the item before, so that thousands that fail alike are told once.
    """
    stop = next((stop for types, stop in _BECAUSE if isinstance(error, types)), Stop.OTHER)
    if stop is not known:
        said = {"list": str(made.pk), "stop": str(stop), "reason": type(error).__name__}
        _log.error("list_not_carried_out", exc_info=error, **said)
    return stop


def close_lost_connections() -> None:
    """What the database cut off: the next step gets another one."""
    for one in connections.all(initialized_only=True):
        if not one.in_atomic_block and not one.is_usable():
            one.close()


def say_where_it_stands(made: DestructionList, stop: Stop | None, *, by: Job, on: date) -> None:
    """Stores why a list did not go on, since when, or that it does again. Outside a door."""
    because = str(stop or "")
    rows = DestructionList.objects.filter(
        pk=made.pk, closed_at__isnull=True, cancelled_on__isnull=True
    ).exclude(stopped_because=because)
    if not rows.exists():
        return
    with acting_as(by, on=on):
        with as_destroyer():
            since = timezone.now() if stop else None
            changed = rows.update(stopped_because=because, stopped_at=since, stopped_told_on=None)
        if changed:
            _record(made, by, because)


def tell_if_it_is_stopped(made: DestructionList, *, by: Job, on: date) -> None:
    """Mails who handles a list that is stopped, and who looks after the server; again each week."""
    row = DestructionList.objects.select_related("school__board").get(pk=made.pk)
    if row.closed_at or not row.stopped_because or not is_to_be_told(row.stopped_told_on, on):
        return
    with acting_as(by, on=on):
        with as_destroyer():
            DestructionList.objects.filter(pk=row.pk).update(stopped_told_on=on)
        _record(row, by, row.stopped_because)
        tell_that_it_stopped(row, on=on)


def _record(made: DestructionList, by: Job, because: str) -> None:
    record(
        events.LIST_STOPPED,
        by=by,
        unit=made.school_id,
        target=made,
        ground=Ground.SYSTEM,
        detail={"because": because},
    )
