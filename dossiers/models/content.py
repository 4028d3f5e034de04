"""What a dossier says: sealed in the vault, and behind row-level security by part."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from dossiers.models.dossiers import DossierPart


class Note(models.Model):
    """A note in a part: who wrote it and when; what it says is in its versions."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    part = models.ForeignKey(DossierPart, on_delete=models.PROTECT, related_name="notes")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    happened_on = models.DateField()
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering: ClassVar = ["-happened_on", "-created_at"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="a_note_is_withdrawn_when_and_by_whom",
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
            )
        ]
        indexes: ClassVar = [models.Index(fields=["part", "-happened_on"])]

    def __str__(self) -> str:
        return f"note {str(self.pk)[:8]}"


class NoteVersion(models.Model):
    """One version of a note, sealed: title, facts, opinions. A correction adds a version."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    note = models.ForeignKey(Note, on_delete=models.PROTECT, related_name="versions")
    part = models.ForeignKey(DossierPart, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    sealed = models.BinaryField()

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["note", "number"], name="one_version_of_a_number")
        ]

    def __str__(self) -> str:
        return f"note version {str(self.pk)[:8]}"

    @property
    def place(self) -> str:
        """What the sealed value is bound to."""
        return f"note-version:{self.pk}"


class Agreement(models.Model):
    """Something agreed, with a date to look at it again; sealed. A new one replaces an old one."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    part = models.ForeignKey(DossierPart, on_delete=models.PROTECT, related_name="agreements")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_on = models.DateField()
    review_on = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    sealed = models.BinaryField()
    replaces = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaced_by"
    )
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering: ClassVar = ["review_on", "made_on"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="an_agreement_is_closed_when_and_by_whom",
                condition=Q(closed_at__isnull=True, closed_by__isnull=True)
                | Q(closed_at__isnull=False, closed_by__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"agreement {str(self.pk)[:8]}"

    @property
    def place(self) -> str:
        """What the sealed value is bound to."""
        return f"agreement:{self.pk}"


class EmergencyCardVersion(models.Model):
    """The emergency card (allergies, medicine, whom to call), sealed; the newest version counts."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    part = models.ForeignKey(DossierPart, on_delete=models.PROTECT, related_name="card_versions")
    number = models.PositiveSmallIntegerField()
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    sealed = models.BinaryField()

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["part", "number"], name="one_card_of_a_number")
        ]

    def __str__(self) -> str:
        return f"emergency card {str(self.pk)[:8]}"

    @property
    def place(self) -> str:
        """What the sealed value is bound to."""
        return f"emergency-card:{self.pk}"
