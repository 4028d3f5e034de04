"""That somebody was told what they are asked: by mail, by letter, by a slip at school."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from consent.models.asking import Round
from consent.models.codes import Code
from students.models import Group, Parent, Pupil, Representative, School


class LetterRun(models.Model):
    """Somebody has letters or slips made: in files of some dozens, each downloaded once."""

    class Kind(models.TextChoices):
        LETTERS = "letters", _("letters to parents")
        SLIPS = "slips", _("slips for pupils")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+")
    group = models.ForeignKey(Group, null=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    is_again = models.BooleanField(_("also who was written to before"), default=False)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    started_at = models.DateTimeField(default=timezone.now, editable=False)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-started_at"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="no_more_letters_than_people", condition=Q(done__lte=F("total"))
            )
        ]

    def __str__(self) -> str:
        return f"letters {str(self.pk)[:8]}"


class LetterFile(models.Model):
    """Some dozens of letters as one PDF, sealed until it is downloaded, and then gone.

    It holds codes in words, which stand nowhere else.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    run = models.ForeignKey(LetterRun, on_delete=models.PROTECT, related_name="files")
    number = models.PositiveSmallIntegerField()
    people = models.PositiveSmallIntegerField()
    sealed = models.BinaryField(null=True)
    made_at = models.DateTimeField(default=timezone.now, editable=False)
    # Downloaded, or thrown away unread after some days.
    downloaded_at = models.DateTimeField(null=True)
    expired_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["run", "number"], name="one_file_of_letters_of_a_number"
            ),
            models.CheckConstraint(
                name="letters_are_kept_until_they_are_downloaded_or_expire",
                condition=Q(sealed__isnull=False, downloaded_at=None, expired_at=None)
                | Q(sealed__isnull=True, downloaded_at__isnull=False, expired_at=None)
                | Q(sealed__isnull=True, downloaded_at=None, expired_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"file of letters {str(self.pk)[:8]}"

    @property
    def place(self) -> str:
        """What the sealed letters are bound to."""
        return f"letterfile:{self.pk}"


class Sending(models.Model):
    """One person was told, on a day, by one route. Never changed: what was sent was sent."""

    class Kind(models.TextChoices):
        ASKED = "asked", _("asked")
        FIRST = "first-reminder", _("first reminder")
        SECOND = "second-reminder", _("second reminder")
        EXTRA = "extra-reminder", _("reminder by hand")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+")
    round = models.ForeignKey(Round, null=True, on_delete=models.PROTECT, related_name="+")
    # To whom: a parent, a pupil or a representative.
    parent = models.ForeignKey(Parent, null=True, on_delete=models.PROTECT, related_name="+")
    pupil = models.ForeignKey(Pupil, null=True, on_delete=models.PROTECT, related_name="+")
    representative = models.ForeignKey(
        Representative, null=True, on_delete=models.PROTECT, related_name="+"
    )
    kind = models.CharField(max_length=16, choices=Kind.choices)
    route = models.CharField(max_length=10, choices=Code.Route.choices)
    sent_on = models.DateField()
    sent_at = models.DateTimeField(default=timezone.now, editable=False)
    # Nobody: a job sent it.
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    code = models.ForeignKey(Code, null=True, on_delete=models.PROTECT, related_name="+")
    letters = models.ForeignKey(
        LetterFile, null=True, on_delete=models.PROTECT, related_name="sendings"
    )

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="something_is_sent_to_one_person",
                condition=Q(parent__isnull=False, pupil__isnull=True, representative__isnull=True)
                | Q(parent__isnull=True, pupil__isnull=False, representative__isnull=True)
                | Q(parent__isnull=True, pupil__isnull=True, representative__isnull=False),
            ),
            # Two clicks, two schools, a click and the night: nobody is reminded twice a day.
            models.UniqueConstraint(
                fields=["parent", "pupil", "representative", "sent_on"],
                condition=~Q(kind="asked"),
                nulls_distinct=False,
                name="nobody_is_reminded_twice_a_day",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["school", "sent_at"])]

    def __str__(self) -> str:
        return f"sending {str(self.pk)[:8]}"
