"""What the keeper of the dossiers must be told at once."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dossiers.models.assignments import Assignment
from dossiers.models.dossiers import Dossier
from students.models import School


class KeeperNotice(models.Model):
    """Something for director, deputy or board to look at; somebody other than who caused it."""

    class Kind(models.TextChoices):
        EMERGENCY_CARD = "emergency-card", _("An emergency card was opened")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="+")
    assignment = models.ForeignKey(
        Assignment, null=True, on_delete=models.PROTECT, related_name="notices"
    )
    caused_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    seen_at = models.DateTimeField(null=True, blank=True)
    seen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering: ClassVar = ["-created_at"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="a_notice_is_seen_when_and_by_whom",
                condition=Q(seen_at__isnull=True, seen_by__isnull=True)
                | Q(seen_at__isnull=False, seen_by__isnull=False),
            ),
            models.CheckConstraint(
                name="nobody_ticks_off_what_they_did_themselves",
                condition=Q(seen_by__isnull=True) | ~Q(seen_by=F("caused_by")),
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["school", "-created_at"],
                name="notices_not_yet_seen",
                condition=Q(seen_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"notice {str(self.pk)[:8]}"
