"""How long the log is kept, and the decisions by which whole months of it leave."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from access.models import Unit
from audit import rules


class LogTerm(models.Model):
    """A board's term for the log; the newest counts, a board without one keeps to the default."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    board = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    years = models.PositiveSmallIntegerField(_("years"))
    source = models.TextField(_("legal source"))
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()
    mark = models.BinaryField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="the_log_is_kept_for_two_to_twenty_years",
                condition=Q(years__gte=rules.LEAST, years__lte=rules.MOST),
            ),
            models.CheckConstraint(name="a_log_term_has_a_source", condition=~Q(source="")),
        ]

    def __str__(self) -> str:
        return f"log term {str(self.pk)[:8]}"

    @property
    def words(self) -> tuple[object, ...]:
        """What is signed (audit/signatures.py)."""
        return (self.pk, self.board_id, self.years, self.source, self.set_by_id, self.set_at)


class LogEnd(models.Model):
    """One board's decision that a month leaves: made by one person, signed by another."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    board = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    month = models.DateField()
    years = models.PositiveSmallIntegerField()  # the term that counted, of all boards
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField()
    decided_mark = models.BinaryField()
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    signed_at = models.DateTimeField(null=True)
    signed_mark = models.BinaryField(null=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["board", "month"],
                condition=Q(withdrawn_at__isnull=True),
                name="a_board_decides_once_on_a_month",
            ),
            models.CheckConstraint(
                name="a_month_of_the_log_begins_on_its_first_day", condition=Q(month__day=1)
            ),
            models.CheckConstraint(
                name="who_decided_the_end_of_a_month_does_not_sign_it",
                condition=Q(signed_by__isnull=True) | ~Q(signed_by=F("decided_by")),
            ),
            models.CheckConstraint(
                name="who_signed_the_end_of_a_month_and_when_go_together",
                condition=Q(
                    signed_by__isnull=True, signed_at__isnull=True, signed_mark__isnull=True
                )
                | Q(signed_by__isnull=False, signed_at__isnull=False, signed_mark__isnull=False),
            ),
            models.CheckConstraint(
                name="who_withdrew_the_end_of_a_month_and_when_go_together",
                condition=Q(withdrawn_by__isnull=True, withdrawn_at__isnull=True)
                | Q(withdrawn_by__isnull=False, withdrawn_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"end of a month {str(self.pk)[:8]}"

    @property
    def decided_words(self) -> tuple[object, ...]:
        """What the first person decided, as it is signed (audit/signatures.py)."""
        decision = (self.pk, self.board_id, self.month, self.years)
        return (*decision, self.decided_by_id, self.decided_at)

    @property
    def signed_words(self) -> tuple[object, ...]:
        """The same, and who agreed with it when."""
        return (*self.decided_words, self.signed_by_id, self.signed_at)


class LogDeparture(models.Model):
    """A month that left. Written by the owner's function alone, in the same transaction."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    month = models.DateField(unique=True)
    rows = models.BigIntegerField()
    left_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"departure {str(self.pk)[:8]}"
