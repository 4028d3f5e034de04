"""The ledger as the database knows it, and the copies that were made."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models

_HASH = r"^[0-9a-f]{64}$"


class LedgerLine(models.Model):
    """One destruction, or one certificate: written with the intention, then into the file.

    Only added. `keys` are random numbers of what was destroyed, by kind; they say nothing of
    anybody once it is gone. Of a certificate they are its list, board, number and hashes.
    """

    number = models.PositiveIntegerField(primary_key=True)
    at = models.DateTimeField()
    item = models.UUIDField(unique=True)
    keys = models.JSONField()
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="a_line_has_a_number_and_two_hashes",
                condition=models.Q(number__gte=1, previous__regex=_HASH, hash__regex=_HASH),
            ),
            models.UniqueConstraint(fields=["previous"], name="each_line_follows_another_one"),
        ]

    def __str__(self) -> str:
        return f"line {self.number} of the ledger"


class Backup(models.Model):
    """A copy that was made: when, how much. The copies themselves say what they hold."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    begun_at = models.DateTimeField()
    finished_at = models.DateTimeField()
    blobs = models.PositiveIntegerField()
    let_go = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="a_backup_ends_after_it_began",
                condition=models.Q(finished_at__gte=models.F("begun_at")),
            )
        ]

    def __str__(self) -> str:
        return f"backup {str(self.pk)[:8]}"
