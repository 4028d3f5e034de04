"""Who is to be written to, and the letters that were made."""

from __future__ import annotations

import uuid
from datetime import date

from django.db.models import QuerySet

from access.models import User
from access.permissions import Permission
from access.visibility import visibility_of
from consent.models import LetterFile, LetterRun
from consent.queries.reaching import Part, Reach, ToTell, people_to_tell
from students.models import Group, Parenthood, School


@visibility_of(lambda: LetterRun.objects.select_related("school__unit", "group", "started_by"))
def letter_runs_visible_to(rows: QuerySet[LetterRun], user: User, day: date) -> QuerySet[LetterRun]:
    """Letters asked for at the schools where `user` keeps consent."""
    return rows.filter(school__in=user.units_with(Permission.RECORD_CONSENT, day))


@visibility_of(lambda: LetterFile.objects.select_related("run__school__unit").defer("sealed"))
def own_letters_visible_to(
    rows: QuerySet[LetterFile], user: User, day: date
) -> QuerySet[LetterFile]:
    """Files of letters that `user` had made, as long as the role lasts."""
    units = user.units_with(Permission.RECORD_CONSENT, day)
    return rows.filter(run__school__in=units, run__started_by=user)


def people_to_write_to(
    school: School, user: User, *, on: date, group: Group | None = None
) -> list[ToTell]:
    """Everybody with something open who is not reached by mail, as far as `user` handles them.

    Never the parents of an own child: a letter opens all that the other parent sees.
    """
    mine = parents_of_own_children(user)
    return [
        one
        for one in people_to_tell(school, on=on, part=Part(group=group))
        if one.reach is not Reach.MAIL and (one.parent is None or one.parent.pk not in mine)
    ]


def groups_now(school: School, on: date) -> QuerySet[Group]:
    """The groups of a school in the school year that runs."""
    rows = Group.objects.filter(
        school=school, school_year__starts_on__lte=on, school_year__ends_on__gte=on
    )
    return rows.order_by("name", "pk")


def parents_of_own_children(user: User) -> set[uuid.UUID]:
    """Parents of the children of `user`, themselves included."""
    own = Parenthood.objects.filter(parent__user=user, withdrawn_at__isnull=True)
    links = Parenthood.objects.filter(pupil__in=own.values("pupil"))
    return set(links.values_list("parent_id", flat=True))
