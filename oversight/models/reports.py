"""A signed report: what a month of a school's log said, who read it, and the paper of it."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from access.models import Unit
from access.roles import choices
from students.models import School


class SignedReport(models.Model):
    """One month of one school, signed once. Never changed, never removed.

    One that was damaged, or that nobody signed, stays; the month is then signed anew beside it.

    `sealed` holds the numbers and the remarks as they were signed; the paper is a sealed blob that
    `paper_digest` knows again wherever the file went. The log holds both hashes too (and is sealed
    itself), so that whoever can write here still can't make a report that was not signed.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+")
    first_day = models.DateField()
    last_day = models.DateField()
    # What a list of schools compares; nothing of anybody.
    looks = models.PositiveIntegerField()
    refused = models.PositiveIntegerField()
    open_findings = models.PositiveIntegerField()
    sealed = models.BinaryField()
    digest = models.CharField(max_length=64, unique=True)  # stands on the report itself
    blob = models.UUIDField(unique=True)
    paper_digest = models.CharField(max_length=64, unique=True)  # of the file
    head_number = models.BigIntegerField()
    head_link = models.CharField(max_length=64)
    head_sealed_at = models.DateTimeField()
    language = models.CharField(max_length=2)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    signed_as = models.CharField(max_length=30, choices=choices)
    signed_at = models.DateTimeField(default=timezone.now, editable=False)
    # The damaged one that stays, and does not keep its month from being signed.
    beside = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["school", "first_day", "beside"],
                nulls_distinct=False,
                name="a_month_of_a_school_is_signed_once",
            ),
            models.CheckConstraint(
                name="a_signed_report_is_about_a_month",
                condition=models.Q(first_day__day=1) & models.Q(last_day__gt=models.F("first_day")),
            ),
        ]

    def __str__(self) -> str:
        return f"signed report {str(self.pk)[:8]}"

    @property
    def place(self) -> str:
        """What the sealed numbers and remarks are bound to."""
        return f"signed-report:{self.pk}"

    @property
    def paper_place(self) -> str:
        """What the sealed paper is bound to."""
        return f"report-paper:{self.pk}"

    @property
    def frozen_at(self) -> datetime:
        """When it was signed."""
        return self.signed_at

    @property
    def frozen_by(self) -> uuid.UUID:
        """The key of who signed."""
        return self.signed_by_id

    def hashed(self, content: dict[str, Any]) -> dict[str, Any]:
        """All that the hash on the report is worked out from; `content` as it is sealed."""
        return {
            "report": str(self.pk),
            "school": str(self.school_id),
            "days": [self.first_day.isoformat(), self.last_day.isoformat()],
            "said": content["said"],
            "remarks": content["remarks"],
            "head": [self.head_number, self.head_link],
            "signed": [
                str(self.signed_by_id),
                self.signed_as,
                self.signed_at.astimezone(UTC).isoformat(timespec="microseconds"),
            ],
        }

    @property
    def unit(self) -> Unit:
        """Where it stands in the log."""
        return self.school.unit
