"""Findings over the log: what stood out on a day, what a judge said of it, and what it rests on.

Everything here is added and never changed: a finding keeps what its rule measured, a judgement
stays as it was given, another opinion is another row. What people typed is sealed under a key of
its own row. Pupils stand here as the log names them, by a random key that dies with the pupil.
"""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from access.models import Unit
from students.models import Board, School


class Severity(models.TextChoices):
    """How much a finding asks for attention."""

    LOW = "low", _("to know")
    MIDDLE = "middle", _("to ask about")
    HIGH = "high", _("to act on")


class FindingDay(models.Model):
    """A day of the log of one school or board that was looked at: done once, whole."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    has_assent = models.BooleanField()  # whether findings about people were made
    rows_read = models.PositiveIntegerField()
    looked_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["unit", "day"], name="a_day_is_looked_at_once")
        ]

    def __str__(self) -> str:
        return f"day looked at {str(self.pk)[:8]}"


class FindingSetting(models.Model):
    """What a board set for one rule; the newest counts, and only for the days after."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    board = models.ForeignKey(Board, on_delete=models.PROTECT, related_name="+")
    rule = models.CharField(max_length=40)
    is_on = models.BooleanField()
    severity = models.CharField(max_length=10, choices=Severity.choices)
    limits = models.JSONField()  # the name of each limit, and its number
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["board", "rule", "-set_at"])]

    def __str__(self) -> str:
        return f"setting of a rule {str(self.pk)[:8]}"


class Assent(models.Model):
    """The staff section of a school's MR agreed that findings about people are made.

    Who said so and what the minutes say is sealed. Withdrawn, it stays as proof of its time.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+")
    decided_on = models.DateField(_("day of the meeting"))
    sealed = models.BinaryField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    recorded_at = models.DateTimeField(default=timezone.now, editable=False)
    withdrawn_on = models.DateField(null=True)
    withdrawn_sealed = models.BinaryField(null=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["school"],
                condition=Q(withdrawn_at__isnull=True),
                name="one_assent_stands_at_a_school",
            ),
            models.CheckConstraint(
                name="an_assent_is_withdrawn_by_somebody_with_a_reason",
                condition=Q(
                    withdrawn_on__isnull=True,
                    withdrawn_sealed__isnull=True,
                    withdrawn_by__isnull=True,
                    withdrawn_at__isnull=True,
                )
                | Q(
                    withdrawn_on__isnull=False,
                    withdrawn_sealed__isnull=False,
                    withdrawn_by__isnull=False,
                    withdrawn_at__isnull=False,
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"assent {str(self.pk)[:8]}"

    @property
    def place(self) -> str:
        """What the sealed words are bound to."""
        return f"assent:{self.pk}"

    @property
    def withdrawing_place(self) -> str:
        """What the sealed reason of withdrawing is bound to."""
        return f"assent-withdrawn:{self.pk}"


class Finding(models.Model):
    """What one rule found on one day at one place: about one person, or about nobody known."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    rule = models.CharField(max_length=40)
    day = models.DateField()
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    severity = models.CharField(max_length=10, choices=Severity.choices)
    measured = models.JSONField()  # numbers by name: what was counted, and the limits of that day
    subjects = ArrayField(models.UUIDField(), default=list)
    made_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["unit", "rule", "day", "person"],
                nulls_distinct=False,
                name="a_rule_finds_a_person_once_a_day",
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["unit", "-day", "id"]),
            models.Index(fields=["person", "-day", "id"]),
        ]

    def __str__(self) -> str:
        return f"finding {str(self.pk)[:8]}"


class FindingRow(models.Model):
    """One row of the log that a finding rests on; of one rule a row belongs to one finding.

    No foreign key: the log's months leave in the end, and the finding's number of rows stays.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, related_name="rows")
    rule = models.CharField(max_length=40)
    row = models.UUIDField()
    row_time = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["row", "rule"], name="a_row_belongs_to_one_finding_of_a_rule"
            )
        ]

    def __str__(self) -> str:
        return f"row of a finding {str(self.pk)[:8]}"


class Judgement(models.Model):
    """What the director or the board officer says of a finding. The newest one counts."""

    class Outcome(models.TextChoices):
        EXPLAINED = "explained", _("explained")
        DISCUSS = "discuss", _("to discuss")
        INCIDENT = "incident", _("incident")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, related_name="judgements")
    outcome = models.CharField(_("judgement"), max_length=10, choices=Outcome.choices)
    judged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    judged_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["finding", "-judged_at"])]

    def __str__(self) -> str:
        return f"judgement {str(self.pk)[:8]}"


class JudgementNote(models.Model):
    """Why it was judged so, sealed: for who judges and supervises, not for the person."""

    judgement = models.OneToOneField(
        Judgement, primary_key=True, on_delete=models.PROTECT, related_name="note"
    )
    sealed = models.BinaryField()

    def __str__(self) -> str:
        return f"note of a judgement {str(self.pk)[:8]}"

    @property
    def place(self) -> str:
        """What the sealed words are bound to."""
        return f"judgement-note:{self.pk}"


class Reply(models.Model):
    """What the person whom a finding is about says of it, sealed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, related_name="replies")
    sealed = models.BinaryField()
    replied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    replied_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["finding", "replied_at"])]

    def __str__(self) -> str:
        return f"reply {str(self.pk)[:8]}"

    @property
    def place(self) -> str:
        """What the sealed words are bound to."""
        return f"finding-reply:{self.pk}"
