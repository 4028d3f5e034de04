"""What stands beside answers: court orders, objections, safety blocks, the director's decisions.

The words of each are sealed under a key of its own (its row's key), and the rows stand behind
row-level security: the administration of the school, never a parent of the pupil.
"""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from access.constraints import go_together
from consent.models.purposes import Purpose
from students.models import Parent, Pupil, Representative, School


class Matter(models.Model):
    """Something recorded about a pupil, for one purpose or (none) for all."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    pupil = models.ForeignKey(Pupil, on_delete=models.PROTECT, related_name="+")
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+")
    purpose = models.ForeignKey(Purpose, null=True, on_delete=models.PROTECT, related_name="+")
    starts_on = models.DateField(_("from"))
    sealed = models.BinaryField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    recorded_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {str(self.pk)[:8]}"

    @property
    def log_key(self) -> uuid.UUID:
        """How the log points at the pupil."""
        return self.pupil.log_key

    @property
    def place(self) -> str:
        """What the sealed words are bound to."""
        return f"{self._meta.model_name}:{self.pk}"


class Liftable(Matter):
    """A matter that stands until somebody lifts it with a reason, sealed beside it."""

    lifted_on = models.DateField(null=True)
    lifted_sealed = models.BinaryField(null=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True
        constraints: ClassVar = [
            models.CheckConstraint(
                name="%(class)s_is_lifted_by_somebody_with_a_reason",
                condition=go_together("lifted_on", "lifted_sealed", "lifted_by", "lifted_at"),
            )
        ]

    @property
    def lifting_place(self) -> str:
        """What the sealed reason of lifting is bound to."""
        return f"{self._meta.model_name}-lifted:{self.pk}"


class Objection(Liftable):
    """Somebody objected, to any member of staff: no until the director lifts it."""

    class From(models.TextChoices):
        PUPIL = "pupil", _("the pupil")
        PARENT = "parent", _("a parent or carer")
        OTHER = "other", _("somebody else")

    comes_from = models.CharField(_("who objects"), max_length=10, choices=From.choices)

    class Meta(Liftable.Meta):
        abstract = False


class SafetyBlock(Liftable):
    """A secret address or a threat: no to every publication, at every school of the board."""

    class Meta(Liftable.Meta):
        abstract = False
        constraints: ClassVar = [
            *Liftable.Meta.constraints,
            models.CheckConstraint(
                name="a_safety_block_stands_for_every_purpose", condition=Q(purpose__isnull=True)
            ),
        ]


class Ending(Matter):
    """A matter that lasts up to and including a day, and can be ended sooner."""

    ends_on = models.DateField(_("up to and including"), null=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    ended_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True
        constraints: ClassVar = [
            models.CheckConstraint(
                name="who_ends_%(class)s_and_when_go_together",
                condition=Q(ended_by__isnull=True, ended_at__isnull=True)
                | Q(ended_by__isnull=False, ended_at__isnull=False, ends_on__isnull=False),
            ),
            models.CheckConstraint(
                name="%(class)s_ends_after_it_starts",
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on") - 1),
            ),
        ]


class CourtOrder(Ending):
    """A court decided a question itself (vervangende toestemming, or a ban)."""

    is_yes = models.BooleanField(_("the court gave consent"))
    decided_on = models.DateField(_("decided on"))

    class Meta(Ending.Meta):
        abstract = False
        constraints: ClassVar = [
            *Ending.Meta.constraints,
            models.CheckConstraint(
                name="a_court_gives_consent_for_one_purpose_at_a_time",
                condition=Q(is_yes=False) | Q(purpose__isnull=False),
            ),
            models.CheckConstraint(
                name="an_order_counts_once_the_court_decided",
                condition=Q(starts_on__gte=F("decided_on")),
            ),
        ]


class UnableDecision(Ending):
    """The director recorded, on written expert advice, that a pupil can't decide this question.

    For at most a year: then the advice is reviewed and the decision taken anew.
    """

    class Meta(Ending.Meta):
        abstract = False
        constraints: ClassVar = [
            *Ending.Meta.constraints,
            models.CheckConstraint(
                name="a_decision_that_a_pupil_is_unable_is_reviewed_yearly",
                condition=Q(ends_on__isnull=False) & Q(ends_on__lte=F("starts_on") + 366),
            ),
        ]


class UnreachableDecision(Ending):
    """The director recorded that a parent can't be reached, with the efforts made."""

    parent = models.ForeignKey(Parent, on_delete=models.PROTECT, related_name="+")

    class Meta(Ending.Meta):
        abstract = False


class OrderCoverage(models.Model):
    """A curator's or mentor's order covers a purpose: read in the court's decision by somebody."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    representative = models.ForeignKey(
        Representative, on_delete=models.PROTECT, related_name="coverage"
    )
    purpose = models.ForeignKey(Purpose, on_delete=models.PROTECT, related_name="+")
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    recorded_at = models.DateTimeField(default=timezone.now, editable=False)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["representative", "purpose"],
                condition=Q(withdrawn_at__isnull=True),
                name="an_order_covers_a_purpose_once",
            ),
            models.CheckConstraint(
                name="who_withdraws_coverage_and_when_go_together",
                condition=go_together("withdrawn_by", "withdrawn_at"),
            ),
        ]

    def __str__(self) -> str:
        return f"coverage {str(self.pk)[:8]}"
