"""What the portal knows of its own copies, and what it tells them.

Whether a copy was begun after something was gone is not asked of clocks, which may be set: before a
copy is begun it is told what is gone, by marks that are never the same again. A copy that knows the
mark was begun afterwards; of any other nobody can say so.
"""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count, Max

from retention.models import Backup, DestructionList, Erasure


def gone_by_now() -> dict[str, str]:
    """The marks of all that waits for a copy: lists that are carried out, requests to erase."""
    begun = DestructionList.objects.filter(begun_at__isnull=False, closed_at__isnull=True)
    asked = Erasure.objects.filter(outcome=Erasure.Outcome.SEALED)
    lists = {str(made.pk): mark_of_list(made) for made in begun}
    return lists | {str(row.pk): mark_of_erasure(row) for row in asked}


def mark_of_list(made: DestructionList) -> str:
    """Another one after each item: a clock that was set back changes no number."""
    done = made.items.aggregate(number=Count("done_at"), last=Max("done_at"))
    last = done["last"]
    return f"{done['number']} {last.isoformat() if last else ''}"


def mark_of_erasure(row: Erasure) -> str:
    """Of the moment in which the rest of its parts stood under their new keys."""
    return row.sealed_at.isoformat() if row.sealed_at else ""


def newest_copy(now: datetime) -> datetime | None:
    """When the newest whole copy was begun; one from a clock that was ahead tells nothing."""
    rows = Backup.objects.filter(begun_at__lte=now)
    return rows.order_by("-begun_at").values_list("begun_at", flat=True).first()


def copied_since(moment: datetime | None) -> datetime | None:
    """When the first copy that was begun after a moment was finished, wherever it is now.

    None while there is none, or nothing to be copied.
    """
    if moment is None:
        return None
    rows = Backup.objects.filter(begun_at__gt=moment).order_by("begun_at")
    return rows.values_list("finished_at", flat=True).first()
