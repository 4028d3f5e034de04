"""Terms that a board set: proposed by one person, in force once a second one approved."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from retention.kinds import Kind
from retention.rules import Span, Start
from retention.terms import KINDS, OF_PUPILS
from students.models import Board


class TermChange(models.Model):
    """Another term for one kind of record. Never changed: it is decided once, or withdrawn.

    The newest approved row of a board and kind counts; without one the default does.
    """

    class Starts(models.TextChoices):
        """From when the years run."""

        LEFT = Start.LEFT.value, _("the last day at school")
        YEAR_END = Start.YEAR_END.value, _("31 July after the last day at school")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    board = models.ForeignKey(Board, on_delete=models.PROTECT, related_name="term_changes")
    kind = models.CharField(
        _("kind of record"), max_length=20, choices=[(k.code, k.label) for k in OF_PUPILS]
    )
    years = models.PositiveSmallIntegerField(_("years"))
    starts = models.CharField(
        _("starting from"), max_length=10, choices=Starts.choices, default=Starts.LEFT
    )
    source = models.CharField(_("legal source"), max_length=300)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    proposed_at = models.DateTimeField(default=timezone.now, editable=False)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    approved_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-proposed_at"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="a_term_names_its_legal_source", condition=Q(source__regex=r"\S.{3,}\S")
            ),
            models.CheckConstraint(
                name="a_term_lasts_a_year_at_least_and_thirty_at_most",
                condition=Q(years__range=(1, 30)),
            ),
            # The law: enrolment and attendance are kept for five years.
            models.CheckConstraint(
                name="a_term_is_not_shorter_than_the_law_demands",
                condition=~Q(kind="administration") | Q(years__gte=5),
            ),
            models.CheckConstraint(
                name="a_second_person_approves_a_term",
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("proposed_by")),
            ),
            models.CheckConstraint(
                name="a_term_is_approved_by_somebody_at_some_time",
                condition=Q(approved_by__isnull=True, approved_at__isnull=True)
                | Q(approved_by__isnull=False, approved_at__isnull=False),
            ),
            models.CheckConstraint(
                name="a_term_is_withdrawn_by_somebody_at_some_time",
                condition=Q(withdrawn_by__isnull=True, withdrawn_at__isnull=True)
                | Q(withdrawn_by__isnull=False, withdrawn_at__isnull=False),
            ),
            models.CheckConstraint(
                name="a_term_is_not_approved_and_withdrawn",
                condition=Q(approved_at__isnull=True) | Q(withdrawn_at__isnull=True),
            ),
            models.UniqueConstraint(
                fields=["board", "kind"],
                condition=Q(approved_at__isnull=True, withdrawn_at__isnull=True),
                name="one_term_of_a_kind_waits_for_approval",
            ),
        ]

    def __str__(self) -> str:
        return f"term of {self.kind}"

    @property
    def kind_of_record(self) -> Kind:
        """The kind with its words."""
        return KINDS[self.kind]

    @property
    def span(self) -> Span:
        """The term for the rules."""
        return Span(self.years, Start(self.starts))

    @property
    def is_open(self) -> bool:
        """Whether it waits for a second person."""
        return self.approved_at is None and self.withdrawn_at is None
