"""Rounds in which a school asks, and requests: who is asked what, for which days."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from consent.models.purposes import Purpose, PurposeText
from students.models import Parent, Pupil, Representative, School, SchoolYear


class Round(models.Model):
    """A school asks everybody for one school year. Its closing date ends reminders only.

    Carried out in batches; `pupils_done` and `last_pupil` say how far it is.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="rounds")
    school_year = models.ForeignKey(SchoolYear, on_delete=models.PROTECT, related_name="+")
    opens_on = models.DateField(_("opens on"))
    reminds_on = models.DateField(_("first reminder"))
    reminds_again_on = models.DateField(_("second reminder"))
    closes_on = models.DateField(_("last reminder before"))
    counts_from = models.DateField(_("answers count from"))
    counts_until = models.DateField(_("up to and including"))
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    started_at = models.DateTimeField(default=timezone.now, editable=False)
    pupils_total = models.PositiveIntegerField(default=0)
    pupils_done = models.PositiveIntegerField(default=0)
    requests_made = models.PositiveIntegerField(default=0)
    last_pupil = models.UUIDField(null=True)
    carried_out_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["school", "school_year"], name="one_round_per_school_and_year"
            ),
            models.CheckConstraint(
                name="a_round_opens_reminds_and_closes_in_that_order",
                condition=Q(opens_on__lte=F("reminds_on"))
                & Q(reminds_on__lte=F("reminds_again_on"))
                & Q(reminds_again_on__lte=F("closes_on"))
                & Q(counts_from__lte=F("counts_until")),
            ),
        ]

    def __str__(self) -> str:
        return f"round {str(self.pk)[:8]}"


class Request(models.Model):
    """Somebody is asked one text about one pupil, for an answer that counts from a day.

    Never changed: it is what the person was asked. A later text is a later request.
    """

    class As(models.TextChoices):
        """As what somebody answers."""

        PARENT = "parent", _("parent")
        REPRESENTATIVE = "representative", _("representative")
        PUPIL = "pupil", _("pupil")

    class Occasion(models.TextChoices):
        """Why somebody is asked now."""

        ROUND = "round", _("the yearly round")
        ENROLMENT = "enrolment", _("a new pupil")
        BIRTHDAY = "birthday", _("a birthday of 12 or 16")
        TEXT = "text", _("another text")
        SINGLE = "single", _("asked apart")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # The unique index below begins with the pupil; more indexes would only slow a round down.
    pupil = models.ForeignKey(
        Pupil, on_delete=models.PROTECT, related_name="consent_requests", db_index=False
    )
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+", db_index=False)
    purpose = models.ForeignKey(Purpose, on_delete=models.PROTECT, related_name="+", db_index=False)
    text = models.ForeignKey(PurposeText, on_delete=models.PROTECT, related_name="+")
    answers_as = models.CharField(max_length=14, choices=As.choices)
    parent = models.ForeignKey(
        Parent, null=True, on_delete=models.PROTECT, related_name="consent_requests"
    )
    representative = models.ForeignKey(
        Representative, null=True, on_delete=models.PROTECT, related_name="consent_requests"
    )
    round = models.ForeignKey(Round, null=True, on_delete=models.PROTECT, related_name="requests")
    occasion = models.CharField(max_length=10, choices=Occasion.choices)
    counts_from = models.DateField()
    counts_until = models.DateField(null=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    asked_at = models.DateTimeField(default=timezone.now, editable=False)
    # For outside parties (P4), which come later: with whom, exactly what, and why.
    party = models.CharField(max_length=200, blank=True)
    items = models.JSONField(null=True)
    why = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="a_request_asks_one_person",
                condition=Q(answers_as="parent", parent__isnull=False, representative__isnull=True)
                | Q(
                    answers_as="representative",
                    parent__isnull=True,
                    representative__isnull=False,
                )
                | Q(answers_as="pupil", parent__isnull=True, representative__isnull=True),
            ),
            models.CheckConstraint(
                name="a_round_makes_requests_of_its_own_kind",
                condition=Q(round__isnull=True) | Q(occasion="round"),
            ),
            models.UniqueConstraint(
                fields=[
                    "pupil",
                    "school",
                    "text",
                    "counts_from",
                    "parent",
                    "representative",
                    "party",
                ],
                nulls_distinct=False,
                name="somebody_is_asked_once_for_a_text_and_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"request {str(self.pk)[:8]}"
