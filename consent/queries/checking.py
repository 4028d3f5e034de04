"""Whom somebody may check before a picture is used, and the checks of their school."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, QuerySet

from access.models import User
from access.permissions import Permission
from access.visibility import visibility_of
from consent.models import Check, CheckedPupil
from consent.queries.effects import effects_of
from consent.queries.stays import group_names, places_on, stays_on
from consent.queries.texts import is_in_use
from consent.sentences import for_staff
from students.models import Group, Parenthood, Pupil, School
from students.queries import named_like


def _units(user: User, day: date) -> list[uuid.UUID]:
    return user.units_with(Permission.CHECK_CONSENT, day)


@visibility_of(lambda: School.objects.select_related("unit"))
def schools_to_check_visible_to(rows: QuerySet[School], user: User, day: date) -> QuerySet[School]:
    """Schools where `user` works."""
    return rows.filter(pk__in=_units(user, day))


@visibility_of(lambda: Group.objects.select_related("school__unit"))
def groups_to_check_visible_to(rows: QuerySet[Group], user: User, day: date) -> QuerySet[Group]:
    """Groups of this school year at the schools where `user` works."""
    return rows.filter(
        school__in=_units(user, day),
        school_year__starts_on__lte=day,
        school_year__ends_on__gte=day,
    )


@visibility_of(Pupil.objects.all)
def pupils_to_check_visible_to(rows: QuerySet[Pupil], user: User, day: date) -> QuerySet[Pupil]:
    """Pupils who are today at a school where `user` works."""
    stays = stays_on(day).filter(pupil=OuterRef("pk"), school__in=_units(user, day))
    return rows.filter(Exists(stays))


@visibility_of(
    lambda: Check.objects.select_related("school__unit", "purpose", "text__purpose", "checked_by")
)
def checks_visible_to(rows: QuerySet[Check], user: User, day: date) -> QuerySet[Check]:
    """Checks of the schools where `user` works: everybody there may ask the same."""
    return rows.filter(school__in=_units(user, day))


def pupils_chosen(
    user: User, *, on: date, school: School, groups: Iterable[Group], typed: str
) -> QuerySet[Pupil]:
    """Pupils of these groups (none: of the whole school) whose name begins as typed."""
    stays = stays_on(on).filter(pupil=OuterRef("pk"), school=school)
    wanted = list(groups)
    if wanted:
        places = places_on(on).filter(group__in=wanted)
        stays = stays.filter(pk__in=places.values("enrolment"))
    rows = pupils_to_check_visible_to(user, on=on).filter(Exists(stays))
    return named_like(rows, typed).order_by("sort_name", "pk")


@dataclass(frozen=True)
class CheckLine:
    """One pupil of a check: what was found then, why as far as the reader may know, and now."""

    pupil: Pupil
    group: str
    is_allowed: bool
    reason: str
    has_changed: bool


def lines_of(check: Check, user: User, *, on: date) -> list[CheckLine]:
    """The pupils of a check by name, in a fixed number of queries.

    Reasons for who reads consent at that school, and never about the own child: they tell what
    the other parent answered. `has_changed`: asked again now, another outcome came out. A text
    that was replaced, or is asked no more, allows nothing.
    """
    rows = list(
        CheckedPupil.objects.filter(check_made=check)
        .select_related("pupil")
        .order_by("pupil__sort_name", "pupil_id")
    )
    pupils = [row.pupil for row in rows]
    effects = effects_of(pupils, [check.text], school_id=check.school_id, on=check.day)
    is_asked = is_in_use(check.text, check.day)
    reads = check.school_id in user.units_with(Permission.READ_CONSENT, on)
    own = set(
        Parenthood.objects.filter(
            parent__user=user, pupil__in=pupils, withdrawn_at__isnull=True
        ).values_list("pupil_id", flat=True)
    )
    groups = group_names(pupils, check.school_id, on=on)
    found = []
    for row in rows:
        effect = effects[row.pupil_id, check.purpose_id]
        is_told = is_asked and reads and row.pupil_id not in own
        found.append(
            CheckLine(
                pupil=row.pupil,
                group=groups.get(row.pupil_id, ""),
                is_allowed=row.is_allowed,
                reason=for_staff(effect) if is_told else "",
                has_changed=(is_asked and effect.is_allowed) is not row.is_allowed,
            )
        )
    return found
