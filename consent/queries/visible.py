"""Whose requests somebody may answer or record answers to."""

from __future__ import annotations

from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from access.models import User
from access.permissions import Permission
from access.visibility import visibility_of
from consent.models import Request
from students.models import Parenthood


def _requests() -> QuerySet[Request]:
    return Request.objects.select_related("pupil", "purpose", "text__purpose")


@visibility_of(_requests)
def own_requests_visible_to(rows: QuerySet[Request], user: User, day: date) -> QuerySet[Request]:
    """What `user` is asked: as parent of a child, while the link stands, or as pupil."""
    link = Parenthood.objects.filter(
        parent=OuterRef("parent"), pupil=OuterRef("pupil"), withdrawn_at__isnull=True
    )
    return rows.filter(
        Q(parent__user=user) & Exists(link) | Q(answers_as=Request.As.PUPIL, pupil__user=user)
    )


@visibility_of(_requests)
def requests_kept_by(rows: QuerySet[Request], user: User, day: date) -> QuerySet[Request]:
    """Requests of the schools where `user` records answers; never about an own child."""
    units = user.units_with(Permission.RECORD_CONSENT, day)
    own = Parenthood.objects.filter(
        parent__user=user, pupil=OuterRef("pupil"), withdrawn_at__isnull=True
    )
    return rows.filter(~Exists(own), school__in=units)
