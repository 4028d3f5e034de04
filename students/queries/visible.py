"""Which pupils, enrolments and parents somebody may see for the administration of a school."""

from __future__ import annotations

from datetime import date
from typing import TypeVar

from django.db.models import Model, Prefetch, Q, QuerySet

from access.models import User
from access.permissions import Permission
from access.visibility import visibility_of
from students import names
from students.models import (
    Enrolment,
    GroupMembership,
    Parent,
    Parenthood,
    Pupil,
    Representative,
    School,
)

M = TypeVar("M", bound=Model)


@visibility_of(lambda: School.objects.select_related("unit", "board__unit"))
def schools_kept_by(rows: QuerySet[School], user: User, day: date) -> QuerySet[School]:
    """Schools whose administration `user` keeps: where they may change pupils' data."""
    return rows.filter(pk__in=user.units_with(Permission.MANAGE_PUPILS, day))


@visibility_of(lambda: School.objects.select_related("unit", "board__unit"))
def schools_administered_by(rows: QuerySet[School], user: User, day: date) -> QuerySet[School]:
    """Schools whose pupils `user` sees for the administration."""
    units = user.units_with(Permission.SEE_SCHOOL_PUPILS, day)
    return rows.filter(Q(pk__in=units) | Q(board__in=units))


def administered_schools(user: User, day: date) -> QuerySet[School]:
    """Schools whose pupils `user` sees for the administration."""
    units = user.units_with(Permission.SEE_SCHOOL_PUPILS, day)
    return School.objects.filter(Q(pk__in=units) | Q(board__in=units))


def _administered_pupils(user: User, day: date) -> QuerySet[Enrolment]:
    return Enrolment.objects.filter(school__in=administered_schools(user, day).values("pk"))


@visibility_of(Pupil.objects.all)
def pupils_visible_to(rows: QuerySet[Pupil], user: User, day: date) -> QuerySet[Pupil]:
    """Pupils, now or earlier, of the schools whose administration `user` sees; no dossiers."""
    return rows.filter(pk__in=_administered_pupils(user, day).values("pupil"))


@visibility_of(Pupil.objects.all)
def pupils_in_log_visible_to(rows: QuerySet[Pupil], user: User, day: date) -> QuerySet[Pupil]:
    """Pupils, now or earlier, of the schools whose log `user` reads: names beside rows."""
    units = user.units_with(Permission.READ_LOG, day)
    here = Enrolment.objects.filter(Q(school__in=units) | Q(school__board__in=units))
    return rows.filter(pk__in=here.values("pupil"))


@visibility_of(lambda: Enrolment.objects.select_related("pupil", "school__unit"))
def enrolments_visible_to(rows: QuerySet[Enrolment], user: User, day: date) -> QuerySet[Enrolment]:
    """Enrolments at the schools whose administration `user` sees; not those elsewhere."""
    return rows.filter(school__in=administered_schools(user, day).values("pk"))


def with_places(rows: QuerySet[Enrolment]) -> QuerySet[Enrolment]:
    """The same enrolments, each with its places in groups, the newest first."""
    places = GroupMembership.objects.select_related("group__school_year").order_by("-starts_on")
    return rows.select_related("location").prefetch_related(Prefetch("places", queryset=places))


@visibility_of(Parent.objects.all)
def parents_visible_to(rows: QuerySet[Parent], user: User, day: date) -> QuerySet[Parent]:
    """Parents of the pupils whose administration `user` sees."""
    pupils = _administered_pupils(user, day).values("pupil")
    links = Parenthood.objects.filter(withdrawn_at__isnull=True, pupil__in=pupils)
    return rows.filter(pk__in=links.values("parent"))


@visibility_of(lambda: Parenthood.objects.select_related("pupil", "parent"))
def parenthoods_visible_to(
    rows: QuerySet[Parenthood], user: User, day: date
) -> QuerySet[Parenthood]:
    """Links between parents and the pupils whose administration `user` sees."""
    return rows.filter(
        withdrawn_at__isnull=True, pupil__in=_administered_pupils(user, day).values("pupil")
    )


@visibility_of(lambda: Representative.objects.select_related("pupil"))
def representatives_visible_to(
    rows: QuerySet[Representative], user: User, day: date
) -> QuerySet[Representative]:
    """Representatives of the pupils whose administration `user` sees."""
    return rows.filter(pupil__in=_administered_pupils(user, day).values("pupil"))


def named_like(rows: QuerySet[M], typed: str, *, path: str = "") -> QuerySet[M]:
    """Narrows to names that hold every typed word's beginning; accents and prefixes don't count."""
    for word in names.search_words(typed):
        rows = rows.filter(**{f"{path}search_name__contains": f" {word}"})
    return rows
