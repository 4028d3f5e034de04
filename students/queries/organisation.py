"""Schools, locations, school years and groups, for whoever looks after them."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet

from access.models import User
from access.permissions import Permission
from access.visibility import visibility_of
from students.models import Board, Group, Location, School, SchoolYear


def _units(user: User, day: date) -> list[object]:
    return list(user.units_with(Permission.SEE_ORGANISATION, day))


@visibility_of(lambda: Board.objects.select_related("unit"))
def boards_served_by(rows: QuerySet[Board], user: User, day: date) -> QuerySet[Board]:
    """Boards for which `user` sets school years and adds schools."""
    return rows.filter(pk__in=user.units_with(Permission.MANAGE_BOARD, day))


@visibility_of(lambda: School.objects.select_related("unit", "board__unit"))
def organisations_visible_to(rows: QuerySet[School], user: User, day: date) -> QuerySet[School]:
    """Schools whose locations and groups `user` looks after, or whose board they serve."""
    units = _units(user, day)
    return rows.filter(Q(pk__in=units) | Q(board__in=units))


@visibility_of(lambda: SchoolYear.objects.select_related("board__unit"))
def school_years_visible_to(
    rows: QuerySet[SchoolYear], user: User, day: date
) -> QuerySet[SchoolYear]:
    """The school years of the boards `user` works for."""
    units = _units(user, day)
    return rows.filter(Q(board__in=units) | Q(board__schools__in=units)).distinct()


@visibility_of(lambda: Location.objects.select_related("school__unit"))
def locations_visible_to(rows: QuerySet[Location], user: User, day: date) -> QuerySet[Location]:
    """Locations of the schools `user` looks after."""
    units = _units(user, day)
    return rows.filter(Q(school__in=units) | Q(school__board__in=units))


@visibility_of(lambda: Group.objects.select_related("school__unit", "school_year"))
def groups_visible_to(rows: QuerySet[Group], user: User, day: date) -> QuerySet[Group]:
    """Groups, of every school year, of the schools `user` looks after."""
    units = _units(user, day)
    return rows.filter(Q(school__in=units) | Q(school__board__in=units))


def other_schools_of_board(school: School) -> QuerySet[School]:
    """Where a pupil of `school` can be transferred to: no secret, every school has a sign."""
    return (
        School.objects.select_related("unit")
        .filter(board=school.board_id)
        .exclude(pk=school.pk)
        .order_by("unit__name")
    )
