"""Who may open one dossier: assigning, another end, withdrawing (P2, P6, P7)."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from access.errors import Overtaken, Refused
from access.models import User
from audit.actions import record
from audit.grounds import Ground
from dossiers import events
from dossiers.actions.giving import Weighing, close, give, raise_for, unsaved, wait_for_turn
from dossiers.kinds import AssignmentKind
from dossiers.models import Assignment, Dossier
from dossiers.rules import REACHES
from dossiers.rules.assigning import Wanted
from students.models import Group


@transaction.atomic
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

    Without a last day it ends where a rule ends it: with the membership's end, 30 days after the
    pupil left, or with the group's school year. Raises NotAllowed when `by` may not assign here
    (own child, themselves, not their school), Refused when the assignment breaks a rule.
    """
    wait_for_turn(dossier.school_id)
    weighing = Weighing.of(dossier.school, [dossier], on=on, group=group)
    raise_for(weighing.why_not_by(by, user.pk, dossier, on))
    wanted = weighing.settle(Wanted(kind, starts_on, ends_on, reason), user.pk, dossier)
    if _stands_already(dossier, user, wanted, group):
        raise Refused(_("This person is already assigned to this pupil in that time."))
    assignment = unsaved(dossier=dossier, user=user, wanted=wanted, by=by, group=group)
    give([assignment])
    record(
        events.ASSIGNED,
        by=by,
        subjects=[dossier.pupil.log_key],
        unit=dossier.school_id,
        target=assignment,
        ground=Ground.CUSTODIAN,
        detail={"user": str(user.pk), "kind": kind.value},
    )
    return assignment


@transaction.atomic
def withdraw_assignment(*, assignment: Assignment, by: User, on: date) -> None:
    """Ends an assignment at once: the next request of that person finds the door closed."""
    wait_for_turn(assignment.dossier.school_id)
    _may_end(assignment, by=by, on=on)
    if not close(assignment=assignment, by=by, on=on):
        raise Overtaken(_("This assignment has already ended. Nothing else changed."))
    record(
        events.ASSIGNMENT_WITHDRAWN,
        by=by,
        subjects=[assignment.dossier.pupil.log_key],
        unit=assignment.dossier.school_id,
        target=assignment,
        changed=["ends_on"],
        ground=Ground.CUSTODIAN,
        detail={"user": str(assignment.user_id)},
    )


@transaction.atomic
def change_end(
    *, assignment: Assignment, ends_on: date | None, reason: str, by: User, on: date
) -> Assignment:
    """Gives an assignment another last day: the old one stays as history, a new one follows it.

    The rules are asked again, as for a new assignment.
    """
    dossier = assignment.dossier
    wait_for_turn(dossier.school_id)
    _may_end(assignment, by=by, on=on)
    group = assignment.group
    weighing = Weighing.of(dossier.school, [dossier], on=on, group=group)
    raise_for(weighing.why_not_by(by, assignment.user_id, dossier, on))
    kind, starts_on = AssignmentKind(assignment.kind), max(on, assignment.starts_on)
    wanted = weighing.settle(Wanted(kind, starts_on, ends_on, reason), assignment.user_id, dossier)
    if not close(assignment=assignment, by=by, on=on):
        raise Overtaken(_("This assignment has already ended. Nothing else changed."))
    following = unsaved(dossier=dossier, user=assignment.user, wanted=wanted, by=by, group=group)
    following.replaces = assignment
    give([following])
    record(
        events.ASSIGNMENT_CHANGED,
        by=by,
        subjects=[dossier.pupil.log_key],
        unit=dossier.school_id,
        target=following,
        changed=["ends_on"],
        ground=Ground.CUSTODIAN,
        detail={"user": str(assignment.user_id), "replaces": str(assignment.pk)},
    )
    return following


def _stands_already(dossier: Dossier, user: User, wanted: Wanted, group: Group | None) -> bool:
    """Whether what is wanted overlaps one given for the same group, or adds nothing at all."""
    alike = [kind.value for kind, parts in REACHES.items() if parts == REACHES[wanted.kind]]
    rows = Assignment.objects.filter(dossier=dossier, user=user, withdrawn_at__isnull=True)
    ends = wanted.ends_on or date.max
    overlaps = (
        Q(kind=wanted.kind.value, group=group, starts_on__lte=ends)
        & (Q(ends_on__isnull=True) | Q(ends_on__gte=wanted.starts_on))
        & (Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")))
    )
    holds = Q(kind__in=alike, starts_on__lte=wanted.starts_on) & (
        Q(ends_on__isnull=True) | Q(ends_on__gte=ends)
    )
    return rows.filter(overlaps | holds).exists()


def _may_end(assignment: Assignment, *, by: User, on: date) -> None:
    dossier = assignment.dossier
    weighing = Weighing.of(dossier.school, [dossier], on=on)
    raise_for(weighing.why_not_ended_by(by, assignment, on))
