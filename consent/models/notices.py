"""The yearly notice on publishing pictures of others, and who read and confirmed it (P16).

No row-level security: a confirmation says that a parent read a text which everybody reads.
"""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from consent.models.versions import Versioned, in_both_languages, put_in_use_by_somebody
from students.models import Board, Parent


class PictureNotice(Versioned):
    """One version of a board's notice in both languages: draft, in use, or replaced."""

    board = models.ForeignKey(Board, on_delete=models.PROTECT, related_name="picture_notices")

    class Meta:
        ordering: ClassVar = ["-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["board", "number"], name="one_notice_of_a_number"),
            models.UniqueConstraint(
                fields=["board"],
                condition=Q(in_use_from__isnull=True),
                name="a_board_has_one_draft_of_its_notice",
            ),
            put_in_use_by_somebody("a_notice_is_put_in_use_by_somebody_at_some_time"),
            in_both_languages("a_notice_in_use_speaks_both_languages", "text_nl", "text_en"),
        ]

    def __str__(self) -> str:
        return f"picture notice {self.number} of board {str(self.board_id)[:8]}"


class NoticeConfirmation(models.Model):
    """A parent read a version and confirmed it, for one school year. Never changed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    notice = models.ForeignKey(
        PictureNotice, on_delete=models.PROTECT, related_name="confirmations"
    )
    parent = models.ForeignKey(Parent, on_delete=models.PROTECT, related_name="+")
    year_starts_on = models.DateField()
    route = models.CharField(
        max_length=10, choices=[("online", _("online")), ("paper", _("on paper"))]
    )
    language = models.CharField(max_length=2, choices=[("nl", _("Dutch")), ("en", _("English"))])
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    confirmed_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["notice", "parent", "year_starts_on"],
                name="a_parent_confirms_a_notice_once_a_year",
            )
        ]

    def __str__(self) -> str:
        return f"confirmation {str(self.pk)[:8]}"
