"""Who looked, for families: what a board chose, what a pupil allowed, what is held back."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from students.models import Board, Parent, Pupil


class LookNames(models.Model):
    """A board chose whether families read names or roles only. The latest row counts."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    board = models.ForeignKey(Board, on_delete=models.PROTECT, related_name="+")
    is_by_name = models.BooleanField(_("names are shown"))
    chosen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    chosen_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["board", "-chosen_at"])]

    def __str__(self) -> str:
        return f"choice of names {str(self.pk)[:8]}"


class LookLeave(models.Model):
    """A pupil said that a parent may see who looked, or no longer. Only added; the latest counts.

    Behind row-level security: the pupil, and the parent whom it is about.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    pupil = models.ForeignKey(Pupil, on_delete=models.PROTECT, related_name="+")
    parent = models.ForeignKey(Parent, on_delete=models.PROTECT, related_name="+")
    is_given = models.BooleanField(_("may see who looked"))
    day = models.DateField(_("day"))
    said_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    said_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["pupil", "parent", "-said_at"])]

    def __str__(self) -> str:
        return f"leave {str(self.pk)[:8]}"


class HoldBack(models.Model):
    """In one case a colleague's name is hidden, or looks are held back, until a day.

    The reason is sealed under a key of its own. Behind row-level security: the privacy officer of
    the board, never about an own child. A family's page learns through a function what to leave
    out, never why.
    """

    class What(models.TextChoices):
        """What a family does not read."""

        NAME = "name", _("the name of a colleague")
        ROWS = "rows", _("the looks themselves")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    pupil = models.ForeignKey(Pupil, on_delete=models.PROTECT, related_name="+")
    what = models.CharField(max_length=4, choices=What.choices)
    colleague = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )  # none: whoever looked
    first_day = models.DateField(_("looks from"), null=True)
    last_day = models.DateField(_("looks up to and including"), null=True)
    is_from_pupil_too = models.BooleanField(_("also from the pupil"), default=True)
    starts_on = models.DateField(_("since"))
    ends_on = models.DateField(_("up to and including"))
    sealed = models.BinaryField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    recorded_at = models.DateTimeField(default=timezone.now, editable=False)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["pupil", "ends_on"])]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="what_is_held_back_ends_within_a_year",
                condition=Q(ends_on__gte=F("starts_on")) & Q(ends_on__lte=F("starts_on") + 365),
            ),
            models.CheckConstraint(
                name="a_hidden_name_is_somebodys",
                condition=~Q(what="name") | Q(colleague__isnull=False),
            ),
            models.CheckConstraint(
                name="days_held_back_run_forward",
                condition=Q(first_day__isnull=True)
                | Q(last_day__isnull=True)
                | Q(last_day__gte=F("first_day")),
            ),
            models.CheckConstraint(
                name="who_ends_holding_back_and_when_go_together",
                condition=Q(ended_by__isnull=True, ended_at__isnull=True)
                | Q(ended_by__isnull=False, ended_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"held back {str(self.pk)[:8]}"

    @property
    def log_key(self) -> uuid.UUID:
        """How the log points at the pupil."""
        return self.pupil.log_key

    @property
    def place(self) -> str:
        """What the sealed reason is bound to."""
        return f"look-held-back:{self.pk}"
