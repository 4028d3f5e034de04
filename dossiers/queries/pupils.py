"""My pupils: found, filtered and sorted from the permission rows of one person outwards.

The work grows with the number of own pupils, never with the school.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from access.models import User
from dossiers.models import Assignment, Dossier
from dossiers.queries.visible import dossiers_visible_to
from students.models import Group, GroupMembership, School
from students.queries import named_like
from students.queries.listing import by_column

SORTS = ("name", "group", "born")


@dataclass(frozen=True)
class Wanted:
    """What somebody asks of the list."""

    typed: str = ""
    group: Group | None = None
    school: School | None = None
    sort: str = "name"  # with a minus: the other way round


def my_pupils(user: User, *, on: date, wanted: Wanted) -> QuerySet[Dossier]:
    """The dossiers open to `user` that fit what was asked, in the order that was asked."""
    rows = named_like(dossiers_visible_to(user, on=on), wanted.typed, path="pupil__")
    if wanted.school is not None:
        rows = rows.filter(school=wanted.school)
    if wanted.group is not None:
        rows = rows.filter(Exists(_places(on).filter(group=wanted.group)))
    return _in_order(rows, wanted.sort, on)


def _places(on: date) -> QuerySet[GroupMembership]:
    """Today's places in groups of a dossier's pupil at its school."""
    return GroupMembership.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=on),
        enrolment__pupil=OuterRef("pupil"),
        enrolment__school=OuterRef("school"),
        starts_on__lte=on,
    )


def _in_order(rows: QuerySet[Dossier], sort: str, on: date) -> QuerySet[Dossier]:
    key = sort.removeprefix("-")
    column = "pupil__sort_name"
    if key == "group":
        named = _places(on).order_by("group__is_combined", "-starts_on").values("group__name")
        rows, column = rows.annotate(group_now=Subquery(named[:1])), "group_now"
    elif key == "born":
        column = "pupil__birth_date"
    return rows.order_by(by_column(column, sort), "pupil__sort_name", "pk")


def groups_of_my_pupils(user: User, *, on: date) -> QuerySet[Group]:
    """The groups my pupils are in today, to choose from.

    Own pupils are read first, as keys: joined in one statement, a table that PostgreSQL still
    believes empty (right after a first import) makes it try every pair, which takes minutes.
    """
    mine = list(dossiers_visible_to(user, on=on).values_list("pupil", "school"))
    places = GroupMembership.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=on),
        enrolment__pupil__in=[pupil for pupil, _school in mine],
        enrolment__school__in={school for _pupil, school in mine},
        starts_on__lte=on,
    )
    return Group.objects.filter(pk__in=places.values("group")).order_by("name", "pk")


def schools_of_my_pupils(user: User, *, on: date) -> QuerySet[School]:
    """The schools my pupils are at, to choose from."""
    mine = dossiers_visible_to(user, on=on).values("school")
    return School.objects.select_related("unit").filter(pk__in=mine).order_by("unit__name")


def assignments_to(
    user: User, dossiers: Iterable[Dossier], *, on: date
) -> dict[uuid.UUID, Assignment]:
    """On which assignment each dossier is open to `user`: the longest standing one that runs."""
    rows = Assignment.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=on),
        user=user,
        dossier__in=[dossier.pk for dossier in dossiers],
        starts_on__lte=on,
    )
    found: dict[uuid.UUID, Assignment] = {}
    for row in rows.order_by("starts_on", "assigned_at"):
        found.setdefault(row.dossier_id, row)
    return found
