"""The turn of the school year: the director says who has a group next, and who carries on."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from access.errors import Overtaken, Refused
from access.models import User
from audit.actions import record
from audit.grounds import Ground
from dossiers import events
from dossiers.actions.giving import Weighing, end_on, give, wait_for_turn
from dossiers.actions.groups import Given, weigh_group
from dossiers.kinds import AssignmentKind
from dossiers.models import Assignment, Dossier
from dossiers.queries.groups import dossiers_of_group
from dossiers.queries.turn import State, proposed_for, until_the_turn
from dossiers.rules.assigning import Wanted, end_of_teams
from students.models import CounsellorProposal, Group


@transaction.atomic
def confirm_team(
    *,
    group: Group,
    team: Sequence[User],
    carry_on: Collection[uuid.UUID],
    starts_on: date,
    by: User,
    on: date,
) -> Given:
    """Assigns a group's team for its school year and lets the old one end on 30 September.

    After that day only the new team is given. `carry_on` names the colleagues whose assignments to
    single pupils stay. What the roster proposed is confirmed for who is in the team and declined
    for who is recognised but not in it; a name nobody here has stays proposed.
    """
    if not team:
        raise Refused(_("Choose at least one counsellor for this group."))
    wait_for_turn(group.school_id)
    dossiers = list(dossiers_of_group(group, on=max(on, starts_on)))
    weighing = Weighing.of(group.school, dossiers, on=on, group=group)
    given = _give_the_new_team(group, dossiers, weighing, team, starts_on, by=by, on=on)
    _end_the_old_year(group, dossiers, given, weighing, carry_on=carry_on, by=by, on=on)
    decided = _decide_on_proposals(group, team, set(weighing.staffing.standings), by=by)
    if not (given.assignments or given.ended or decided):
        raise Overtaken(_("This team was already confirmed. Nothing was changed."))
    record(
        events.TEAM_CONFIRMED,
        by=by,
        subjects=[dossier.pupil.log_key for dossier in given.dossiers],
        unit=group.school_id,
        target=group,
        ground=Ground.CUSTODIAN,
        detail={
            "users": [str(user.pk) for user in team],
            "given": len(given.assignments),
            "ended": len(given.ended),
        },
    )
    return given


def _give_the_new_team(
    group: Group,
    dossiers: Sequence[Dossier],
    weighing: Weighing,
    team: Sequence[User],
    starts_on: date,
    *,
    by: User,
    on: date,
) -> Given:
    reason = gettext("team of group %(group)s") % {"group": group.name}
    wanted = Wanted(AssignmentKind.COUNSELLOR, starts_on, None, reason)
    given = Given()
    for user in team:
        one = weigh_group(
            group=group,
            dossiers=dossiers,
            weighing=weighing,
            user=user,
            wanted=wanted,
            by=by,
            on=on,
        )
        given.assignments += one.assignments
        given.left_out += one.left_out
    give(given.assignments)
    return given


def _end_the_old_year(
    group: Group,
    dossiers: Sequence[Dossier],
    given: Given,
    weighing: Weighing,
    *,
    carry_on: Collection[uuid.UUID],
    by: User,
    on: date,
) -> None:
    last = end_of_teams(group.school_year.starts_on - timedelta(days=1))
    if last < on:  # the season is over: what stands was decided on since
        return
    for row in until_the_turn(group, dossiers, on=on):
        stays = row.group_id is None and row.user_id in carry_on
        ends_already = row.ends_on is not None and row.ends_on <= last
        if not stays and not ends_already and weighing.why_not_ended_by(by, row, on) is None:
            given.ended.append(row)
    end_on(Assignment.objects.filter(pk__in=[row.pk for row in given.ended]), last)


def _decide_on_proposals(
    group: Group, team: Sequence[User], colleagues: Collection[uuid.UUID], *, by: User
) -> int:
    """Only the rows of this group: care for the whole school is decided group by group."""
    chosen = {user.pk for user in team}
    decided = 0
    for found in proposed_for(group, User.objects.filter(pk__in=colleagues)):
        row = found.proposal
        if row.group_id is None or row.state != State.PROPOSED or found.user is None:
            continue
        state = State.CONFIRMED if found.user.pk in chosen else State.DECLINED
        decided += CounsellorProposal.objects.filter(pk=row.pk, state=State.PROPOSED).update(
            state=state, user=found.user, decided_by=by, decided_at=timezone.now()
        )
    return decided
