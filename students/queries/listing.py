"""The list of a school's pupils: what is asked for, and which rows answer it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet
from django.db.models.expressions import OrderBy

from access.models import User
from students.models import Enrolment, GroupMembership
from students.queries.visible import administered_schools, enrolments_visible_to, named_like


@dataclass(frozen=True)
class Wanted:
    """What somebody asks of the list; the same for the screen, the print and the export."""

    typed: str = ""
    school: uuid.UUID | None = None
    group: uuid.UUID | None = None
    state: str = "now"
    sort: str = "name"

    SORTS: ClassVar[dict[str, str]] = {
        "name": "pupil__sort_name",
        "born": "pupil__birth_date",
        "since": "starts_on",
    }


def listed(user: User, *, on: date, wanted: Wanted) -> QuerySet[Enrolment]:
    """One row per pupil and school, the latest enrolment; all lists, prints and exports start here.

    `groups_now` of each row are its places in groups on `on`, or on the last day at school.
    """
    rows = _in_state(enrolments_visible_to(user, on=on), wanted.state, on)
    if wanted.school:
        rows = rows.filter(school=wanted.school)
    if wanted.group:
        places = GroupMembership.objects.filter(_counts(on), group=wanted.group)
        rows = rows.filter(pk__in=places.values("enrolment"))
    rows = named_like(_of_one_board(rows, user, on), wanted.typed, path="pupil__")
    return rows.order_by(*_order(wanted.sort)).prefetch_related(
        Prefetch(
            "places",
            queryset=GroupMembership.objects.filter(_counts(on))
            .select_related("group")
            .order_by("group__name"),
            to_attr="groups_now",
        )
    )


def _order(sort: str) -> list[OrderBy | str]:
    """The column asked for, then as the index of names runs: 30 of 100 000 come without sorting."""
    by_name: list[OrderBy | str] = ["pupil__sort_name", "pupil_id", "pk"]
    if sort == "name":
        return by_name
    if sort == "-name":
        return [f"-{column}" for column in ("pupil__sort_name", "pupil_id", "pk")]
    column = Wanted.SORTS.get(sort.removeprefix("-"), "pupil__sort_name")
    return [by_column(column, sort), *by_name]


def by_column(column: str, sort: str) -> OrderBy:
    """A column up, or down where `sort` begins with a minus; what is not known stands last."""
    down = sort.startswith("-")
    return F(column).desc(nulls_last=True) if down else F(column).asc(nulls_last=True)


def _of_one_board(rows: QuerySet[Enrolment], user: User, on: date) -> QuerySet[Enrolment]:
    """Says the board, when there is but one, so that the index of names by board can be used."""
    boards = set(administered_schools(user, on).values_list("board_id", flat=True))
    return rows.filter(pupil__board=boards.pop()) if len(boards) == 1 else rows


def _counts(on: date) -> Q:
    """Places that count on `on`, or that lasted until the pupil left."""
    now = Q(starts_on__lte=on) & (Q(ends_on__isnull=True) | Q(ends_on__gte=on))
    return now | Q(ends_on=F("enrolment__ends_on"))


def _in_state(rows: QuerySet[Enrolment], state: str, on: date) -> QuerySet[Enrolment]:
    now = rows.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=on), starts_on__lte=on)
    if state == "now":
        return now
    if state == "ageless":
        return now.filter(pupil__birth_date__isnull=True)
    if state == "groupless":
        places = GroupMembership.objects.filter(
            Q(ends_on__isnull=True) | Q(ends_on__gte=on), starts_on__lte=on
        )
        return now.filter(~Exists(places.filter(enrolment=OuterRef("pk"))))
    if state == "later":
        return rows.filter(starts_on__gt=on)
    later = Enrolment.objects.filter(
        pupil=OuterRef("pupil"), school=OuterRef("school"), starts_on__gt=OuterRef("starts_on")
    )
    rows = rows.filter(~Exists(later))
    return rows.filter(ends_on__lt=on) if state == "left" else rows
