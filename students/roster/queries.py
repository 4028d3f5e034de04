"""Which imports, lines and proposals somebody may see."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, timedelta

from django.db import connection
from django.db.models import Count, Prefetch, Q, QuerySet
from django.db.models.functions import Now

from access.models import User
from access.permissions import Permission
from access.visibility import visibility_of
from students.models import (
    CounsellorProposal,
    Group,
    RosterImport,
    RosterLine,
    RosterProgress,
    School,
)
from students.queries import parenthoods_visible_to, parents_visible_to, pupils_visible_to
from students.roster.plan import ANSWERS_TO, Subject
from students.roster.presenting import People


def _at(user: User, permission: Permission, day: date) -> QuerySet[School]:
    units = user.units_with(permission, day)
    return School.objects.filter(Q(pk__in=units) | Q(board__in=units))


@visibility_of(lambda: School.objects.select_related("unit"))
def schools_importable_by(rows: QuerySet[School], user: User, day: date) -> QuerySet[School]:
    """Schools whose roster `user` keeps."""
    return rows.filter(pk__in=_at(user, Permission.IMPORT_ROSTER, day).values("pk"))


@visibility_of(
    lambda: RosterImport.objects.select_related(
        "school__unit", "read_by", "approved_by", "cancelled_by"
    )
)
def imports_visible_to(
    rows: QuerySet[RosterImport], user: User, day: date
) -> QuerySet[RosterImport]:
    """Imports of the schools whose roster `user` keeps."""
    return rows.filter(school__in=_at(user, Permission.IMPORT_ROSTER, day).values("pk"))


@visibility_of(RosterLine.objects.all)
def lines_visible_to(rows: QuerySet[RosterLine], user: User, day: date) -> QuerySet[RosterLine]:
    """Lines of plans for the schools whose roster `user` keeps."""
    schools = _at(user, Permission.IMPORT_ROSTER, day).values("pk")
    return rows.filter(roster_import__school__in=schools)


@visibility_of(
    lambda: CounsellorProposal.objects.select_related("school__unit", "school_year", "group")
)
def proposals_visible_to(
    rows: QuerySet[CounsellorProposal], user: User, day: date
) -> QuerySet[CounsellorProposal]:
    """Proposed counsellors of the schools whose director (or deputy) `user` is."""
    return rows.filter(school__in=_at(user, Permission.CONFIRM_PROPOSALS, day).values("pk"))


def proposals_to_confirm(user: User, *, on: date) -> QuerySet[CounsellorProposal]:
    """Proposals that wait for `user`, of this school year and the one to come."""
    return proposals_visible_to(user, on=on).filter(
        state=CounsellorProposal.State.PROPOSED, school_year__ends_on__gte=on
    )


def questions_of(roster_import: RosterImport, user: User, *, on: date) -> dict[str, dict[str, int]]:
    """For doubtful and missing: how many lines there are, and how many wait for an answer."""
    rows = (
        lines_visible_to(user, on=on)
        .filter(roster_import=roster_import, change__in=ANSWERS_TO)
        .values("change")
        .annotate(total=Count("pk"), waiting=Count("pk", filter=Q(answer="")))
        .order_by("change")
    )
    return {row["change"]: {"total": row["total"], "open": row["waiting"]} for row in rows}


def people_on(rows: Sequence[RosterLine], user: User, *, on: date) -> People:
    """Whom these lines are about, as far as `user` may see them; three queries and the groups."""
    keys = {key for row in rows for key in (row.target, *row.candidates)}
    keys |= {str(row.after.get(name) or "") for row in rows for name in ("pupil", "parent")}
    ids = [uuid.UUID(key) for key in keys if key and not key.startswith("line:")]
    children = parenthoods_visible_to(user, on=on)
    parents = parents_visible_to(user, on=on).filter(pk__in=ids)
    return People(
        pupils={str(one.pk): one for one in pupils_visible_to(user, on=on).filter(pk__in=ids)},
        parents={
            str(one.pk): one for one in parents.prefetch_related(Prefetch("children", children))
        },
        groups=_group_names(rows),
    )


def _group_names(rows: Sequence[RosterLine]) -> dict[str, str]:
    """Names by key: of groups that are here, and of those that the plan makes."""
    if not rows:
        return {}
    roster_import = rows[0].roster_import
    here = Group.objects.filter(school=roster_import.school).exclude(source_key="")
    names = dict(here.order_by("school_year__starts_on").values_list("source_key", "name"))
    planned = RosterLine.objects.filter(roster_import=roster_import, subject=Subject.GROUP)
    names.update({line.key: str(line.after.get("name", line.key)) for line in planned})
    return names


def worker_is_there() -> bool:
    """Whether a worker looked for jobs less than half a minute ago."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select exists (select from procrastinate_workers"
            " where last_heartbeat > now() - interval '30 seconds')"
        )
        return bool(cursor.fetchone()[0])


def is_standing_still(roster_import: RosterImport, *, seconds: int = 60) -> bool:
    """Whether nothing was heard of an approved import for a while: it may be started again."""
    return not RosterProgress.objects.filter(
        roster_import=roster_import, updated_at__gt=Now() - timedelta(seconds=seconds)
    ).exists()
