"""Who left a school when, and which kinds of record are gone: what the lists start from."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from dossiers.models import Dossier
from retention.kinds import Kind
from retention.terms import OF_PUPILS
from students.models import Pupil, School

_BITS = {kind.code: 1 << place for place, kind in enumerate(OF_PUPILS)}


def bit_of(kind: Kind) -> int:
    """The bit that stands for a kind in `Leaver.gone`; `retention_bit` says the same in SQL."""
    return _BITS[kind.code]


def still_with(kind: Kind) -> list[int]:
    """Every value of `Leaver.gone` of who still has records of this kind."""
    return [gone for gone in range(1 << len(OF_PUPILS)) if not gone & bit_of(kind)]


class Leaver(models.Model):
    """A dossier of a pupil who left that school and did not return.

    The database writes it itself, from stays, dossiers and ended kinds, whenever one of these
    changes; nobody else may. Plain keys: the row must not stand in the way of what it tells of.
    """

    dossier = models.OneToOneField(
        Dossier,
        primary_key=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
    )
    pupil = models.ForeignKey(
        Pupil, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    school = models.ForeignKey(
        School, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    left_on = models.DateField()  # the last day of the last stay
    # The last day of the last child of any of the parents; none while one of them is at school.
    family_left_on = models.DateField(null=True)
    gone = models.SmallIntegerField()  # a bit for each kind that was destroyed

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["gone", "left_on"], name="leavers_by_day"),
            models.Index(fields=["gone", "family_left_on"], name="leavers_by_day_of_family"),
        ]

    def __str__(self) -> str:
        return f"leaver {str(self.pk)[:8]}"
