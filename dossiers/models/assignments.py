"""Assignments and the object permissions they give; the medical custodian."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from guardian.models import UserObjectPermissionBase

from audit.grounds import Ground
from dossiers.models.dossiers import Dossier, DossierPart
from students.models import Group, School


class Assignment(models.Model):
    """Somebody may open (parts of) one dossier from a day up to and including a day (P2).

    Given by director, deputy or board officer, never by oneself; only the one-day assignment to
    the emergency card is taken by oneself, with a reason, and reported to the director.
    """

    class Kind(models.TextChoices):
        COUNSELLOR = "counsellor", _("counsellor")
        SUBSTITUTE = "substitute", _("substitute")
        SHORT = "short", _("a few days, after the pupil left")
        MEDICAL = "medical", _("medical")
        EMERGENCY = "emergency", _("emergency card")

    reason: str  # in words, once queries.with_reasons opened it

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="assignments")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="assignments"
    )
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("up to and including"), null=True, blank=True)
    # Free text about a pupil: sealed, and opened by queries.with_reasons for who may read it.
    sealed_reason = models.BinaryField(null=True)
    group = models.ForeignKey(
        Group, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    assigned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    assigned_at = models.DateTimeField(default=timezone.now, editable=False)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    # Another end date is a new assignment: what held before stays as it was.
    replaces = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaced_by"
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["dossier", "user", "kind", "group", "starts_on"],
                condition=~Q(kind="emergency")
                & Q(withdrawn_at__isnull=True)
                & (Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on"))),
                nulls_distinct=False,
                name="one_assignment_of_a_kind_begins_on_a_day",
            ),
            models.CheckConstraint(
                name="nobody_ends_their_own_assignment",
                condition=Q(withdrawn_by__isnull=True) | ~Q(withdrawn_by=F("user")),
            ),
            models.CheckConstraint(
                name="nobody_assigns_themselves_but_to_an_emergency_card",
                condition=Q(kind="emergency") | ~Q(assigned_by=F("user")),
            ),
            models.CheckConstraint(
                name="an_emergency_lasts_one_day_and_names_a_reason",
                condition=~Q(kind="emergency")
                # Said apart: a check that comes to "unknown" would let a missing end pass.
                | Q(ends_on__isnull=False)
                & (Q(ends_on=F("starts_on")) | Q(ends_on=F("starts_on") - 1))
                & Q(sealed_reason__isnull=False),
            ),
            models.CheckConstraint(
                name="a_substitute_or_short_assignment_ends_by_itself",
                condition=~Q(kind__in=["substitute", "short"]) | Q(ends_on__isnull=False),
            ),
            models.CheckConstraint(
                name="a_short_assignment_lasts_seven_days_and_names_a_reason",
                condition=~Q(kind="short")
                | Q(ends_on__lte=F("starts_on") + 6) & Q(sealed_reason__isnull=False),
            ),
            models.CheckConstraint(
                name="an_assignment_ends_after_it_starts",
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on") - 1),
            ),
            models.CheckConstraint(
                name="withdrawn_when_and_by_whom_go_together",
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["user", "starts_on"])]

    def __str__(self) -> str:
        return f"assignment {str(self.pk)[:8]}"

    @property
    def place(self) -> str:
        """What the sealed reason is bound to."""
        return f"assignment-reason:{self.pk}"

    @property
    def ground(self) -> Ground:
        """The ground this assignment gives, for the log and the record line."""
        return {
            self.Kind.COUNSELLOR: Ground.ASSIGNMENT,
            self.Kind.SUBSTITUTE: Ground.SUBSTITUTE,
            self.Kind.SHORT: Ground.SHORT,
            self.Kind.MEDICAL: Ground.MEDICAL,
            self.Kind.EMERGENCY: Ground.EMERGENCY,
        }[self.Kind(self.kind)]


class DossierPartPermission(UserObjectPermissionBase):
    """A guardian permission on a dossier part, dated, with the assignment that is its reason.

    Row-level security reads this table. A trigger refuses a row that does not follow from its
    assignment (same person, same dossier, within its dates, and the medical part only for medical).
    """

    id = models.BigAutoField(primary_key=True)
    content_object = models.ForeignKey(
        DossierPart, on_delete=models.CASCADE, related_name="permissions"
    )
    assignment = models.ForeignKey(Assignment, on_delete=models.CASCADE, related_name="permissions")
    # Filled by the same trigger: a permission counts only while its user works at this school.
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+", editable=False)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    class Meta:
        unique_together: ClassVar = [("user", "permission", "content_object", "assignment")]
        indexes: ClassVar = [models.Index(fields=["user", "permission", "starts_on"])]

    def __str__(self) -> str:
        return f"part permission {self.pk}"


class MedicalCustodian(models.Model):
    """Who keeps the medical part at a school besides its school doctor: a stand-in (P6)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="medical_custodians")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("up to and including"), null=True, blank=True)
    named_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    named_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="nobody_names_themselves_medical_custodian",
                condition=~Q(named_by=F("user")),
            ),
            models.CheckConstraint(
                name="a_stand_in_ends_after_it_starts",
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on") - 1),
            ),
        ]

    def __str__(self) -> str:
        return f"medical custodian {str(self.pk)[:8]}"
