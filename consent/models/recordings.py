"""The register of lesson recordings (P14), and how long a board keeps them at most.

Nothing but this register knows a recording: no publication and no disclosure points at one, and a
test asks the database's catalogue. No row-level security: it names a group, a teacher and a day,
and of a pupil only whether it was kept out of view, as a photo check does.
"""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from access.constraints import go_together
from students.models import Board, Group, Pupil, School

OWN_TEACHING = "own-teaching"


class Recording(models.Model):
    """A recorded lesson, for the teacher's own teaching; ends by a day and is then deleted."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+")
    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="+")
    recorded_on = models.DateField(_("day of the lesson"))
    purpose = models.CharField(max_length=20, default=OWN_TEACHING, editable=False)
    kept_where = models.CharField(_("where it is kept"), max_length=200)
    ends_on = models.DateField(_("deleted at the latest on"))
    teacher = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    entered_at = models.DateTimeField(default=timezone.now, editable=False)
    deleted_on = models.DateField(null=True)
    deleted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-recorded_on", "-entered_at"]
        constraints: ClassVar = [
            # Almere: recordings serve the teacher's own teaching and never leave the school
            models.CheckConstraint(
                name="a_recording_serves_own_teaching_only",
                condition=Q(purpose=OWN_TEACHING),
            ),
            models.CheckConstraint(
                name="a_recording_ends_after_the_lesson",
                condition=Q(ends_on__gte=F("recorded_on")),
            ),
            models.CheckConstraint(
                name="who_deletes_a_recording_and_when_go_together",
                condition=go_together("deleted_on", "deleted_by", "deleted_at"),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["school", "deleted_on", "ends_on"])]

    def __str__(self) -> str:
        return f"recording {str(self.pk)[:8]}"


class RecordedPupil(models.Model):
    """A pupil of the group on that day: in view, or kept out of it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    recording = models.ForeignKey(Recording, on_delete=models.PROTECT, related_name="pupils")
    pupil = models.ForeignKey(Pupil, on_delete=models.PROTECT, related_name="+")
    is_out_of_view = models.BooleanField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["recording", "pupil"], name="a_pupil_is_in_a_recording_once"
            )
        ]

    def __str__(self) -> str:
        return f"recorded pupil {str(self.pk)[:8]}"


class RecordingTerm(models.Model):
    """How many days a board keeps a lesson recording at most; the newest row counts."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    board = models.ForeignKey(Board, on_delete=models.PROTECT, related_name="recording_terms")
    days = models.PositiveSmallIntegerField(
        _("days"), validators=[MinValueValidator(1), MaxValueValidator(366)]
    )
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering: ClassVar = ["-set_at"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="a_recording_is_kept_a_year_at_most", condition=Q(days__range=(1, 366))
            )
        ]

    def __str__(self) -> str:
        return f"recording term {str(self.pk)[:8]}"
