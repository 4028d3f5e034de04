"""Which pupils and parents somebody may see for the administration of a school."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet

from access.models import User
from access.permissions import Permission
from access.visibility import visibility_of
from students import names
from students.models import Parent, Pupil, School


@visibility_of(lambda: School.objects.select_related("unit", "board__unit"))
def schools_visible_to(rows: QuerySet[School], user: User, day: date) -> QuerySet[School]:
    """Schools where `user` holds a staff role, or whose board they serve."""
    units = [m.unit_id for m in user.memberships_on(day) if m.role_class.is_staff]
    return rows.filter(Q(pk__in=units) | Q(board__in=units))


@visibility_of(Pupil.objects.all)
def pupils_visible_to(rows: QuerySet[Pupil], user: User, day: date) -> QuerySet[Pupil]:
    """Pupils, now or earlier, of the schools whose administration `user` sees; no dossiers."""
    units = user.units_with(Permission.SEE_SCHOOL_PUPILS, day)
    return rows.filter(
        Q(enrolments__school__in=units) | Q(enrolments__school__board__in=units)
    ).distinct()


@visibility_of(Parent.objects.all)
def parents_visible_to(rows: QuerySet[Parent], user: User, day: date) -> QuerySet[Parent]:
    """Parents of the pupils whose administration `user` sees."""
    units = user.units_with(Permission.SEE_SCHOOL_PUPILS, day)
    return rows.filter(
        Q(children__pupil__enrolments__school__in=units)
        | Q(children__pupil__enrolments__school__board__in=units)
    ).distinct()


def named_like(rows: QuerySet[Pupil], typed: str, *, path: str = "") -> QuerySet[Pupil]:
    """Narrows to names that hold every typed word's beginning; accents and prefixes don't count."""
    for word in names.search_words(typed):
        rows = rows.filter(**{f"{path}search_name__contains": f" {word}"})
    return rows
