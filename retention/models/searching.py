"""What is looked for after a destruction, each pass over everything, and what a pass found."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from retention.models.lists import DestructionList


class Gathered(models.Model):
    """By what destroyed rows would be known, should any of it be left: keys, numbers, names.

    Sealed under a key of the list, which is destroyed once the list is closed.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    list = models.ForeignKey(DestructionList, on_delete=models.PROTECT, related_name="gathered")
    number = models.PositiveIntegerField()
    sealed = models.BinaryField()
    gathered_at = models.DateTimeField(default=timezone.now, editable=False)

    def __str__(self) -> str:
        return f"marks {str(self.pk)[:8]}"

    @property
    def place(self) -> str:
        """What the sealed marks are bound to."""
        return f"destroyed-marks:{self.pk}"


class SearchPass(models.Model):
    """One pass for a list over both databases, files and jobs. One without an end found nothing.

    `sealed` holds whose family's data went: they judge nothing of this list.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    list = models.ForeignKey(DestructionList, on_delete=models.PROTECT, related_name="searches")
    begun_at = models.DateTimeField(default=timezone.now, editable=False)
    finished_at = models.DateTimeField(null=True)
    columns = models.PositiveIntegerField(default=0)
    rows = models.PositiveBigIntegerField(default=0)
    files = models.PositiveIntegerField(default=0)
    jobs = models.PositiveIntegerField(default=0)
    marks = models.PositiveIntegerField(default=0)
    hits = models.PositiveIntegerField(default=0)
    sealed = models.BinaryField(default=b"")

    class Meta:
        ordering: ClassVar = ["-begun_at"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="a_pass_over_nothing_is_not_finished",
                condition=Q(finished_at__isnull=True)
                | Q(columns__gt=0, rows__gt=0, marks__gt=0, finished_at__gte=models.F("begun_at")),
            )
        ]

    def __str__(self) -> str:
        return f"search {str(self.pk)[:8]}"

    @property
    def place(self) -> str:
        """What the sealed families are bound to."""
        return f"search-pass:{self.pk}"


class Leftover(models.Model):
    """What a pass found: one mark in one column or folder, and in which rows. Never what it says.

    Hard ones keep the list open; the others wait until somebody judged them.
    """

    class Sort(models.TextChoices):
        """What kind of mark it is."""

        KEY = "key", _("a key of something destroyed")
        WORD = "word", _("a number, a user name or an e-mail address")
        DIGEST = "digest", _("the hash of a file")
        NAME = "name", _("a name")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    search = models.ForeignKey(SearchPass, on_delete=models.PROTECT, related_name="leftovers")
    sort = models.CharField(max_length=6, choices=Sort.choices)
    is_hard = models.BooleanField()
    place_found = models.CharField(max_length=80)  # a table, or a folder
    column = models.CharField(max_length=80, blank=True)
    rows = models.JSONField()  # the first few keys
    number = models.PositiveIntegerField()  # of rows
    sealed = models.BinaryField()  # the mark itself
    # An earlier pass found the same in the same rows, and somebody said whose it is.
    same_as = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["-is_hard", "place_found", "column", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="only_names_numbers_and_addresses_can_be_somebody_elses",
                condition=Q(is_hard=True) | Q(sort__in=["name", "word"]),
            ),
            models.CheckConstraint(
                name="what_was_found_stands_in_a_row", condition=Q(number__gte=1)
            ),
        ]

    def __str__(self) -> str:
        return f"leftover {str(self.pk)[:8]}"

    @property
    def place(self) -> str:
        """What the sealed mark is bound to."""
        return f"leftover:{self.pk}"


class LeftoverJudgement(models.Model):
    """Somebody said of something found whose it is. Only added: the latest one counts."""

    class Outcome(models.TextChoices):
        """Whose it is."""

        NAMESAKE = "namesake", _("Somebody else's: it may stay.")
        LEFT = "left", _("Left over: it must go.")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    leftover = models.ForeignKey(Leftover, on_delete=models.PROTECT, related_name="judgements")
    outcome = models.CharField(max_length=8, choices=Outcome.choices)
    sealed = models.BinaryField()  # why
    judged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    judged_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering: ClassVar = ["judged_at"]

    def __str__(self) -> str:
        return f"judgement {str(self.pk)[:8]} of a leftover"

    @property
    def place(self) -> str:
        """What the sealed note is bound to."""
        return f"leftover-judgement:{self.pk}"
