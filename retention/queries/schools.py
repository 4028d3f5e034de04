"""At which schools somebody sees what falls due."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet

from access.models import User
from access.permissions import Permission
from access.visibility import visibility_of
from students.models import School


@visibility_of(lambda: School.objects.select_related("unit", "board__unit"))
def schools_falling_due_visible_to(
    rows: QuerySet[School], user: User, day: date
) -> QuerySet[School]:
    """Schools of which `user` sees how much falls due when: numbers, no pupils."""
    units = user.units_with(Permission.SEE_RETENTION, day)
    return rows.filter(Q(pk__in=units) | Q(board__in=units))
