"""What the portal knows of its own copies."""

from __future__ import annotations

from datetime import datetime

from retention.models import Backup


def copied_since(moment: datetime | None) -> datetime | None:
    """When the first copy that was begun after a moment was finished, wherever it is now.

    None while there is none, or nothing to be copied.
    """
    if moment is None:
        return None
    rows = Backup.objects.filter(begun_at__gt=moment).order_by("begun_at")
    return rows.values_list("finished_at", flat=True).first()
