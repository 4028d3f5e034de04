"""What a dossier says: sealed in the vault, and behind row-level security by part."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from dossiers.models.dossiers import DossierPart
from dossiers.models.written import Withdrawable, Written


class Note(Written, Withdrawable):
    """A note in a part: who wrote it and when; what it says is in its versions."""

    part = models.ForeignKey(DossierPart, on_delete=models.PROTECT, related_name="notes")
    happened_on = models.DateField()

    class Meta(Withdrawable.Meta):
        ordering: ClassVar = ["-happened_on", "-created_at"]
        indexes: ClassVar = [models.Index(fields=["part", "-happened_on"])]

    def __str__(self) -> str:
        return f"note {str(self.pk)[:8]}"


class NoteVersion(Written):
    """One version of a note, sealed: title, facts, opinions. A correction adds a version."""

    note = models.ForeignKey(Note, on_delete=models.PROTECT, related_name="versions")
    part = models.ForeignKey(DossierPart, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()
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


class Agreement(Written):
    """Something agreed, with a date to look at it again; sealed. A new one replaces an old one."""

    part = models.ForeignKey(DossierPart, on_delete=models.PROTECT, related_name="agreements")
    made_on = models.DateField()
    review_on = models.DateField(null=True, blank=True)
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


class EmergencyCardVersion(Written):
    """The emergency card (allergies, medicine, whom to call), sealed; the newest version counts."""

    part = models.ForeignKey(DossierPart, on_delete=models.PROTECT, related_name="card_versions")
    number = models.PositiveSmallIntegerField()
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
