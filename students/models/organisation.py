"""Boards, schools, locations, school years and groups."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from access.models import Unit


class Board(models.Model):
    """A school board (stichting). Its key is its unit's key."""

    unit = models.OneToOneField(Unit, primary_key=True, on_delete=models.PROTECT)
    # What a board decides about consent stands with each text: consent/models/purposes.py.

    def __str__(self) -> str:
        return self.unit.name

    @property
    def name(self) -> str:
        """The board's name."""
        return self.unit.name


class School(models.Model):
    """A school of a board. Its key is its unit's key."""

    class Region(models.TextChoices):
        """Holiday regions of the Ministry of Education."""

        NORTH = "noord", _("north")
        MIDDLE = "midden", _("middle")
        SOUTH = "zuid", _("south")

    unit = models.OneToOneField(Unit, primary_key=True, on_delete=models.PROTECT)
    board = models.ForeignKey(Board, on_delete=models.PROTECT, related_name="schools")
    brin = models.CharField(
        _("BRIN code"),
        max_length=6,
        unique=True,
        validators=[
            RegexValidator(r"^[0-9]{2}[A-Z]{2}([0-9]{2})?$", _("For example 12AB or 12AB01."))
        ],
    )
    region = models.CharField(_("holiday region"), max_length=10, choices=Region.choices)

    def __str__(self) -> str:
        return self.unit.name

    @property
    def name(self) -> str:
        """The school's name."""
        return self.unit.name


class Location(models.Model):
    """A building of a school (vestiging)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="locations")
    name = models.CharField(_("name"), max_length=64)
    source_key = models.CharField(max_length=256, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["school", "name"], name="one_location_per_name")
        ]

    def __str__(self) -> str:
        return self.name


class SchoolYear(models.Model):
    """A school year of a board: 1 August to 31 July unless the board set other dates."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    board = models.ForeignKey(Board, on_delete=models.PROTECT, related_name="school_years")
    name = models.CharField(_("school year"), max_length=9)  # 2026-2027
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("up to and including"))

    class Meta:
        ordering: ClassVar = ["starts_on"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["board", "name"], name="one_school_year_per_name"),
            models.CheckConstraint(
                name="a_school_year_ends_after_it_starts", condition=Q(ends_on__gt=F("starts_on"))
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Group(models.Model):
    """A group (class) of a school in one school year."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="groups")
    school_year = models.ForeignKey(SchoolYear, on_delete=models.PROTECT, related_name="groups")
    name = models.CharField(_("name"), max_length=64)
    year_group = models.CharField(_("year group"), max_length=2, blank=True)  # 0-8, H, S...
    is_combined = models.BooleanField(default=False)  # samengestelde_groep
    source_key = models.CharField(max_length=256, blank=True)

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["school", "school_year", "source_key"],
                condition=~Q(source_key=""),
                name="one_group_per_key_of_the_source",
            )
        ]

    def __str__(self) -> str:
        return self.name
