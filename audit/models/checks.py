"""Checks of the log: asked for on a page or by the night, carried out by the worker."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from audit.verdicts import Verdict


class LogCheck(models.Model):
    """One check and what came of it. Only the worker writes what it found."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # Nobody: the night's own check.
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField(default=timezone.now, editable=False)
    first_day = models.DateField(null=True)
    last_day = models.DateField(null=True)
    head = models.CharField(max_length=64, blank=True)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)
    is_good = models.BooleanField(null=True)
    found = models.JSONField(null=True)

    class Meta:
        ordering: ClassVar = ["-asked_at"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="a_finished_check_says_what_it_found",
                condition=models.Q(finished_at=None, is_good=None, found=None)
                | models.Q(finished_at__isnull=False, is_good__isnull=False, found__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"check of the log {str(self.pk)[:8]}"

    @property
    def verdict(self) -> Verdict | None:
        """What it found, once it is finished."""
        return Verdict.from_json(self.found) if self.found is not None else None
