"""Until when copies still hold what was destroyed since."""

from __future__ import annotations

import uuid
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


def is_copied_since(key: uuid.UUID, mark: str) -> bool:
    """Whether the one copy of the keys, and the content with it, was begun after `mark` stood."""
    try:
        newest = newest_keys()
    except (BackupRefused, BackupFailed):
        return False
    return newest is not None and newest.gone.get(str(key)) == mark


@dataclass(frozen=True)
class Holding:
    """The newest copy of content that was begun before something was gone."""

    begun_at: datetime

    @property
    def gone_on(self) -> date:
        """By then the copies of each night let it go."""
        ends = self.begun_at + timedelta(days=settings.BACKUP_DAYS + 1)
        return timezone.localtime(ends).date()


def newest_copy_with(key: uuid.UUID, mark: str) -> Holding | None:
    """The newest copy that was not begun after what `mark` says; none when each one was.

    Raises BackupFailed for a copy whose manifest was changed, BackupRefused without a place.
    """
    for one in reversed(places.sets(places.content_folder())):
        said = manifest.read(one / places.MANIFEST)
        if said.gone.get(str(key)) != mark:
            return Holding(datetime.fromisoformat(said.begun_at))
    return None
