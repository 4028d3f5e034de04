"""Destruction lists and their items: keys and days only, so that they may outlive what went."""

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

from retention.rules.lists import Milestones, State, state_of
from retention.terms import OF_PUPILS
from students.models import School


class DestructionList(models.Model):
    """What falls due at one school until a day: reviewed by one person, approved by another.

    Who and when go together; the database takes each step once and from whom it may come.
    """

    class Because(models.TextChoices):
        """Why a list was cancelled that somebody had reviewed: chosen, so that it names nobody."""

        DECIDED = "decided", _("Something on it was decided wrong.")
        DAYS = "days", _("A leaving date or a term is not right.")
        KEEP = "keep", _("Something on it must be kept longer.")
        LOOK = "look", _("We want to look at it together first.")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="destruction_lists")
    name = models.CharField(_("name"), max_length=120)
    due_until = models.DateField(_("falls due up to and including"))
    made_on = models.DateField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField(default=timezone.now, editable=False)
    # To whom the review was given; none: any director or deputy of the school.
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    assigned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    assigned_at = models.DateTimeField(null=True)
    reviewed_on = models.DateField(null=True)
    reviewed_at = models.DateTimeField(null=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    approved_on = models.DateField(null=True)
    approved_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    cancelled_on = models.DateField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    cancelled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    cancelled_because = models.CharField(
        _("why it was cancelled"), max_length=10, blank=True, choices=Because.choices
    )
    begun_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    # Why the last run could not go on, since when, and when people last heard of it.
    stopped_because = models.CharField(max_length=20, blank=True)
    stopped_at = models.DateTimeField(null=True)
    stopped_told_on = models.DateField(null=True)
    # When the copy was made from which the portal was put back: what was decided since is lost.
    restored_from = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-made_on", "name"]
        constraints: ClassVar = [
            *(
                models.CheckConstraint(
                    name=f"a_list_is_{step}_by_somebody_on_a_day",
                    condition=reduce(
                        or_,
                        (
                            Q(**{f"{step}_{one}__isnull": is_none for one in ("on", "at", "by")})
                            for is_none in (True, False)
                        ),
                    ),
                )
                for step in ("reviewed", "approved", "cancelled")
            ),
            models.CheckConstraint(
                name="a_list_is_approved_after_its_review_by_a_second_person",
                condition=Q(approved_by__isnull=True)
                | (
                    Q(reviewed_by__isnull=False)
                    & ~Q(approved_by=F("reviewed_by"))
                    & (Q(made_by__isnull=True) | ~Q(approved_by=F("made_by")))
                    & Q(approved_on__gte=F("reviewed_on"))
                ),
            ),
            models.CheckConstraint(
                name="a_list_is_carried_out_once_it_is_approved_and_not_cancelled",
                condition=Q(begun_at__isnull=True)
                | Q(approved_on__isnull=False, cancelled_on__isnull=True),
            ),
            models.CheckConstraint(
                name="a_review_is_given_to_somebody_by_somebody",
                condition=Q(reviewer=None, assigned_by=None, assigned_at=None)
                | Q(reviewer__isnull=False, assigned_by__isnull=False, assigned_at__isnull=False),
            ),
            models.CheckConstraint(
                name="a_reviewed_list_is_cancelled_with_a_reason",
                condition=Q(cancelled_because="", cancelled_on__isnull=True)
                | Q(cancelled_because="", reviewed_on__isnull=True)
                | Q(
                    cancelled_because__in=["decided", "days", "keep", "look"],
                    cancelled_on__isnull=False,
                ),
            ),
            models.UniqueConstraint(
                fields=["school", "made_on"],
                condition=Q(cancelled_on__isnull=True),
                name="a_school_makes_one_list_a_day",
            ),
            models.CheckConstraint(
                name="a_list_closes_after_it_began",
                condition=Q(closed_at__isnull=True) | Q(begun_at__isnull=False),
            ),
            models.CheckConstraint(
                name="a_list_is_stopped_since_a_moment",
                condition=Q(stopped_because="", stopped_at=None, stopped_told_on=None)
                | Q(stopped_because__gt="", stopped_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"destruction list {str(self.pk)[:8]}"

    @property
    def milestones(self) -> Milestones:
        """Its days, for the rules."""
        return Milestones(
            reviewed_on=self.reviewed_on,
            approved_on=self.approved_on,
            begun=self.begun_at is not None,
            closed=self.closed_at is not None,
            cancelled=self.cancelled_on is not None,
        )

    def state_on(self, day: date) -> State:
        """Where it is on a day."""
        return state_of(self.milestones, day)


class DestructionItem(models.Model):
    """One kind of record of one pupil at one school, and what becomes of it.

    `dossier_id` is a plain key: the row stays when the dossier is gone, and then says nothing of
    anybody.
    """

    class Decision(models.TextChoices):
        """What the reviewer says of it."""

        DESTROY = "destroy", _("destroy")
        KEEP = "keep", _("keep")

    class Outcome(models.TextChoices):
        """What became of it."""

        INTENDED = "intended", _("being destroyed")
        DESTROYED = "destroyed", _("destroyed")
        LEFT = "left", _("left alone")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    list = models.ForeignKey(DestructionList, on_delete=models.PROTECT, related_name="items")
    dossier_id = models.UUIDField()
    kind = models.CharField(max_length=20, choices=[(k.code, k.label) for k in OF_PUPILS])
    last_day = models.DateField()
    due_on = models.DateField()
    decision = models.CharField(max_length=10, blank=True, choices=Decision.choices)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, blank=True, choices=Outcome.choices)
    left_because = models.CharField(max_length=20, blank=True)
    done_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)  # when a step last did not succeed

    class Meta:
        ordering: ClassVar = ["due_on", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["list", "dossier_id", "kind"], name="a_kind_of_record_is_listed_once"
            ),
            models.CheckConstraint(
                name="an_item_is_decided_by_somebody_at_some_time",
                condition=Q(decision="", decided_by__isnull=True, decided_at__isnull=True)
                | (~Q(decision="") & Q(decided_by__isnull=False, decided_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="only_what_is_to_be_destroyed_has_an_outcome",
                condition=Q(outcome="") | Q(decision="destroy"),
            ),
            models.CheckConstraint(
                name="what_is_left_alone_says_why",
                condition=Q(outcome="left", left_because__gt="")
                | (~Q(outcome="left") & Q(left_because="")),
            ),
            models.CheckConstraint(
                name="an_item_falls_due_after_the_last_day",
                condition=Q(due_on__gt=F("last_day")),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["dossier_id", "kind"], name="items_of_a_dossier"),
        ]

    def __str__(self) -> str:
        return f"destruction item {str(self.pk)[:8]}"
