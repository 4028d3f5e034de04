"""What was published where, with which pupils, and what must be taken down.

No row-level security on these but on proofs of removal: they tell that somebody is in a picture and
when it must go, never who answered what or why. A parent who says no makes the task with that
answer, and may not read it.
"""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from consent.models.checks import Check
from consent.models.purposes import Purpose, PurposeText
from students.models import Pupil, School


class Publication(models.Model):
    """Pictures that somebody published on the consent a check found. Ends once all is down."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+")
    purpose = models.ForeignKey(Purpose, on_delete=models.PROTECT, related_name="+")
    text = models.ForeignKey(PurposeText, on_delete=models.PROTECT, related_name="+")
    check_made = models.ForeignKey(Check, on_delete=models.PROTECT, related_name="publications")
    place = models.CharField(_("where"), max_length=300)
    published_on = models.DateField(_("published on"))
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    published_at = models.DateTimeField(default=timezone.now, editable=False)
    ended_on = models.DateField(null=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-published_on", "-published_at"]
        constraints: ClassVar = [
            models.CheckConstraint(name="a_publication_is_somewhere", condition=~Q(place="")),
            models.CheckConstraint(
                name="who_ends_a_publication_and_when_go_together",
                condition=Q(ended_on__isnull=True, ended_by__isnull=True, ended_at__isnull=True)
                | Q(
                    ended_on__gte=F("published_on"), ended_by__isnull=False, ended_at__isnull=False
                ),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["school", "ended_on"])]

    def __str__(self) -> str:
        return f"publication {str(self.pk)[:8]}"


class Removal(models.Model):
    """How and when something of a publication went, with its proof, sealed under its own key.

    Behind row-level security: staff of the school only. Rows are only added.
    """

    class How(models.TextChoices):
        """What was done."""

        WHOLE = "whole", _("all of it was taken down")
        PART = "part", _("this pupil was cut out or made unrecognisable")
        PAPER = "paper", _("it is on paper: no more copies are made or handed out")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    publication = models.ForeignKey(Publication, on_delete=models.PROTECT, related_name="removals")
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+")
    how = models.CharField(_("what was done"), max_length=10, choices=How.choices)
    done_on = models.DateField(_("on which day"))
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    done_at = models.DateTimeField(default=timezone.now, editable=False)
    sealed = models.BinaryField()  # the sentence, and what the file is
    blob = models.UUIDField(null=True, unique=True, editable=False)

    class Meta:
        ordering: ClassVar = ["done_at"]

    def __str__(self) -> str:
        return f"removal {str(self.pk)[:8]}"

    @property
    def place(self) -> str:
        """What the sealed words are bound to."""
        return f"removal:{self.pk}"

    @property
    def file_place(self) -> str:
        """What the sealed file is bound to."""
        return f"removal-file:{self.pk}"


class PublishedPupil(models.Model):
    """A pupil who is in a publication, until removed from it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    publication = models.ForeignKey(Publication, on_delete=models.PROTECT, related_name="pupils")
    pupil = models.ForeignKey(Pupil, on_delete=models.PROTECT, related_name="publications")
    removal = models.ForeignKey(Removal, null=True, on_delete=models.PROTECT, related_name="pupils")
    gone_on = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["publication", "pupil"], name="a_pupil_is_in_a_publication_once"
            ),
            models.CheckConstraint(
                name="a_pupil_is_gone_from_a_publication_by_a_removal",
                condition=Q(removal__isnull=True, gone_on__isnull=True)
                | Q(removal__isnull=False, gone_on__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"published pupil {str(self.pk)[:8]}"


class TakeDown(models.Model):
    """A new no came for a pupil in a publication: it must be taken down. Says no reason."""

    class Outcome(models.TextChoices):
        """How the task ended."""

        GONE = "gone", _("taken down")
        ALLOWED = "allowed", _("everybody agreed again")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    published = models.ForeignKey(
        PublishedPupil, on_delete=models.PROTECT, related_name="take_downs"
    )
    asked_on = models.DateField()
    due_on = models.DateField()
    asked_at = models.DateTimeField(default=timezone.now, editable=False)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["due_on", "asked_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["published"],
                condition=Q(closed_at__isnull=True),
                name="a_pupil_has_one_open_task_in_a_publication",
            ),
            models.CheckConstraint(
                name="a_task_is_closed_by_somebody_with_an_outcome",
                condition=Q(closed_at__isnull=True, closed_by__isnull=True, outcome="")
                | (Q(closed_at__isnull=False, closed_by__isnull=False) & ~Q(outcome="")),
            ),
        ]

    def __str__(self) -> str:
        return f"take-down {str(self.pk)[:8]}"
