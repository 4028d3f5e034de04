"""Pupils of whom nobody knows when they left: never due, so somebody must find out."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Exists, Min, OuterRef, Q, QuerySet, Subquery

from access.models import User
from access.permissions import Permission
from access.visibility import visibility_of
from retention.models import Absence
from students.models import Enrolment, GroupMembership, Parenthood

ABSENT_FOR = timedelta(days=60)


@visibility_of(lambda: Enrolment.objects.select_related("pupil", "school__unit"))
def without_leaving_date_visible_to(
    rows: QuerySet[Enrolment], user: User, day: date
) -> QuerySet[Enrolment]:
    """Enrolments of which `user` can say that they ended, and that look as if they did.

    Missing from the roster for 60 days, or for 60 days in no group any more: `absent_since` and
    `groupless_since` say from when. Never of an own child.
    """
    own = Parenthood.objects.filter(
        parent__user=user, withdrawn_at__isnull=True, pupil=OuterRef("pupil")
    )
    rows = rows.filter(
        ~Exists(own), school__in=user.units_with(Permission.MANAGE_PUPILS, day), ends_on=None
    )
    return gone_without_a_date(rows, on=day)


def gone_without_a_date(rows: QuerySet[Enrolment], *, on: date) -> QuerySet[Enrolment]:
    """Of these open enrolments those that look as if they ended 60 days ago or longer."""
    long_ago = on - ABSENT_FOR
    absent = Absence.objects.filter(
        enrolment=OuterRef("pk"), ends_on__isnull=True, starts_on__lte=long_ago
    )
    places = GroupMembership.objects.filter(enrolment=OuterRef("pk"))
    there = places.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=long_ago))
    was_there = places.filter(ends_on__lte=long_ago)
    since = absent.order_by().values("enrolment").annotate(day=Min("starts_on")).values("day")
    last = was_there.order_by("-ends_on").values("ends_on")[:1]
    return rows.filter(Exists(absent) | (Exists(was_there) & ~Exists(there))).annotate(
        absent_since=Subquery(since), groupless_since=Subquery(last)
    )
