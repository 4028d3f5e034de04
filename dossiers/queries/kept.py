"""What the keeper of the dossiers sees: readers and proposals, never content (P7)."""

from __future__ import annotations

import uuid
from datetime import date

from django.db.models import Q, QuerySet

from access.models import User
from access.permissions import Permission
from access.visibility import visibility_of
from dossiers.models import Assignment, AssignmentProposal, MedicalCustodian
from dossiers.queries.staffing import STAFF
from dossiers.queries.visible import VIEW, permissions_on
from students.models import Group, School


def _units(user: User, day: date) -> list[uuid.UUID]:
    return user.units_with(Permission.MANAGE_ASSIGNMENTS, day)


@visibility_of(lambda: School.objects.select_related("unit"))
def schools_with_kept_dossiers(rows: QuerySet[School], user: User, day: date) -> QuerySet[School]:
    """Schools whose dossiers `user` keeps, or whose board they serve."""
    units = _units(user, day)
    return rows.filter(Q(pk__in=units) | Q(board__in=units)).order_by("unit__name", "pk")


@visibility_of(lambda: Group.objects.select_related("school__unit", "school_year"))
def groups_kept_by(rows: QuerySet[Group], user: User, day: date) -> QuerySet[Group]:
    """Groups of those schools."""
    units = _units(user, day)
    return rows.filter(Q(school__in=units) | Q(school__board__in=units))


@visibility_of(
    lambda: Assignment.objects.select_related(
        "dossier__pupil", "dossier__school__unit", "user", "group__school_year", "assigned_by"
    )
)
def assignments_kept_by(rows: QuerySet[Assignment], user: User, day: date) -> QuerySet[Assignment]:
    """Assignments, now or earlier, to dossiers in `user`'s care as keeper."""
    units = _units(user, day)
    return rows.filter(Q(dossier__school__in=units) | Q(dossier__school__board__in=units))


@visibility_of(
    lambda: AssignmentProposal.objects.select_related(
        "dossier__pupil", "dossier__school__unit", "user", "group__school_year"
    )
)
def proposals_kept_by(
    rows: QuerySet[AssignmentProposal], user: User, day: date
) -> QuerySet[AssignmentProposal]:
    """Proposed assignments that wait for `user` or another keeper of the school."""
    units = _units(user, day)
    here = Q(dossier__school__in=units) | Q(dossier__school__board__in=units)
    return rows.filter(here, outcome=AssignmentProposal.Outcome.OPEN)


@visibility_of(lambda: MedicalCustodian.objects.select_related("school__unit", "user", "named_by"))
def stand_ins_kept_by(
    rows: QuerySet[MedicalCustodian], user: User, day: date
) -> QuerySet[MedicalCustodian]:
    """Who stands in for the school doctor at the schools `user` keeps."""
    units = _units(user, day)
    return rows.filter(Q(school__in=units) | Q(school__board__in=units))


@visibility_of(User.objects.all)
def colleagues_kept_by(rows: QuerySet[User], user: User, day: date) -> QuerySet[User]:
    """Everybody who works, worked or will work at the schools `user` keeps."""
    units = _units(user, day)
    here = Q(memberships__unit__in=units) | Q(memberships__unit__parent__in=units)
    staff = Q(memberships__unit__kind="school", memberships__role__in=STAFF)
    return rows.filter(here & staff).distinct()


@visibility_of(Assignment.objects.all)
def assignments_visible_to(
    rows: QuerySet[Assignment], user: User, day: date
) -> QuerySet[Assignment]:
    """Who else may open the dossiers that an assignment opens to `user` on `day`."""
    open_now = permissions_on(user, day, VIEW).values("content_object__dossier")
    return rows.filter(dossier__in=open_now).select_related("user", "assigned_by", "group")
