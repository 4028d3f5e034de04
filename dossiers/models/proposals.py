"""Assignments that follow from moving groups, but only once a keeper says so."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dossiers.models.assignments import Assignment
from dossiers.models.dossiers import Dossier
from students.models import Group


class AssignmentProposal(models.Model):
    """A pupil joined a group: its counsellor is proposed. It opens nothing by itself.

    The director confirms, which makes the assignment, or declines; it lapses when the pupil
    leaves the group before anybody decided.
    """

    class Outcome(models.TextChoices):
        OPEN = "open", _("waits for you")
        CONFIRMED = "confirmed", _("confirmed")
        DECLINED = "declined", _("declined")
        LAPSED = "lapsed", _("no longer needed")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="proposals")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="+")
    starts_on = models.DateField(_("from"))
    proposed_at = models.DateTimeField(default=timezone.now, editable=False)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.OPEN)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    assignment = models.OneToOneField(
        Assignment, null=True, on_delete=models.PROTECT, related_name="proposal"
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["dossier", "user", "group"],
                condition=Q(outcome="open"),
                name="a_counsellor_is_proposed_once_at_a_time",
            ),
            models.CheckConstraint(
                name="a_proposal_is_confirmed_with_its_assignment",
                condition=Q(outcome="confirmed", assignment__isnull=False)
                | (~Q(outcome="confirmed") & Q(assignment__isnull=True)),
            ),
            models.CheckConstraint(
                name="who_decides_a_proposal_and_when_go_together",
                condition=Q(decided_by__isnull=True, decided_at__isnull=True)
                | Q(decided_by__isnull=False, decided_at__isnull=False),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["group", "outcome"])]

    def __str__(self) -> str:
        return f"assignment proposal {str(self.pk)[:8]}"
