"""Scans of answers that came on paper: the bytes in a sealed blob, what it is in a sealed row."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from access.constraints import go_together
from consent.models.answers import Answer
from students.models import Pupil, School


class Scan(models.Model):
    """A paper on which answers about one pupil stand, sealed under a key of its own.

    Behind row-level security as the answers themselves; never for family. A wrong paper is
    withdrawn: nobody sees it any more, and that it was there stays.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    pupil = models.ForeignKey(Pupil, on_delete=models.PROTECT, related_name="+")
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+", db_index=False)
    blob = models.UUIDField(unique=True, editable=False)
    sealed = models.BinaryField()
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    added_at = models.DateTimeField(default=timezone.now, editable=False)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-added_at"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="a_scan_is_withdrawn_when_and_by_whom",
                condition=go_together("withdrawn_at", "withdrawn_by"),
            )
        ]

    def __str__(self) -> str:
        return f"scan {str(self.pk)[:8]}"

    @property
    def place(self) -> str:
        """What the sealed description is bound to."""
        return f"scan:{self.pk}"

    @property
    def content_place(self) -> str:
        """What the sealed blob is bound to."""
        return f"scan-content:{self.pk}"


class ScannedAnswer(models.Model):
    """An answer stands on this paper. Never one that was given online."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    scan = models.ForeignKey(Scan, on_delete=models.PROTECT, related_name="answers")
    answer = models.ForeignKey(Answer, on_delete=models.PROTECT, related_name="scans")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["scan", "answer"], name="an_answer_stands_on_a_paper_once"
            )
        ]

    def __str__(self) -> str:
        return f"scanned answer {str(self.pk)[:8]}"
