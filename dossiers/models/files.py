"""Files of a dossier: what they are called and what they are, sealed; their bytes in blobs."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from dossiers.models.content import Note
from dossiers.models.dossiers import DossierPart


class File(models.Model):
    """A file in a part, with or without a note: who added it and when. Its versions say what it is.

    Moved to another part it is a new row, sealed anew; the old one is withdrawn.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    part = models.ForeignKey(DossierPart, on_delete=models.PROTECT, related_name="files")
    note = models.ForeignKey(
        Note, null=True, blank=True, on_delete=models.PROTECT, related_name="files"
    )
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    moved_from = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="moved_to"
    )

    class Meta:
        ordering: ClassVar = ["-created_at"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="a_file_is_withdrawn_when_and_by_whom",
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
            )
        ]
        indexes: ClassVar = [models.Index(fields=["part", "-created_at"])]

    def __str__(self) -> str:
        return f"file {str(self.pk)[:8]}"


class FileVersion(models.Model):
    """One version of a file: its blob, the blob of its thumbnail, and sealed what it is."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    file = models.ForeignKey(File, on_delete=models.PROTECT, related_name="versions")
    part = models.ForeignKey(DossierPart, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    blob = models.UUIDField(unique=True, editable=False)
    thumbnail = models.UUIDField(unique=True, null=True, blank=True, editable=False)
    sealed = models.BinaryField()

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["file", "number"], name="one_file_of_a_number")
        ]

    def __str__(self) -> str:
        return f"file version {str(self.pk)[:8]}"

    @property
    def place(self) -> str:
        """What the sealed description is bound to."""
        return f"file-version:{self.pk}"

    @property
    def content_place(self) -> str:
        """What the sealed blob is bound to."""
        return f"file-content:{self.pk}"

    @property
    def thumbnail_place(self) -> str:
        """What the sealed thumbnail is bound to."""
        return f"file-thumbnail:{self.pk}"
