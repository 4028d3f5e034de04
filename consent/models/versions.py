"""What every text that a board writes in versions has: draft, in use from a day, replaced."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from access.constraints import go_together


class Versioned(models.Model):
    """One version in both languages; in use from a day on it never changes."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.PositiveSmallIntegerField()
    text_nl = models.TextField(_("text in Dutch"))
    text_en = models.TextField(_("text in English"))
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    written_at = models.DateTimeField(default=timezone.now, editable=False)
    in_use_from = models.DateField(_("in use from"), null=True)
    put_in_use_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    put_in_use_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True


def put_in_use_by_somebody(name: str) -> models.CheckConstraint:
    """From which day it is in use, who put it there and when."""
    return models.CheckConstraint(
        name=name, condition=go_together("in_use_from", "put_in_use_by", "put_in_use_at")
    )


def in_both_languages(name: str, *fields: str) -> models.CheckConstraint:
    """What is in use has each of these in words; a draft may be half done."""
    filled = Q()
    for field in fields:
        filled &= ~Q(**{field: ""})
    return models.CheckConstraint(name=name, condition=Q(in_use_from__isnull=True) | filled)
