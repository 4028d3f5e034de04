"""Pupils, the keys they have in other systems, enrolments and places in groups."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from students.models.named import Named
from students.models.organisation import Board, Group, Location, School
from students.models.sources import SourceKey


class Pupil(Named):
    """A pupil of a board, with no more than guidance needs (P24): names and a birth date.

    `log_key` is how the log points at the pupil; it dies with this row. So does `family_key`, with
    which the log hides who of the family did something about this pupil (audit/veils.py).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    log_key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    family_key = models.UUIDField(
        default=uuid.uuid4, db_default=Func(function="gen_random_uuid"), editable=False
    )
    board = models.ForeignKey(Board, on_delete=models.PROTECT, related_name="pupils")
    given_names = models.CharField(_("given names"), max_length=200, blank=True)
    birth_date = models.DateField(_("date of birth"), null=True, blank=True)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT
    )

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="a_pupil_has_a_first_name_or_a_surname",
                condition=~Q(first_name="") | ~Q(surname=""),
            )
        ]
        indexes: ClassVar = [models.Index(fields=["board", "sort_name", "id"])]

    def __str__(self) -> str:
        return f"pupil {str(self.pk)[:8]}"

    @property
    def said_first(self) -> str:
        """What people call them; a roster may know the given names alone."""
        return self.first_name or self.given_names

    @property
    def found_by(self) -> tuple[str, ...]:
        """The names by which they are found."""
        return (self.first_name, self.given_names, self.surname)


class PupilSourceKey(SourceKey):
    """The key of a pupil in a pupil-tracking system, per school: what the roster matches on."""

    pupil = models.ForeignKey(Pupil, on_delete=models.CASCADE, related_name="source_keys")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["school", "system", "key"], name="one_pupil_per_key_of_the_source"
            )
        ]


class Enrolment(models.Model):
    """A pupil at a school; `ends_on` is the real leaving date, the last day at school."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    pupil = models.ForeignKey(Pupil, on_delete=models.CASCADE, related_name="enrolments")
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="enrolments")
    location = models.ForeignKey(Location, null=True, blank=True, on_delete=models.PROTECT)
    starts_on = models.DateField(_("enrolled since"))
    ends_on = models.DateField(_("left on"), null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["starts_on"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["pupil", "school"],
                condition=Q(ends_on__isnull=True),
                name="one_open_enrolment_per_pupil_and_school",
            ),
            models.CheckConstraint(
                name="an_enrolment_ends_after_it_starts",
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["school", "ends_on"])]

    def __str__(self) -> str:
        return f"enrolment {str(self.pk)[:8]}"


class GroupMembership(models.Model):
    """A pupil's place in a group, from a day up to and including a day."""

    id = models.BigAutoField(primary_key=True)
    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="places")
    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="places")
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("up to and including"), null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["enrolment", "group"],
                condition=Q(ends_on__isnull=True),
                name="one_open_place_per_pupil_and_group",
            ),
            models.CheckConstraint(
                name="a_place_in_a_group_ends_after_it_starts",
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on") - 1),
            ),
        ]

    def __str__(self) -> str:
        return f"place {self.pk}"
