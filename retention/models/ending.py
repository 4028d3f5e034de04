"""Which kinds of record of a dossier are destroyed already, while others still wait."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models

from retention.terms import OF_PUPILS


class EndedKind(models.Model):
    """One kind of record of a pupil at a school is gone. Goes itself with the pupil's last kind.

    The database takes a row only for an approved destruction item, so that nobody can hide a
    dossier from the lists.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # A plain key: the row must not stand in the way of what it tells of.
    dossier_id = models.UUIDField()
    kind = models.CharField(max_length=20, choices=[(k.code, k.label) for k in OF_PUPILS])
    ended_on = models.DateField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["dossier_id", "kind"], name="a_kind_of_record_ends_once"
            )
        ]

    def __str__(self) -> str:
        return f"ended kind {str(self.pk)[:8]}"
