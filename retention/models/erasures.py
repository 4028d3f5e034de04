"""Requests to erase part of a dossier: a note, a file or an agreement. Their words stand apart."""

from __future__ import annotations

import uuid
from datetime import date
from functools import reduce
from operator import or_
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dossiers.models import Dossier
from dossiers.models.dossiers import PartKind
from retention.rules.erasures import State, answer_by, begins_on


class ErasureWords(models.Model):
    """What was asked, or why it was refused or taken back: sealed, behind row-level security."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="+")
    sealed = models.BinaryField()
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    written_at = models.DateTimeField(default=timezone.now, editable=False)

    def __str__(self) -> str:
        return f"words of an erasure {str(self.pk)[:8]}"

    @property
    def place(self) -> str:
        """What the sealed words are bound to."""
        return f"erasure-words:{self.pk}"


class Erasure(models.Model):
    """A note, file or agreement that somebody asked to erase, and what became of it.

    `target` is a plain key: the row stays when what it names is gone.
    """

    class Sort(models.TextChoices):
        """What is erased."""

        NOTE = "note", _("note")
        FILE = "file", _("file")
        AGREEMENT = "agreement", _("agreement")

    class Asker(models.TextChoices):
        """Who asked."""

        PARENT = "parent", _("a parent")
        PUPIL = "pupil", _("the pupil")
        SCHOOL = "school", _("the school itself")

    # AVG 17(1)(f), services offered to a child online, is not about what a school records.
    class Because(models.TextChoices):
        """On which ground."""

        WRONG_DOSSIER = "wrong-dossier", _("It stands in the wrong dossier")
        INCORRECT = "incorrect", _("It is not right, and a new version does not mend that")
        NOT_NEEDED = "not-needed", _("It is not needed for what it was recorded for")
        CONSENT = "consent", _("It rested on consent, and the consent was withdrawn")
        OBJECTION = (
            "objection",
            _("Somebody objects, and no reason weighs more"),
        )
        UNLAWFUL = "unlawful", _("It should not have been recorded")
        LAW = "law", _("A law says that it must be erased")

    class Outcome(models.TextChoices):
        """How far it was carried out."""

        INTENDED = "intended", _("being erased")
        SEALED = "sealed", _("the rest is sealed anew")
        DONE = "done", _("erased")
        GONE = "gone", _("was gone already")

    class Ended(models.TextChoices):
        """How it ended without being erased."""

        REFUSED = "refused", _("refused")
        WITHDRAWN = "withdrawn", _("taken back")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="erasures")
    sort = models.CharField(max_length=10, choices=Sort.choices)
    target = models.UUIDField()
    part_kind = models.CharField(max_length=12, choices=PartKind.choices)
    asker = models.CharField(max_length=10, choices=Asker.choices)
    because = models.CharField(max_length=15, choices=Because.choices)
    received_on = models.DateField()
    words = models.OneToOneField(ErasureWords, on_delete=models.PROTECT, related_name="asked")
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    proposed_on = models.DateField()
    proposed_at = models.DateTimeField(default=timezone.now, editable=False)
    approved_on = models.DateField(null=True)
    approved_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    reopened_at = models.DateTimeField(null=True)  # something had come since it was approved
    restored_from = models.DateTimeField(null=True)  # the copy put back by which its approval went
    ended = models.CharField(max_length=10, blank=True, choices=Ended.choices)
    ended_on = models.DateField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    ended_words = models.OneToOneField(
        ErasureWords, null=True, on_delete=models.PROTECT, related_name="ended"
    )
    outcome = models.CharField(max_length=10, blank=True, choices=Outcome.choices)
    pieces = models.PositiveSmallIntegerField(null=True)  # rows and sealed files that went
    fingerprint = models.CharField(max_length=64, blank=True)  # of what went, as it was sealed
    sealed_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-proposed_at"]
        constraints: ClassVar = [
            *(
                models.CheckConstraint(
                    name=f"an_erasure_is_{step}_by_somebody_on_a_day",
                    condition=reduce(
                        or_,
                        (
                            Q(**{f"{step}_{one}__isnull": is_none for one in ("on", "at", "by")})
                            for is_none in (True, False)
                        ),
                    ),
                )
                for step in ("approved", "ended")
            ),
            models.CheckConstraint(
                name="an_erasure_is_approved_by_a_second_person",
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("proposed_by")),
            ),
            models.CheckConstraint(
                name="an_erasure_that_ended_says_how_and_why",
                condition=Q(ended="", ended_on__isnull=True, ended_words__isnull=True)
                | (~Q(ended="") & Q(ended_on__isnull=False, ended_words__isnull=False)),
            ),
            models.CheckConstraint(
                name="only_what_was_approved_and_not_taken_back_is_erased",
                condition=Q(outcome="") | Q(approved_on__isnull=False, ended=""),
            ),
            models.CheckConstraint(
                name="what_is_being_erased_has_a_fingerprint",
                condition=Q(outcome__in=["", "gone"], fingerprint="", pieces__isnull=True)
                | (~Q(outcome__in=["", "gone"]) & ~Q(fingerprint="") & Q(pieces__gte=1)),
            ),
            models.CheckConstraint(
                name="an_erasure_is_done_at_some_time",
                condition=Q(outcome__in=["done", "gone"], done_at__isnull=False)
                | (~Q(outcome__in=["done", "gone"]) & Q(done_at__isnull=True)),
            ),
            models.UniqueConstraint(
                fields=["target"],
                condition=Q(ended="", done_at__isnull=True),
                name="one_request_at_a_time_to_erase_something",
            ),
        ]

    def __str__(self) -> str:
        return f"erasure {str(self.pk)[:8]}"

    @property
    def log_key(self) -> uuid.UUID:
        """How the log points at the pupil."""
        return self.dossier.log_key

    @property
    def state(self) -> State:
        """Where it is."""
        if self.ended:
            return State(self.ended)
        if self.outcome:
            return {"done": State.DONE, "gone": State.GONE}.get(self.outcome, State.BEGUN)
        return State.OPEN if self.approved_on is None else State.APPROVED

    @property
    def begins_on(self) -> date | None:
        """The first day on which it is erased; none while nobody approved it."""
        return begins_on(self.approved_on) if self.approved_on else None

    @property
    def answer_by(self) -> date:
        """The last day on which the school answers who asked."""
        return answer_by(self.received_on)
