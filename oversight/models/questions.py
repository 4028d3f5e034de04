"""A parent or pupil asks why somebody looked; the director answers within thirty days."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from students.models import Pupil, School


class LookQuestion(models.Model):
    """Asked about one line, once by each person; answered once. Both texts are sealed.

    Behind row-level security: whoever asks, the director and deputy of the school unless they
    looked, and the board's and privacy officer; nobody of staff about their own child.
    """

    class GoesTo(models.TextChoices):
        """Who answers."""

        DIRECTOR = "director", _("the director")
        BOARD = "board", _("the board officer")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    pupil = models.ForeignKey(Pupil, on_delete=models.PROTECT, related_name="+")
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+")
    # The line: its first look, all its looks, and who they were by; keys of the log.
    look = models.UUIDField()
    looks = ArrayField(models.UUIDField())
    lookers = ArrayField(models.UUIDField())
    looked_on = models.DateField(_("looked on"))
    role = models.CharField(max_length=60, blank=True)
    kind = models.CharField(max_length=10)
    sealed = models.BinaryField()
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    asked_on = models.DateField(_("asked on"))
    asked_at = models.DateTimeField(default=timezone.now, editable=False)
    goes_to = models.CharField(max_length=8, choices=GoesTo.choices)
    due_on = models.DateField(_("answer before or on"))
    answer_sealed = models.BinaryField(null=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    answered_on = models.DateField(null=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["school", "due_on"], condition=Q(answered_at=None), name="open_q"),
            models.Index(fields=["asked_by", "asked_on"]),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["asked_by", "look"], name="a_line_is_asked_about_once_by_each"
            ),
            models.CheckConstraint(
                name="a_question_is_due_after_it_was_asked",
                condition=Q(due_on__gt=F("asked_on")),
            ),
            models.CheckConstraint(
                name="a_question_is_answered_by_somebody_in_words",
                condition=Q(
                    answer_sealed__isnull=True,
                    answered_by__isnull=True,
                    answered_on__isnull=True,
                    answered_at__isnull=True,
                )
                | Q(
                    answer_sealed__isnull=False,
                    answered_by__isnull=False,
                    answered_on__isnull=False,
                    answered_at__isnull=False,
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"question about a look {str(self.pk)[:8]}"

    @property
    def log_key(self) -> uuid.UUID:
        """How the log points at the pupil."""
        return self.pupil.log_key

    @property
    def place(self) -> str:
        """What the sealed question is bound to."""
        return f"look-question:{self.pk}"

    @property
    def answer_place(self) -> str:
        """What the sealed answer is bound to."""
        return f"look-answer:{self.pk}"
