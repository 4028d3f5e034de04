"""An answer on paper or in a talk that the school recorded by mistake counts no more."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from consent.models.answers import Answer
from students.models import Pupil, School


class Correction(models.Model):
    """The director found that a no was never said so: the answer stays, and counts for nothing.

    Decided by somebody else than who recorded it, with a reason sealed under its own key. Never
    about an answer given online, nor about a yes (that ends with a no). Rows are only added.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    answer = models.OneToOneField(Answer, on_delete=models.PROTECT, related_name="correction")
    pupil = models.ForeignKey(Pupil, on_delete=models.PROTECT, related_name="+")
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+", db_index=False)
    sealed = models.BinaryField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    decided_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering: ClassVar = ["decided_at"]

    def __str__(self) -> str:
        return f"correction {str(self.pk)[:8]}"

    @property
    def place(self) -> str:
        """What the sealed reason is bound to."""
        return f"correction:{self.pk}"
