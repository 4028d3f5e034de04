"""Holds: what is held is destroyed by nobody, by no route. Their words stand apart, sealed."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dossiers.models import Dossier


class HoldWords(models.Model):
    """Why a hold was placed, kept or lifted: sealed, and behind row-level security.

    The hold itself tells no more than that it stands, and until when.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="+")
    sealed = models.BinaryField()
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    written_at = models.DateTimeField(default=timezone.now, editable=False)

    def __str__(self) -> str:
        return f"words of a hold {str(self.pk)[:8]}"

    @property
    def place(self) -> str:
        """What the sealed words are bound to."""
        return f"hold-words:{self.pk}"


class Hold(models.Model):
    """A dossier that must not be destroyed: from a day until a day, or until it is lifted.

    Placed by a person with a reason, or by itself (`room`) while something is open there.
    """

    class Because(models.TextChoices):
        """What the hold is for."""

        COMPLAINT = "complaint", _("a complaint")
        INSPECTION = "inspection", _("an inspection")
        REQUEST = "request", _("a request under the AVG")
        PROCEDURE = "procedure", _("a procedure at court or an investigation")
        OTHER = "other", _("another reason")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="holds")
    because = models.CharField(_("what for"), max_length=12, choices=Because.choices)
    starts_on = models.DateField(_("since"))
    ends_on = models.DateField(_("up to and including"), null=True, blank=True)
    room = models.CharField(max_length=20, blank=True)
    placed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    placed_as = models.CharField(max_length=30, blank=True)
    placed_at = models.DateTimeField(default=timezone.now, editable=False)
    words = models.OneToOneField(
        HoldWords, null=True, on_delete=models.PROTECT, related_name="placed"
    )
    review_on = models.DateField(_("looked at again on"))
    lifted_on = models.DateField(null=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    lifted_at = models.DateTimeField(null=True)
    lifting = models.OneToOneField(
        HoldWords, null=True, on_delete=models.PROTECT, related_name="lifted"
    )

    class Meta:
        ordering: ClassVar = ["review_on", "placed_at"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="a_hold_is_placed_by_somebody_with_words_or_by_a_room",
                condition=Q(room="", placed_by__isnull=False, words__isnull=False, placed_as__gt="")
                | (
                    ~Q(room="")
                    & Q(placed_by__isnull=True, words__isnull=True, lifted_by__isnull=True)
                    & Q(placed_as="", lifting__isnull=True)
                ),
            ),
            models.CheckConstraint(
                name="a_hold_is_lifted_by_somebody_with_words",
                condition=Q(
                    lifted_on__isnull=True,
                    lifted_at__isnull=True,
                    lifted_by__isnull=True,
                    lifting__isnull=True,
                )
                | Q(
                    lifted_on__isnull=False,
                    lifted_at__isnull=False,
                    lifted_by__isnull=False,
                    lifting__isnull=False,
                )
                | (~Q(room="") & Q(lifted_on__isnull=False, lifted_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="a_hold_ends_after_it_starts",
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
            ),
            models.CheckConstraint(
                name="a_hold_is_reviewed_within_a_year",
                condition=~Q(room="") | Q(review_on__gt=F("starts_on")),
            ),
            models.UniqueConstraint(
                fields=["dossier", "room", "because"],
                condition=Q(lifted_at__isnull=True) & ~Q(room=""),
                name="a_room_holds_a_dossier_once_for_one_thing",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["dossier"], condition=Q(lifted_at__isnull=True), name="holds_not_lifted"
            )
        ]

    def __str__(self) -> str:
        return f"hold {str(self.pk)[:8]}"

    @property
    def log_key(self) -> uuid.UUID:
        """How the log points at the pupil."""
        return self.dossier.log_key


class HoldReview(models.Model):
    """Somebody looked at a hold again and kept it, with a reason. Only added."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    hold = models.ForeignKey(Hold, on_delete=models.PROTECT, related_name="reviews")
    reviewed_on = models.DateField()
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    reviewed_at = models.DateTimeField(default=timezone.now, editable=False)
    words = models.OneToOneField(HoldWords, on_delete=models.PROTECT, related_name="kept")

    class Meta:
        ordering: ClassVar = ["reviewed_at"]

    def __str__(self) -> str:
        return f"review of a hold {str(self.pk)[:8]}"
