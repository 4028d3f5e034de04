"""Roster imports: what was read, what it would change, what was decided, and how far it is."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from students.models.organisation import Group, School, SchoolYear
from students.models.sealed import SealedJSON
from students.teacher_roles import roles_in_words


class RosterImport(models.Model):
    """One upload: its hash and counts stay; the file itself is never stored."""

    class Kind(models.TextChoices):
        EDEXML = "edexml", _("roster (EDEXML)")
        PARENTS = "parents", _("parents (CSV)")

    class State(models.TextChoices):
        BROKEN = "broken", _("could not be read")
        PLANNED = "planned", _("waits for you")
        APPROVED = "approved", _("approved")
        APPLIED = "applied", _("applied")
        CANCELLED = "cancelled", _("cancelled")
        EXPIRED = "expired", _("expired")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="roster_imports")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PLANNED)
    source = models.CharField(_("system"), max_length=64)
    school_year = models.CharField(_("school year"), max_length=9, blank=True)
    file_hash = models.CharField(max_length=64)
    file_size = models.PositiveBigIntegerField()
    fingerprint = models.CharField(max_length=64, blank=True)
    counts = models.JSONField(default=dict)
    dropped = models.JSONField(default=dict)
    unchanged = models.PositiveIntegerField(default=0)
    problems = models.JSONField(default=list)
    problem_count = models.PositiveIntegerField(default=0)
    read_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    read_at = models.DateTimeField(default=timezone.now, editable=False)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    approved_at = models.DateTimeField(null=True)
    applied_at = models.DateTimeField(null=True)
    cancelled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    cancelled_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-read_at"]
        indexes: ClassVar = [models.Index(fields=["school", "-read_at"])]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="an_import_is_approved_by_somebody_at_some_time",
                condition=Q(approved_by__isnull=True, approved_at__isnull=True)
                | Q(approved_by__isnull=False, approved_at__isnull=False),
            ),
            models.CheckConstraint(
                name="an_import_is_cancelled_by_somebody_at_some_time",
                condition=Q(cancelled_by__isnull=True, cancelled_at__isnull=True)
                | Q(cancelled_by__isnull=False, cancelled_at__isnull=False),
            ),
            models.CheckConstraint(
                name="only_an_approved_import_is_applied",
                condition=~Q(state="applied") | Q(approved_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"import {str(self.pk)[:8]}"

    @property
    def is_open(self) -> bool:
        """Whether it can still be decided on, approved or cancelled."""
        return self.state in (self.State.PLANNED, self.State.APPROVED)


class RosterLine(models.Model):
    """One line of a plan: kept fields only. Gone once the import is applied or cancelled."""

    id = models.BigAutoField(primary_key=True)
    roster_import = models.ForeignKey(RosterImport, on_delete=models.CASCADE, related_name="lines")
    place = models.PositiveIntegerField()
    change = models.CharField(max_length=10)
    subject = models.CharField(max_length=10)
    line = models.PositiveIntegerField()
    key = models.CharField(max_length=256, blank=True)
    target = models.CharField(max_length=40, blank=True)
    pupil = models.CharField(max_length=40, blank=True)  # of a link: our own key
    # Names and addresses of people who may never come: sealed while they wait.
    before = SealedJSON(default=dict)
    after = SealedJSON(default=dict)
    doubt = models.CharField(max_length=20, blank=True)
    candidates = models.JSONField(default=list)
    answer = models.CharField(max_length=10, blank=True)
    candidate = models.CharField(max_length=40, blank=True)
    left_on = models.DateField(null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["place"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["roster_import", "place"], name="one_line_per_place_in_a_plan"
            ),
            models.CheckConstraint(
                name="an_answer_is_given_by_somebody_at_some_time",
                condition=Q(answer="", decided_by__isnull=True, decided_at__isnull=True)
                | (~Q(answer="") & Q(decided_by__isnull=False, decided_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"line {self.place} of {self.roster_import_id}"


class RosterProgress(models.Model):
    """How far an import is; written in a transaction of its own, so that others see it."""

    roster_import = models.OneToOneField(
        RosterImport, primary_key=True, on_delete=models.CASCADE, related_name="progress"
    )
    step = models.CharField(max_length=20, blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    failed_because = models.CharField(max_length=40, blank=True)
    updated_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"progress of {self.roster_import_id}"


class CounsellorProposal(models.Model):
    """Who might counsel a group, as a file says it. It gives no right: a director confirms."""

    class State(models.TextChoices):
        PROPOSED = "proposed", _("waits for the director")
        CONFIRMED = "confirmed", _("confirmed")
        DECLINED = "declined", _("declined")
        LAPSED = "lapsed", _("no longer in the roster")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey(
        School, on_delete=models.PROTECT, related_name="counsellor_proposals"
    )
    school_year = models.ForeignKey(SchoolYear, on_delete=models.PROTECT, related_name="+")
    # Without a group: care across the whole school, such as an intern begeleider.
    group = models.ForeignKey(
        Group, null=True, on_delete=models.PROTECT, related_name="counsellor_proposals"
    )
    source = models.CharField(max_length=64)
    teacher_key = models.CharField(max_length=256)
    name = models.CharField(_("name"), max_length=300)
    roles = models.JSONField(default=list)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PROPOSED)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    proposed_at = models.DateTimeField(default=timezone.now, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["group__name", "name"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["school", "school_year", "source", "teacher_key", "group"],
                nulls_distinct=False,
                name="a_teacher_is_proposed_once_per_group",
            ),
            models.CheckConstraint(
                name="a_confirmed_proposal_names_a_colleague",
                condition=~Q(state="confirmed") | Q(user__isnull=False),
            ),
            models.CheckConstraint(
                name="a_proposal_is_decided_by_somebody_at_some_time",
                condition=Q(decided_by__isnull=True, decided_at__isnull=True)
                | Q(decided_by__isnull=False, decided_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"proposal {str(self.pk)[:8]}"

    @property
    def roles_in_words(self) -> str:
        """What the file calls this person, codes beside the words."""
        return roles_in_words(self.roles)
