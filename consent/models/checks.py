"""Checks before a picture is used: what was found for whom, kept as proof."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from consent.models.purposes import Purpose, PurposeText
from students.models import Pupil, School


class Check(models.Model):
    """Somebody asked for which pupils something may be done on a day. Never changed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+")
    purpose = models.ForeignKey(Purpose, on_delete=models.PROTECT, related_name="+")
    text = models.ForeignKey(PurposeText, on_delete=models.PROTECT, related_name="+")
    day = models.DateField(_("for which day"))
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    checked_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering: ClassVar = ["-checked_at"]

    def __str__(self) -> str:
        return f"check {str(self.pk)[:8]}"


class CheckedPupil(models.Model):
    """What a check found for one pupil: yes or no, and no reason."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    check_made = models.ForeignKey(Check, on_delete=models.PROTECT, related_name="pupils")
    pupil = models.ForeignKey(Pupil, on_delete=models.PROTECT, related_name="+")
    is_allowed = models.BooleanField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["check_made", "pupil"], name="a_pupil_is_checked_once_in_a_check"
            )
        ]

    def __str__(self) -> str:
        return f"checked pupil {str(self.pk)[:8]}"
