"""Takes approvals back once a copy was put back: what was decided after it is lost (ADR 36).

A hold, a list that was cancelled, a request that was taken back: nobody knows of them any more, and
destroying can't be undone. So what the copy knows as approved, and nobody began, is approved anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet

from access.acting import Job, acting_as
from audit.actions import record
from retention.events import APPROVALS_TAKEN_BACK
from retention.models import DestructionItem, DestructionList, Erasure, LedgerLine
from retention.rules.lists import RESTORED
from retention.tasks.restored import tell_of_restoring

_NOBODY = {"approved_on": None, "approved_at": None, "approved_by": None}


@dataclass(frozen=True)
class TakenBack:
    """How many lists and requests wait to be approved anew, and how many items of others are left.

    By whichever run: one that goes on where another was cut off says as much.
    """

    lists: int = 0
    items: int = 0
    erasures: int = 0


def take_approvals_back(*, copied_at: datetime, on: date) -> TakenBack:
    """No approval of before `copied_at` counts that nobody began; all of it, or nothing.

    Call it as owner, outside a door, once all that the ledger names is destroyed again and while
    nobody else is let in. Done twice it changes and records nothing more.
    """
    job = Job("restore")
    with transaction.atomic():
        begun, left = _leave_the_rest(copied_at)
        lists, erasures = _lists(copied_at), _erasures(copied_at)
        keys = {"lists_anew": lists, "lists_left": begun, "erasures_anew": erasures}
        if any(keys.values()):
            with acting_as(job, on=on):
                detail = {**keys, "items_left": left, "copy": copied_at.isoformat()}
                record(APPROVALS_TAKEN_BACK, by=job, detail=detail)
                tell_of_restoring.defer()
    return _standing(copied_at)


def _standing(copied_at: datetime) -> TakenBack:
    lists = DestructionList.objects.filter(restored_from=copied_at)
    erasures = Erasure.objects.filter(restored_from=copied_at, approved_on__isnull=True)
    items = DestructionItem.objects.filter(list__in=lists, left_because=RESTORED)
    return TakenBack(
        lists.filter(approved_on__isnull=True).count(), items.count(), erasures.count()
    )


def _lists(copied_at: datetime) -> list[str]:
    """Those that were approved and not begun stand as reviewed again."""
    going_on = DestructionList.objects.filter(cancelled_on__isnull=True, closed_at__isnull=True)
    rows = going_on.filter(approved_on__isnull=False, begun_at__isnull=True)
    stop = {"stopped_because": "", "stopped_at": None, "stopped_told_on": None}
    return _taken_back(rows, **_NOBODY, **stop, restored_from=copied_at)


def _erasures(copied_at: datetime) -> list[str]:
    """Those that the ledger does not name are decided anew."""
    rows = Erasure.objects.filter(approved_on__isnull=False, ended="", outcome="")
    rows = rows.exclude(pk__in=LedgerLine.objects.values("item"))
    return _taken_back(rows, **_NOBODY, reopened_at=None, restored_from=copied_at)


def _leave_the_rest(copied_at: datetime) -> tuple[list[str], int]:
    """Of lists that were begun: what nobody began to destroy comes onto another list."""
    items = DestructionItem.objects.filter(
        decision=DestructionItem.Decision.DESTROY,
        outcome="",
        list__begun_at__isnull=False,
        list__closed_at__isnull=True,
    ).exclude(pk__in=LedgerLine.objects.values("item"))
    lists = list(items.order_by("list").values_list("list", flat=True).distinct())
    left = items.update(outcome=DestructionItem.Outcome.LEFT, left_because=RESTORED, failed_at=None)
    DestructionList.objects.filter(pk__in=lists).update(restored_from=copied_at)
    return [str(key) for key in lists], left


def _taken_back(rows: QuerySet[DestructionList] | QuerySet[Erasure], **now: object) -> list[str]:
    keys = list(rows.order_by("pk").values_list("pk", flat=True))
    rows.model._default_manager.filter(pk__in=keys).update(**now)
    return [str(key) for key in keys]
