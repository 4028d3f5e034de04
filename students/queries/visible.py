"""Which pupils, enrolments and parents somebody may see for the administration of a school."""

from __future__ import annotations

from datetime import date
from typing import TypeVar

from django.db.models import Exists, Model, OuterRef, Prefetch, Q, QuerySet
from django.db.models.functions import TruncDate

from access.models import User
from access.permissions import Permission
from access.visibility import visibility_of
from students import names, rules
from students.models import (
    Authority,
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


def _known_here(
    rows: QuerySet[M], user: User, day: date, *, pupil: str, recorded: str
) -> QuerySet[M]:
    """What is recorded about the pupils of the schools whose administration `user` sees.

    The schools that keep a pupil now see all of it; one that the pupil left for another school
    sees what was recorded up to and including the last day there (rules.known_until, in SQL).
    """
    here = _administered_pupils(user, day).filter(pupil=OuterRef(pupil))
    later = (
        Enrolment.objects.filter(pupil=OuterRef("pupil"))
        .filter(Q(ends_on__isnull=True) | Q(ends_on__gt=OuterRef("ends_on")))
        .exclude(school__in=administered_schools(user, day).values("pk"))
    )
    seen = here.filter(
        Q(ends_on__isnull=True)
        | Q(ends_on__gte=day)
        | Q(ends_on__gte=OuterRef("recorded_on"))
        | ~Exists(later)
    )
    known: QuerySet[M] = rows.alias(recorded_on=TruncDate(recorded)).filter(Exists(seen))
    return known


@visibility_of(Parent.objects.all)
def parents_visible_to(rows: QuerySet[Parent], user: User, day: date) -> QuerySet[Parent]:
    """Parents of the pupils whose administration `user` sees, as far as that school knows them."""
    links = Parenthood.objects.filter(withdrawn_at__isnull=True)
    links = _known_here(links, user, day, pupil="pupil", recorded="created_at")
    return rows.filter(pk__in=links.values("parent"))


@visibility_of(lambda: Parenthood.objects.select_related("pupil", "parent"))
def parenthoods_visible_to(
    rows: QuerySet[Parenthood], user: User, day: date
) -> QuerySet[Parenthood]:
    """Links between parents and the pupils whose administration `user` sees.

    A school that the pupil left for another one sees those made up to the last day there.
    """
    rows = rows.filter(withdrawn_at__isnull=True)
    return _known_here(rows, user, day, pupil="pupil", recorded="created_at")


@visibility_of(Authority.objects.all)
def authorities_visible_to(rows: QuerySet[Authority], user: User, day: date) -> QuerySet[Authority]:
    """What is recorded about authority over those pupils, in the same way."""
    return _known_here(rows, user, day, pupil="parenthood__pupil", recorded="recorded_at")


@visibility_of(lambda: Representative.objects.select_related("pupil"))
def representatives_visible_to(
    rows: QuerySet[Representative], user: User, day: date
) -> QuerySet[Representative]:
    """Representatives of the pupils whose administration `user` sees, in the same way."""
    return _known_here(rows, user, day, pupil="pupil", recorded="recorded_at")


def last_day_known(user: User, pupil: Pupil, day: date) -> date | None:
    """The last day of which `user`'s schools know what was recorded about a pupil; none: all."""
    mine = Exists(administered_schools(user, day).filter(pk=OuterRef("school")))
    stays = Enrolment.objects.filter(pupil=pupil).annotate(is_mine=mine)
    rows = list(stays.values_list("school_id", "ends_on", "is_mine"))
    schools = {school for school, _last_day, is_mine in rows if is_mine}
    return rules.known_until([row[:2] for row in rows], schools, day)


def named_like(rows: QuerySet[M], typed: str, *, path: str = "") -> QuerySet[M]:
    """Narrows to names that hold every typed word's beginning; accents and prefixes don't count."""
    for word in names.search_words(typed):
        rows = rows.filter(**{f"{path}search_name__contains": f" {word}"})
    return rows
