"""Answers: each a dated row of its own, never changed and never removed by an update."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from consent.models.asking import Request
from consent.models.purposes import Purpose, PurposeText
from consent.models.receipts import Receipt
from students.models import Parent, Pupil, Representative, School

if TYPE_CHECKING:
    from consent.models.corrections import Correction


class Answer(models.Model):
    """What somebody answered to one request, when, and how it came in.

    Whose it is and for which days is copied from the request (a trigger compares it), so that
    row-level security and the engine of effective answers need this one table. Rows are only
    added: the database refuses to change or delete one.
    """

    class Said(models.TextChoices):
        GIVEN = "given", _("yes")
        REFUSED = "refused", _("no")
        WITHDRAWN = "withdrawn", _("withdrawn")

    class Route(models.TextChoices):
        """How it came in."""

        ONLINE = "online", _("online")
        PAPER = "paper", _("on paper")
        IN_PERSON = "in-person", _("in person")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="answers")
    pupil = models.ForeignKey(Pupil, on_delete=models.PROTECT, related_name="+", db_index=False)
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+", db_index=False)
    purpose = models.ForeignKey(Purpose, on_delete=models.PROTECT, related_name="+", db_index=False)
    text = models.ForeignKey(
        PurposeText, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    answers_as = models.CharField(max_length=14, choices=Request.As.choices)
    parent = models.ForeignKey(Parent, null=True, on_delete=models.PROTECT, related_name="+")
    representative = models.ForeignKey(
        Representative, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    counts_from = models.DateField()
    counts_until = models.DateField(null=True)
    said = models.CharField(max_length=10, choices=Said.choices)
    answered_at = models.DateTimeField()
    route = models.CharField(max_length=10, choices=Route.choices)
    language = models.CharField(max_length=2, choices=[("nl", _("Dutch")), ("en", _("English"))])
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    recorded_at = models.DateTimeField(default=timezone.now, editable=False)
    # What was signed online stands on a receipt; what came in otherwise has its paper.
    receipt = models.ForeignKey(
        Receipt, null=True, on_delete=models.PROTECT, related_name="answers"
    )

    class Meta:
        ordering: ClassVar = ["answered_at"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="an_answer_is_recorded_once_it_was_given",
                condition=Q(recorded_at__gte=F("answered_at")),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["pupil", "school", "purpose"])]

    def __str__(self) -> str:
        return f"answer {str(self.pk)[:8]}"

    @property
    def mistake(self) -> Correction | None:
        """Why it counts no more: the school recorded it by mistake. None of nearly every answer."""
        return getattr(self, "correction", None)
