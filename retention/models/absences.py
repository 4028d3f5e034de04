"""Pupils who are not in the roster any more, and for whom nobody recorded a leaving date."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from students.models import Enrolment


class Absence(models.Model):
    """Since when an enrolment is missing from a system's roster; ends when it is there again."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="absences")
    system = models.CharField(max_length=64)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["enrolment", "system"],
                condition=Q(ends_on__isnull=True),
                name="a_pupil_is_absent_from_a_roster_once_at_a_time",
            ),
            models.CheckConstraint(
                name="an_absence_ends_after_it_starts",
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
            ),
        ]

    def __str__(self) -> str:
        return f"absence {str(self.pk)[:8]}"
