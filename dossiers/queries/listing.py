"""My pupils: what somebody asks of the list, and the lines that answer it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from access.models import User
from dossiers.models import Assignment, Dossier
from dossiers.queries.reading import group_names
from dossiers.queries.visible import dossiers_visible_to
from students.models import Group, GroupMembership
from students.queries import named_like


@dataclass(frozen=True)
class MyPupilsWanted:
    """What is asked of my pupils: part of a name, a group, an order."""

    typed: str = ""
    group: uuid.UUID | None = None
    sort: str = "name"

    SORTS: ClassVar[tuple[str, ...]] = ("name", "group", "born")


@dataclass(frozen=True)
class MyPupilLine:
    """One line of my pupils: the dossier, today's group, and why it is open to me."""

    dossier: Dossier
    group: str
    assignment: Assignment | None


def my_pupils_listed(user: User, *, on: date, wanted: MyPupilsWanted) -> QuerySet[Dossier]:
    """The dossiers open to `user` that answer what is asked, in the order asked."""
    rows = named_like(dossiers_visible_to(user, on=on), wanted.typed, path="pupil__")
    places = _places(on).filter(
        enrolment__pupil=OuterRef("pupil"), enrolment__school=OuterRef("school")
    )
    if wanted.group:
        rows = rows.filter(Exists(places.filter(group=wanted.group)))
    by = wanted.sort.removeprefix("-")
    if by == "group":
        rows = rows.annotate(
            sorted_by=Subquery(places.order_by("group__name").values("group__name")[:1])
        )
    column = F({"group": "sorted_by", "born": "pupil__birth_date"}.get(by, "pupil__sort_name"))
    order = column.desc if wanted.sort.startswith("-") else column.asc
    return rows.order_by(order(nulls_last=True), "pupil__sort_name", "pk")


def groups_of_my_pupils(user: User, *, on: date) -> QuerySet[Group]:
    """The groups that the pupils of `user` are in on `on`."""
    mine = dossiers_visible_to(user, on=on).filter(
        pupil=OuterRef("enrolment__pupil"), school=OuterRef("enrolment__school")
    )
    places = _places(on).filter(Exists(mine))
    return Group.objects.filter(pk__in=places.values("group")).order_by("name")


def my_pupil_lines(user: User, dossiers: Iterable[Dossier], *, on: date) -> list[MyPupilLine]:
    """The lines of these dossiers: one query for the groups, one for the assignments."""
    shown = list(dossiers)
    groups = group_names(shown, on=on)
    reasons: dict[uuid.UUID, Assignment] = {}
    standing = Assignment.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=on),
        user=user,
        dossier__in=shown,
        starts_on__lte=on,
    )
    for assignment in standing.order_by("starts_on", "assigned_at"):
        reasons.setdefault(assignment.dossier_id, assignment)
    return [MyPupilLine(d, groups.get(d.pk, ""), reasons.get(d.pk)) for d in shown]


def _places(on: date) -> QuerySet[GroupMembership]:
    return GroupMembership.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=on), starts_on__lte=on
    )
