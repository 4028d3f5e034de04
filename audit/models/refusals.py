"""Refusals of strangers, counted until a job tells their number in the log."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models


class RefusalCount(models.Model):
    """How often visitors from one address were refused in one minute (audit/refusals.py)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    address = models.CharField(max_length=45, blank=True)
    minute = models.DateTimeField()
    number = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["address", "minute"], name="an_address_is_counted_once_a_minute"
            )
        ]

    def __str__(self) -> str:
        return f"refusals counted {str(self.pk)[:8]}"
