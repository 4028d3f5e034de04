"""A whole group at once: dated assignments per pupil, one event that names them all."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from access.errors import NotAllowed, Overtaken, Refused
from access.models import User
from audit.actions import record
from audit.events import Event
from audit.grounds import Ground
from dossiers import events
from dossiers.actions.giving import (
    SENTENCES,
    Weighing,
    close,
    end_on,
    give,
    raise_for,
    unsaved,
    wait_for_turn,
)
from dossiers.kinds import AssignmentKind
from dossiers.models import Assignment, Dossier
from dossiers.queries.groups import dossiers_of_group
from dossiers.rules.assigning import No, Wanted, last_day, why_not
from students.models import Group


@dataclass
class Given:
    """What an action on a group did: given, and who was left out by a rule."""

    assignments: list[Assignment] = field(default_factory=list)
    left_out: list[tuple[Dossier, No]] = field(default_factory=list)
    ended: list[Assignment] = field(default_factory=list)

    @property
    def dossiers(self) -> list[Dossier]:
        """Every dossier whose readers changed, once."""
        return list({a.dossier_id: a.dossier for a in [*self.assignments, *self.ended]}.values())


@transaction.atomic
def assign_group(*, group: Group, user: User, wanted: Wanted, by: User, on: date) -> Given:
    """Assigns `user` to each pupil of the group, except where a rule says no for that pupil.

    A pupil to whom they are already assigned for this group is passed over, so that sending the
    form twice gives nothing twice. Raises Refused when nothing is left to give.
    """
    wait_for_turn(group.school_id)
    dossiers = list(dossiers_of_group(group, on=max(on, wanted.starts_on)))
    weighing = Weighing.of(group.school, dossiers, on=on, group=group)
    given = weigh_group(
        group=group, dossiers=dossiers, weighing=weighing, user=user, wanted=wanted, by=by, on=on
    )
    if not given.assignments:
        raise Refused(_("This person is already assigned to every pupil of the group."))
    give(given.assignments)
    _record(events.GROUP_ASSIGNED, group, given, by=by, users=[user.pk], kind=wanted.kind)
    return given


@transaction.atomic
def withdraw_from_group(*, group: Group, user: User, by: User, on: date) -> Given:
    """Ends at once what `user` was given for this group."""
    wait_for_turn(group.school_id)
    given = Given()
    _end_for_group(group, user, given, last_day=None, by=by, on=on)
    if not given.ended:
        raise Overtaken(_("Nothing is open for this person in this group. Nothing was changed."))
    _record(events.GROUP_WITHDRAWN, group, given, by=by, users=[user.pk])
    return given


@transaction.atomic
def hand_over_group(
    *, group: Group, leaving: User, coming: User, starts_on: date, reason: str, by: User, on: date
) -> Given:
    """Ends what `leaving` has for the group the day before `coming` starts with its pupils."""
    wait_for_turn(group.school_id)
    dossiers = list(dossiers_of_group(group, on=max(on, starts_on)))
    weighing = Weighing.of(group.school, dossiers, on=on, group=group)
    wanted = Wanted(AssignmentKind.COUNSELLOR, starts_on, None, reason)
    given = weigh_group(
        group=group, dossiers=dossiers, weighing=weighing, user=coming, wanted=wanted, by=by, on=on
    )
    last = starts_on - timedelta(days=1)
    _end_for_group(group, leaving, given, last_day=last if last >= on else None, by=by, on=on)
    if not given.ended:
        raise Overtaken(_("Nothing is open for this person in this group. Nothing was changed."))
    give(given.assignments)
    users = [leaving.pk, coming.pk]
    _record(events.GROUP_HANDED_OVER, group, given, by=by, users=users)
    return given


def open_for_group(group: Group, user_id: uuid.UUID, *, on: date) -> QuerySet[Assignment]:
    """What somebody has for a group, now or to come."""
    return (
        Assignment.objects.select_related("dossier__pupil", "dossier__school")
        .filter(
            Q(ends_on__isnull=True) | Q(ends_on__gte=on) & Q(ends_on__gte=F("starts_on")),
            group=group,
            user=user_id,
            withdrawn_at__isnull=True,
        )
        .order_by("pk")
    )


def weigh_group(
    *,
    group: Group,
    dossiers: Sequence[Dossier],
    weighing: Weighing,
    user: User,
    wanted: Wanted,
    by: User,
    on: date,
) -> Given:
    """What may be given to whom; raises when the same rule forbids it for every pupil."""
    if not dossiers:
        raise Refused(_("This group has no pupils yet. Import the roster or enrol pupils first."))
    given = Given()
    has = set(
        open_for_group(group, user.pk, on=max(on, wanted.starts_on))
        .filter(kind=wanted.kind.value)
        .values_list("dossier", flat=True)
    )
    for dossier in dossiers:
        if dossier.pk in has:
            continue
        it = weighing.circumstances(user.pk, dossier)
        no = weighing.why_not_by(by, user.pk, dossier, on) or why_not(wanted, it)
        if no is not None:
            given.left_out.append((dossier, no))
            continue
        settled = Wanted(wanted.kind, wanted.starts_on, last_day(wanted, it), wanted.reason)
        given.assignments.append(
            unsaved(dossier=dossier, user=user, wanted=settled, by=by, group=group)
        )
    if given.left_out and not given.assignments and not has:
        raise_for(given.left_out[0][1])
    return given


def _end_for_group(
    group: Group, user: User, given: Given, *, last_day: date | None, by: User, on: date
) -> None:
    """Ends what somebody has for the group on `last_day`, or at once; own children stay."""
    rows = list(open_for_group(group, user.pk, on=on))
    weighing = Weighing.of(group.school, [row.dossier for row in rows], on=on)
    forbidden = None
    for row in rows:
        no = weighing.why_not_ended_by(by, row, on)
        if no is not None:
            forbidden = no
            given.left_out.append((row.dossier, no))
        elif last_day is not None or close(assignment=row, by=by, on=on):
            given.ended.append(row)
    if last_day is not None:
        keys = [row.pk for row in given.ended]
        end_on(Assignment.objects.filter(pk__in=keys), last_day)
    if forbidden and not given.ended:
        raise_for(forbidden)
    if not rows and by.pk == user.pk:
        raise NotAllowed


def _record(
    event: Event,
    group: Group,
    given: Given,
    *,
    by: User,
    users: Sequence[uuid.UUID],
    kind: AssignmentKind | None = None,
) -> None:
    record(
        event,
        by=by,
        subjects=[dossier.pupil.log_key for dossier in given.dossiers],
        unit=group.school_id,
        target=group,
        ground=Ground.CUSTODIAN,
        detail={
            "users": [str(key) for key in users],
            "given": len(given.assignments),
            "ended": len(given.ended),
            **({"kind": kind.value} if kind else {}),
        },
    )


def sentence_for(no: No) -> str:
    """Why a pupil was left out, in words."""
    if no in SENTENCES:
        return str(SENTENCES[no])
    return str(_("This is your own child: the board officer decides."))
