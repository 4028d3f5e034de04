"""The keys: one row per dossier part, wrapped by the master key."""

from __future__ import annotations

from django.db import models
from django.utils import timezone


class PartKey(models.Model):
    """The wrapped key of one dossier part. Without it the part is unreadable.

    While a part is sealed anew under another key, `before` still opens what was not reached yet.
    """

    part_id = models.UUIDField(primary_key=True)
    wrapped = models.BinaryField(max_length=60)  # 12 bytes nonce, 32 bytes key, 16 bytes tag
    before = models.BinaryField(max_length=60, null=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    def __str__(self) -> str:
        return f"key of part {str(self.part_id)[:8]}"
