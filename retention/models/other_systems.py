"""What other systems held of the pupils on a list, and what somebody found out there."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from retention.models.lists import DestructionList


class OtherSystem(models.Model):
    """One kind of record in one other system, and of how many pupils on the list it was kept.

    Counted while the dossiers go, as their own lines about it go with them. `sealed` holds system,
    kind, custodian and term; `tag` knows the same words again without opening them.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    list = models.ForeignKey(
        DestructionList, on_delete=models.PROTECT, related_name="other_systems"
    )
    tag = models.CharField(max_length=64)
    sealed = models.BinaryField()
    pupils = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["list", "tag"], name="another_system_stands_once_on_a_list"
            ),
            models.CheckConstraint(
                name="another_system_is_about_somebody", condition=models.Q(pupils__gte=1)
            ),
        ]

    def __str__(self) -> str:
        return f"other system {str(self.pk)[:8]}"

    @property
    def place(self) -> str:
        """What the sealed words are bound to."""
        return f"other-system:{self.pk}"


class OtherSystemConfirmation(models.Model):
    """What somebody says of another system before the list closes. Only added; the last counts."""

    class Answer(models.TextChoices):
        """Whether it is gone there, and how whoever says so knows."""

        GONE_SEEN = "gone-seen", _("gone: you looked there yourself")
        GONE_WRITTEN = "gone-written", _("gone: confirmed in writing")
        GONE_TOLD = "gone-told", _("gone: confirmed by word of mouth")
        KEPT = "kept", _("still kept there, for its own term")
        UNKNOWN = "unknown", _("not confirmed: nobody could say")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    system = models.ForeignKey(OtherSystem, on_delete=models.PROTECT, related_name="confirmations")
    answer = models.CharField(max_length=12, choices=Answer.choices)
    said_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    said_on = models.DateField()
    said_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering: ClassVar = ["said_at"]

    def __str__(self) -> str:
        return f"confirmation {str(self.pk)[:8]}"
