"""Pupils of whom nobody knows when they left: never due, so somebody must find out.

Rosters and groups tell of it. A place in a group lasts at most until its school year ends. Then
nobody has one until the school gives places anew, so having none says something only where most
pupils have one. Where most have none, that is one thing to do for the school, instead of a list of
everybody.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    When,
)
from django.db.models.functions import Coalesce, Least

from access.models import User
from access.permissions import Permission
from access.visibility import visibility_of
from retention.models import Absence
from students.models import (
    Enrolment,
    GroupMembership,
    Parenthood,
    PupilSourceKey,
    RosterImport,
    School,
)

ABSENT_FOR = timedelta(days=60)
_YEAR = timedelta(days=365)
_YEAR_END = "group__school_year__ends_on"


@visibility_of(lambda: Enrolment.objects.select_related("pupil", "school__unit"))
def without_leaving_date_visible_to(
    rows: QuerySet[Enrolment], user: User, day: date
) -> QuerySet[Enrolment]:
    """Enrolments of which `user` can say that they ended, and that look as if they did.

    Missing from the roster for 60 days, or for 60 days in no group: `absent_since` and
    `groupless_since` say from when. Never of an own child.
    """
    own = Parenthood.objects.filter(
        parent__user=user, withdrawn_at__isnull=True, pupil=OuterRef("pupil")
    )
    rows = rows.filter(
        ~Exists(own), school__in=user.units_with(Permission.MANAGE_PUPILS, day), ends_on=None
    )
    return gone_without_a_date(rows, on=day)


@visibility_of(lambda: School.objects.select_related("unit"))
def schools_without_groups_visible_to(
    rows: QuerySet[School], user: User, day: date
) -> QuerySet[School]:
    """Schools of `user` where nobody can see who left: most pupils are in no group, and for a year
    no roster was sent.
    """
    schools = rows.filter(pk__in=user.units_with(Permission.MANAGE_PUPILS, day))
    here = Enrolment.objects.filter(ends_on=None, starts_on__lte=day - ABSENT_FOR)
    return schools.filter(
        ~Q(pk__in=_placing(schools.values("pk"), day)),
        ~Q(pk__in=_rosters(day).values("school")),
        pk__in=here.values("school"),
    )


def gone_without_a_date(rows: QuerySet[Enrolment], *, on: date) -> QuerySet[Enrolment]:
    """Of these open enrolments those that look as if they ended 60 days ago or longer.

    Whose place only ended with its school year, or who never had one: where most others have one,
    and unless a roster knows them that would miss them.
    """
    long_ago = on - ABSENT_FOR
    absent = Absence.objects.filter(
        enrolment=OuterRef("pk"), ends_on__isnull=True, starts_on__lte=long_ago
    )
    since = absent.order_by().values("enrolment").annotate(day=Min("starts_on")).values("day")
    placing = _placing(rows.order_by().values("school"), on)
    rows = _with_last_place(rows).annotate(absent_since=Subquery(since))
    rosters = _rosters(on).filter(school=OuterRef("school"), source=OuterRef("system"))
    known = PupilSourceKey.objects.filter(
        Exists(rosters), pupil=OuterRef("pupil"), school=OuterRef("school")
    )
    stands_out = Q(was_taken_out=True) | (Q(school__in=placing) & ~Exists(known))
    return rows.filter(
        Q(absent_since__isnull=False) | (Q(last_seen__lte=long_ago) & stands_out)
    ).annotate(groupless_since=Case(When(last_seen__lte=on, then=F("last_seen"))))


def _rosters(on: date) -> QuerySet[RosterImport]:
    """Rosters of the last year: they tell whom they miss."""
    return RosterImport.objects.filter(
        kind=RosterImport.Kind.EDEXML, applied_at__date__gt=on - _YEAR
    )


def _with_last_place(rows: QuerySet[Enrolment]) -> QuerySet[Enrolment]:
    """Until when each was in a group, or else since when at school; did somebody end the place?"""
    early = ExpressionWrapper(Q(ends_on__lt=F(_YEAR_END)), output_field=BooleanField())
    places = GroupMembership.objects.filter(enrolment=OuterRef("pk")).annotate(
        until=Least("ends_on", _YEAR_END), early=early
    )
    last = places.order_by("-until", "early")
    return rows.annotate(
        last_place=Subquery(last.values("until")[:1]),
        was_taken_out=Subquery(last.values("early")[:1]),
        last_seen=Coalesce(F("last_place"), F("starts_on")),
    )


def _placing(schools: QuerySet[Any, Any], on: date) -> QuerySet[Any, Any]:
    """Of these schools those where most pupils of the last year have a place in a group.

    Who left without a word long ago does not count: they grow in number, year after year.
    """
    long_ago = on - ABSENT_FOR
    stays = Enrolment.objects.filter(ends_on=None, starts_on__lte=on, school__in=schools)
    numbers = (
        _with_last_place(stays)
        .order_by()
        .values("school")
        .annotate(
            there=Count("pk", filter=Q(last_place__gt=long_ago)),
            lately=Count("pk", filter=Q(last_seen__gt=long_ago - _YEAR)),
        )
    )
    return numbers.filter(lately__lt=2 * F("there")).values("school")
