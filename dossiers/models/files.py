"""Files of a dossier: what they are called and what they are, sealed; their bytes in blobs."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from dossiers.models.content import Note
from dossiers.models.dossiers import DossierPart
from dossiers.models.written import Withdrawable, Written


class File(Written, Withdrawable):
    """A file in a part, with or without a note: who added it and when. Its versions say what it is.

    Moved to another part it is a new row, sealed anew; the old one is withdrawn.
    """

    part = models.ForeignKey(DossierPart, on_delete=models.PROTECT, related_name="files")
    note = models.ForeignKey(
        Note, null=True, blank=True, on_delete=models.PROTECT, related_name="files"
    )
    moved_from = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="moved_to"
    )

    class Meta(Withdrawable.Meta):
        ordering: ClassVar = ["-created_at"]
        indexes: ClassVar = [models.Index(fields=["part", "-created_at"])]

    def __str__(self) -> str:
        return f"file {str(self.pk)[:8]}"


class FileVersion(Written):
    """One version of a file: its blob, the blob of its thumbnail, and sealed what it is."""

    file = models.ForeignKey(File, on_delete=models.PROTECT, related_name="versions")
    part = models.ForeignKey(DossierPart, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()
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
