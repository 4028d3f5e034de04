"""Until when copies still hold what was destroyed since."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.utils import timezone

from retention.backups import manifest, places
from retention.backups.making import newest_keys
from retention.backups.places import BackupRefused
from retention.backups.streams import BackupFailed
from retention.models import Backup


def makes_copies() -> bool:
    """Whether this portal makes copies, or ever made one: then they hold what was destroyed."""
    return bool(settings.BACKUP_RECIPIENTS) or Backup.objects.exists()


def keys_copied_at() -> datetime | None:
    """When the one copy of the keys was begun; none while there is none that can be trusted."""
    try:
        newest = newest_keys()
    except (BackupRefused, BackupFailed):
        return None
    return datetime.fromisoformat(newest.begun_at) if newest else None


@dataclass(frozen=True)
class Holding:
    """The newest copy of content that was begun before something was destroyed."""

    begun_at: datetime

    @property
    def gone_on(self) -> date:
        """By then the copies of each night let it go."""
        ends = self.begun_at + timedelta(days=settings.BACKUP_DAYS + 1)
        return timezone.localtime(ends).date()


def newest_copy_before(moment: datetime) -> Holding | None:
    """The newest copy that still holds what was there until `moment`; none when no copy does.

    Raises BackupFailed for a copy whose manifest was changed, BackupRefused without a place.
    """
    for one in reversed(places.sets(places.content_folder())):
        begun = datetime.fromisoformat(manifest.read(one / places.MANIFEST).begun_at)
        if begun <= moment:
            return Holding(begun)
    return None
