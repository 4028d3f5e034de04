"""Who may open a dossier: assigning and withdrawing."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from access import grants
from access.errors import NotAllowed, Refused
from access.models import User
from access.permissions import Permission
from audit.actions import record
from dossiers import events, rules
from dossiers.kinds import AssignmentKind
from dossiers.models import Assignment, Dossier, DossierPart, DossierPartPermission
from students.models import Group, Parenthood


def assign(
    *,
    dossier: Dossier,
    user: User,
    kind: AssignmentKind,
    starts_on: date,
    ends_on: date | None,
    reason: str,
    by: User,
    on: date,
    group: Group | None = None,
) -> Assignment:
    """Lets `user` open what `kind` reaches of `dossier`, from a day up to and including a day.

    Raises NotAllowed when `by` may not assign here (own child, themselves, not their school),
    Refused when the assignment itself breaks a rule. Source: P2, P7.
    """
    _may_assign(by=by, dossier=dossier, user=user, on=on)
    if not user.is_staff_on(max(on, starts_on)):
        raise Refused(_("Only staff of the school can be assigned."))
    assignment = Assignment(
        dossier=dossier,
        user=user,
        kind=kind,
        starts_on=starts_on,
        ends_on=ends_on,
        reason=reason,
        group=group,
        assigned_by=by,
    )
    _give(assignment)
    record(
        events.ASSIGNED,
        by=by,
        subjects=[dossier.pupil.log_key],
        unit=dossier.school_id,
        target=assignment,
        ground="custodian",
        detail={"user": str(user.pk), "kind": kind.value},
    )
    return assignment


def _give(assignment: Assignment) -> None:
    kind = AssignmentKind(assignment.kind)
    assignment.save(force_insert=True)
    parts = DossierPart.objects.filter(
        dossier=assignment.dossier, kind__in=[part.value for part in rules.REACHES[kind]]
    )
    codenames = ["view_dossierpart"] + (["change_dossierpart"] if rules.may_write(kind) else [])
    grants.grant(
        DossierPartPermission,
        grants.permission_rows(
            DossierPartPermission, assignment=assignment, objects=parts, codenames=codenames
        ),
    )


def withdraw_assignment(*, assignment: Assignment, by: User, on: date) -> None:
    """Ends an assignment at once: the next request of that person finds the door closed."""
    _may_assign(by=by, dossier=assignment.dossier, user=assignment.user, on=on)
    yesterday = max(on - timedelta(days=1), assignment.starts_on - timedelta(days=1))
    changed = Assignment.objects.filter(pk=assignment.pk, withdrawn_at__isnull=True).update(
        ends_on=yesterday, withdrawn_at=timezone.now(), withdrawn_by=by
    )
    if not changed:
        raise Refused(_("This assignment was already withdrawn."))
    grants.end_on(DossierPartPermission.objects.filter(assignment=assignment), last_day=yesterday)
    record(
        events.ASSIGNMENT_WITHDRAWN,
        by=by,
        subjects=[assignment.dossier.pupil.log_key],
        unit=assignment.dossier.school_id,
        target=assignment,
        changed=["ends_on"],
        ground="custodian",
    )


def _may_assign(*, by: User, dossier: Dossier, user: User, on: date) -> None:
    units = by.units_with(Permission.MANAGE_ASSIGNMENTS, on)
    here = {dossier.school_id, dossier.school.unit.parent_id}
    if not here & set(units) or by == user:
        raise NotAllowed
    if Parenthood.objects.filter(parent__user=by, pupil=dossier.pupil_id).exists():
        raise NotAllowed
