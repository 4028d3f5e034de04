"""A parent asks to film at school for private use (P15), and the director decides."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from students.models import Parent, School


class FilmingRequest(models.Model):
    """Asked by a parent for an occasion and a day; decided once.

    Behind row-level security: the parent who asks, and the school's administration.
    """

    class Decision(models.TextChoices):
        """What the director said."""

        YES = "yes", _("yes")
        CONDITIONS = "conditions", _("yes, on conditions")
        NO = "no", _("no")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+")
    parent = models.ForeignKey(Parent, on_delete=models.PROTECT, related_name="+")
    occasion = models.CharField(_("occasion"), max_length=120)
    day = models.DateField(_("day"))
    why = models.CharField(_("why"), max_length=500)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField(default=timezone.now, editable=False)
    decision = models.CharField(max_length=10, choices=Decision.choices, blank=True)
    said = models.CharField(_("conditions or reason"), max_length=500, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["day", "asked_at"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="filming_is_decided_by_somebody_at_some_time",
                condition=Q(decision="", decided_by__isnull=True, decided_at__isnull=True)
                | (~Q(decision="") & Q(decided_by__isnull=False, decided_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="conditions_of_filming_and_a_no_are_in_words",
                condition=Q(decision__in=["", "yes"]) | ~Q(said=""),
            ),
            models.UniqueConstraint(
                fields=["parent", "school", "occasion", "day"],
                name="a_parent_asks_once_to_film_an_occasion",
            ),
        ]

    def __str__(self) -> str:
        return f"filming request {str(self.pk)[:8]}"
