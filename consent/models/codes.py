"""Codes with which a parent or pupil comes in or adds a child; only a hash of each is kept."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from access.constraints import go_together
from students.models import Parent, Pupil, School


class Code(models.Model):
    """A code of one person, from one letter or message: some tries, one use, an end."""

    class Route(models.TextChoices):
        """How it reaches the person."""

        LETTER = "letter", _("by letter")
        MAIL = "mail", _("by e-mail")
        HANDED = "handed", _("handed over at school")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.CharField(max_length=5, unique=True)
    secret_hash = models.BinaryField(max_length=32)
    # Of a parent about one child, or of a pupil about itself.
    pupil = models.ForeignKey(Pupil, on_delete=models.PROTECT, related_name="consent_codes")
    parent = models.ForeignKey(
        Parent, null=True, on_delete=models.PROTECT, related_name="consent_codes"
    )
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+")
    route = models.CharField(max_length=10, choices=Route.choices)
    # A keyed hash of the address it was mailed to: with another address since, it opens nothing.
    mailed_to = models.BinaryField(max_length=32, null=True)
    # Nobody: a job made it, for a new pupil or a reminder; the same for withdrawing.
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_on = models.DateField(_("up to and including"))
    tries = models.PositiveSmallIntegerField(default=0)
    used_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    used_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="who_uses_a_code_and_when_go_together",
                condition=go_together("used_by", "used_at"),
            ),
            models.CheckConstraint(
                name="who_withdraws_a_code_has_a_moment",
                condition=Q(withdrawn_by__isnull=True) | Q(withdrawn_at__isnull=False),
            ),
            models.CheckConstraint(
                name="a_code_is_used_or_withdrawn_not_both",
                condition=Q(used_at__isnull=True) | Q(withdrawn_at__isnull=True),
            ),
            models.CheckConstraint(name="a_code_takes_five_tries", condition=Q(tries__lte=5)),
            models.UniqueConstraint(
                fields=["pupil", "parent"],
                condition=Q(used_at__isnull=True, withdrawn_at__isnull=True),
                nulls_distinct=False,
                name="a_person_has_one_open_code_for_a_pupil",
            ),
        ]

    def __str__(self) -> str:
        return f"code {str(self.pk)[:8]}"
