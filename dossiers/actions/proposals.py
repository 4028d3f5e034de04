"""Proposed assignments: confirmed or declined by a keeper, never by the file or the clock."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from access.errors import Overtaken
from access.models import User
from audit.actions import record
from audit.events import Event
from audit.grounds import Ground
from dossiers import events
from dossiers.actions.giving import Weighing, give, raise_for, unsaved, wait_for_turn
from dossiers.actions.groups import open_for_group
from dossiers.kinds import AssignmentKind
from dossiers.models import Assignment, AssignmentProposal
from dossiers.rules.assigning import Wanted

Outcome = AssignmentProposal.Outcome


@transaction.atomic
def confirm_proposals(
    *, proposals: Sequence[AssignmentProposal], by: User, on: date
) -> list[Assignment]:
    """Makes the proposed assignments, all or none, from today or the day the pupil joined."""
    _wait_for_schools(proposals)
    rows = _still_open(proposals)
    given = [_weigh(row, by=by, on=on) for row in rows]
    give(given)
    for row, assignment in zip(rows, given, strict=True):
        _decide([row.pk], Outcome.CONFIRMED, by=by, assignment=assignment)
    _record(events.PROPOSALS_CONFIRMED, rows, by=by)
    return given


def _weigh(row: AssignmentProposal, *, by: User, on: date) -> Assignment:
    """The assignment that a proposal becomes, by the same rules as any other."""
    weighing = Weighing.of(row.dossier.school, [row.dossier], on=on, group=row.group)
    raise_for(weighing.why_not_by(by, row.user_id, row.dossier, on))
    wanted = Wanted(
        AssignmentKind.COUNSELLOR,
        max(on, row.starts_on),
        None,
        gettext("joined group %(group)s") % {"group": row.group.name},
    )
    settled = weighing.settle(wanted, row.user_id, row.dossier)
    if open_for_group(row.group, row.user_id, on=on).filter(dossier=row.dossier).exists():
        raise Overtaken(_("Somebody already assigned this. Open the proposals again."))
    return unsaved(dossier=row.dossier, user=row.user, wanted=settled, by=by, group=row.group)


@transaction.atomic
def decline_proposals(*, proposals: Sequence[AssignmentProposal], by: User, on: date) -> int:
    """Says no: the proposals close and open nothing."""
    _wait_for_schools(proposals)
    rows = _still_open(proposals)
    for row in rows:
        weighing = Weighing.of(row.dossier.school, [row.dossier], on=on)
        raise_for(weighing.why_not_by(by, row.user_id, row.dossier, on))
    _decide([row.pk for row in rows], Outcome.DECLINED, by=by)
    _record(events.PROPOSALS_DECLINED, rows, by=by)
    return len(rows)


def _wait_for_schools(proposals: Sequence[AssignmentProposal]) -> None:
    for school_id in sorted({row.dossier.school_id for row in proposals}):
        wait_for_turn(school_id)


def _still_open(proposals: Sequence[AssignmentProposal]) -> list[AssignmentProposal]:
    """The rows as they are now that it is our turn; raises Overtaken if one was decided."""
    rows = list(
        AssignmentProposal.objects.select_related(
            "dossier__pupil", "dossier__school", "user", "group__school_year"
        )
        .filter(pk__in=[row.pk for row in proposals], outcome=Outcome.OPEN)
        .order_by("pk")
    )
    if len(rows) < len(proposals) or not rows:
        raise Overtaken(_("Somebody else has decided on one of these. Open the proposals again."))
    return rows


def _decide(
    keys: Sequence[uuid.UUID],
    outcome: AssignmentProposal.Outcome,
    *,
    by: User,
    assignment: Assignment | None = None,
) -> None:
    AssignmentProposal.objects.filter(pk__in=keys).update(
        outcome=outcome, decided_by=by, decided_at=timezone.now(), assignment=assignment
    )


def _record(event: Event, rows: Sequence[AssignmentProposal], *, by: User) -> None:
    """One event; the pages send the rows of one school at a time."""
    record(
        event,
        by=by,
        subjects=list({row.dossier.pupil.log_key for row in rows}),
        unit=rows[0].dossier.school_id,
        ground=Ground.CUSTODIAN,
        detail={"proposals": [str(row.pk) for row in rows]},
    )
