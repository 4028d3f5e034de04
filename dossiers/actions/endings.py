"""Assignments that end by themselves: the pupil left or moved, or the counsellor's role ended.

Each runs within the action that caused it, whose event in the log is the one that counts.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta

from django.db.models import Q, QuerySet

from access.acting import Actor
from access.endings import MembershipEnded
from dossiers.actions.giving import end_on, wait_for_turn
from dossiers.kinds import AssignmentKind
from dossiers.models import Assignment, AssignmentProposal, Dossier, MedicalCustodian
from dossiers.queries.staffing import staffing_of
from dossiers.rules.assigning import (
    DAYS_AFTER_LEAVING_SCHOOL,
    FOREVER,
    end_after_leaving_group,
    entitled_until,
)
from students.enrolment import Left, Moved
from students.models import Group, GroupMembership, School

Outcome = AssignmentProposal.Outcome


def end_after_leaving(batch: Sequence[Left]) -> None:
    """Lets every assignment end 30 days after the last day at school; proposals lapse."""
    by_day: dict[tuple[uuid.UUID, date], list[uuid.UUID]] = defaultdict(list)
    for left in batch:
        by_day[left.school_id, left.last_day].append(left.pupil_id)
    for (school_id, day), pupils in by_day.items():
        of_leavers = Q(dossier__pupil__in=pupils, dossier__school=school_id)
        end_on(_open().filter(of_leavers), day + DAYS_AFTER_LEAVING_SCHOOL)
        _open_proposals().filter(of_leavers).update(outcome=Outcome.LAPSED)


def follow_moves(batch: Sequence[Moved]) -> None:
    """Leaving a group ends its assignments in time, joining one proposes its counsellors."""
    _end_after_leaving_groups([move for move in batch if not move.joined])
    _propose([move for move in batch if move.joined])


def end_with_membership(batch: Sequence[MembershipEnded], _actor: Actor, on: date) -> None:
    """Lets assignments end with the last role at the school that carries them."""
    schools = School.objects.select_related("unit").in_bulk({ended.unit_id for ended in batch})
    for ended in batch:
        school = schools.get(ended.unit_id)
        if school is not None:
            end_what_is_not_carried(school, ended.user_id, on=on)


def end_what_is_not_carried(school: School, user_id: uuid.UUID, *, on: date) -> None:
    """Ends each assignment of somebody at a school where their standing there ends (P6, P7)."""
    wait_for_turn(school.pk)
    standing = staffing_of(school, on=on, only=[user_id]).standing(user_id)
    running = _open().filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=on), user=user_id, dossier__school=school
    )
    ends: dict[date, list[uuid.UUID]] = defaultdict(list)
    for row in running:
        since = max(on, row.starts_on)
        until = entitled_until(AssignmentKind(row.kind), standing, since)
        until = until or entitled_until(AssignmentKind(row.kind), standing, row.starts_on)
        until = until or on - timedelta(days=1)
        if until < (row.ends_on or FOREVER):
            ends[until].append(row.pk)
    for until, keys in ends.items():
        end_on(Assignment.objects.filter(pk__in=keys), until)
    stand_ins = MedicalCustodian.objects.filter(school=school, user=user_id)
    last = max((term.ends_on or FOREVER for term in standing.works), default=on - timedelta(days=1))
    if last != FOREVER:
        stand_ins.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=last), starts_on__lte=last).update(
            ends_on=last
        )


def _end_after_leaving_groups(moves: Sequence[Moved]) -> None:
    """Per group and day at once: a new school year moves every pupil of a board."""
    groups = _groups(moves)
    turned = _moved_on_to_a_later_year(moves, groups)
    by_end: dict[tuple[uuid.UUID, date], list[uuid.UUID]] = defaultdict(list)
    for move in moves:
        year = groups[move.group_id].school_year
        last = end_after_leaving_group(move.on, year.ends_on, is_turn=move.pupil_id in turned)
        by_end[move.group_id, last].append(move.pupil_id)
    given = set(_open().filter(group__in=groups).values_list("group", flat=True).distinct())
    for (group_id, last), pupils in by_end.items():
        if group_id in given:
            end_on(_open().filter(dossier__pupil__in=pupils, group=group_id), last)
            _open_proposals().filter(dossier__pupil__in=pupils, group=group_id).update(
                outcome=Outcome.LAPSED
            )


def _propose(moves: Sequence[Moved]) -> None:
    """One proposal per counsellor of the group who is not assigned for it yet."""
    groups = _groups(moves)
    teams: dict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
    for move in moves:
        teams.setdefault(move.group_id, set())
    given = _open().filter(group__in=groups, kind=AssignmentKind.COUNSELLOR.value)
    earliest = min((move.on for move in moves), default=date.min)
    running = given.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=earliest))
    for group_id, user_id in running.values_list("group", "user").distinct():
        teams[group_id].add(user_id)
    moves = [move for move in moves if teams[move.group_id]]
    if not moves:
        return
    dossiers = {
        (pupil, school): pk
        for pk, pupil, school in Dossier.objects.filter(
            pupil__in=[move.pupil_id for move in moves]
        ).values_list("pk", "pupil", "school")
    }
    has = set(running.filter(dossier__in=dossiers.values()).values_list("dossier", "user", "group"))
    AssignmentProposal.objects.bulk_create(
        [
            AssignmentProposal(
                dossier_id=dossier, user_id=user, group_id=move.group_id, starts_on=move.on
            )
            for move in moves
            if (dossier := dossiers.get((move.pupil_id, move.school_id)))
            for user in sorted(teams[move.group_id])
            if (dossier, user, move.group_id) not in has
        ],
        ignore_conflicts=True,
    )


def _moved_on_to_a_later_year(
    moves: Sequence[Moved], groups: dict[uuid.UUID, Group]
) -> set[uuid.UUID]:
    """Pupils who have a place in a group of a year after the one they left: the year's turn."""
    if not moves:
        return set()
    first = min(groups[move.group_id].school_year.ends_on for move in moves)
    places = GroupMembership.objects.filter(
        enrolment__pupil__in=[move.pupil_id for move in moves],
        group__school_year__starts_on__gt=first,
    )
    return set(places.values_list("enrolment__pupil", flat=True))


def _groups(moves: Sequence[Moved]) -> dict[uuid.UUID, Group]:
    keys = {move.group_id for move in moves}
    return Group.objects.select_related("school_year").in_bulk(keys)


def _open() -> QuerySet[Assignment]:
    return Assignment.objects.filter(withdrawn_at__isnull=True)


def _open_proposals() -> QuerySet[AssignmentProposal]:
    return AssignmentProposal.objects.filter(outcome=Outcome.OPEN)
