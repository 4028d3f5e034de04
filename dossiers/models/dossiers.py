"""The dossier's header and its parts: keys and dates, no content."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from students.models import Pupil, School


class PartKind(models.TextChoices):
    """The parts of a dossier; each has readers and a key of its own."""

    GUIDANCE = "guidance", _("Guidance")
    REPORTS = "reports", _("Reports and examinations")
    CARE = "care", _("Care and support")
    AGREEMENTS = "agreements", _("Agreements")
    MEDICAL = "medical", _("Medical")
    EMERGENCY = "emergency", _("Emergency card")


class Dossier(models.Model):
    """The header of a pupil's dossier at one school, made at enrolment (P1)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    pupil = models.ForeignKey(Pupil, on_delete=models.PROTECT, related_name="dossiers")
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="dossiers")
    opened_on = models.DateField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["pupil", "school"], name="one_dossier_per_pupil_and_school"
            )
        ]

    def __str__(self) -> str:
        return f"dossier {str(self.pk)[:8]}"

    @property
    def log_key(self) -> uuid.UUID:
        """Whose dossier it is, for the log."""
        return self.pupil.log_key


class DossierPart(models.Model):
    """One part of a dossier. The vault keeps one key per part."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="parts")
    kind = models.CharField(max_length=12, choices=PartKind.choices)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["dossier", "kind"], name="one_part_of_a_kind_per_dossier"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} part {str(self.pk)[:8]}"


class OtherSystemRecord(models.Model):
    """What the school keeps about this pupil elsewhere: system, kind, custodian, term; sealed.

    All four are free text: "psychologist's reports, kept by her" tells about a child.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="other_records")
    sealed = models.BinaryField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    recorded_at = models.DateTimeField(default=timezone.now, editable=False)
    ended_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"record elsewhere {str(self.pk)[:8]}"

    @property
    def place(self) -> str:
        """What the sealed value is bound to."""
        return f"record-elsewhere:{self.pk}"
