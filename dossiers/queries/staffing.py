"""What the rules of assigning must know: who works where, who keeps, whose child, who left."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from access.models import Membership, User
from access.permissions import Permission
from access.roles import ROLES, SchoolDoctor
from dossiers.models import Dossier, MedicalCustodian
from dossiers.rules.assigning import FOREVER, Hands, Standing, Term
from students.models import Enrolment, Parenthood, School

# Roles that counsel: they open dossiers, and not only the medical part.
COUNSELLING = frozenset(
    code
    for code, role in ROLES.items()
    if Permission.OPEN_DOSSIER in role.permissions and code != SchoolDoctor.code
)
STAFF = frozenset(
    code for code, role in ROLES.items() if role.is_staff and role.holds_at == "school"
)
_KEEPING = frozenset(
    code
    for code, role in ROLES.items()
    if Permission.MANAGE_ASSIGNMENTS in role.permissions and role.holds_at == "school"
)


@dataclass(frozen=True)
class Staffing:
    """Who holds what at one school; read in two queries."""

    school_id: uuid.UUID
    board_id: uuid.UUID
    standings: dict[uuid.UUID, Standing]
    keepers: frozenset[uuid.UUID]

    def standing(self, user_id: uuid.UUID) -> Standing:
        """What somebody holds at this school; nothing for a stranger."""
        return self.standings.get(user_id, Standing())


def staffing_of(school: School, *, on: date, only: Collection[uuid.UUID] | None = None) -> Staffing:
    """Everybody's standing at a school, and who keeps its dossiers on `on`.

    With `only`, the standings of those people; the keepers are always complete.
    """
    memberships = Membership.objects.filter(unit=school.pk, role__in=STAFF, user__is_active=True)
    stand_ins = MedicalCustodian.objects.filter(school=school)
    if only is not None:
        stand_ins = stand_ins.filter(user__in=only)
    held: dict[uuid.UUID, dict[str, list[Term]]] = defaultdict(lambda: defaultdict(list))
    keepers = set()
    for member in memberships:
        if member.role in _KEEPING and member.counts_on(on):
            keepers.add(member.user_id)
        if only is None or member.user_id in only:
            _add(held[member.user_id], member)
    for named in stand_ins:
        held[named.user_id]["stands_in"].append(Term(named.starts_on, named.ends_on))
    return Staffing(
        school_id=school.pk,
        board_id=school.board_id,
        standings={
            user: Standing(**{part: tuple(terms) for part, terms in parts.items()})
            for user, parts in held.items()
        },
        keepers=frozenset(keepers),
    )


def _add(parts: dict[str, list[Term]], member: Membership) -> None:
    term = Term(member.starts_on, member.ends_on)
    parts["works"].append(term)
    if member.role in COUNSELLING:
        parts["counsels"].append(term)
    if member.role == SchoolDoctor.code:
        parts["is_doctor"].append(term)


def parents_of(pupils: Iterable[uuid.UUID]) -> dict[uuid.UUID, set[uuid.UUID]]:
    """For each pupil the accounts of its parents."""
    found: dict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
    links = Parenthood.objects.filter(
        pupil__in=list(pupils), parent__user__isnull=False, withdrawn_at__isnull=True
    )
    for pupil_id, user_id in links.values_list("pupil", "parent__user"):
        found[pupil_id].add(user_id)
    return found


def leaving_days(school_id: uuid.UUID, pupils: Iterable[uuid.UUID]) -> dict[uuid.UUID, date | None]:
    """For each pupil the (real or announced) last day at a school; none for who stays."""
    last: dict[uuid.UUID, date] = {}
    rows = Enrolment.objects.filter(school=school_id, pupil__in=list(pupils))
    for pupil_id, ends_on in rows.values_list("pupil", "ends_on"):
        last[pupil_id] = max(last.get(pupil_id, date.min), ends_on or FOREVER)
    return {pupil: None if day == FOREVER else day for pupil, day in last.items()}


def own_children(user: User) -> set[uuid.UUID]:
    """Keys of the pupils whose parent `user` is: nobody handles their assignments themselves."""
    links = Parenthood.objects.filter(parent__user=user, withdrawn_at__isnull=True)
    return set(links.values_list("pupil", flat=True))


def hands(
    by: User,
    user_id: uuid.UUID,
    dossier: Dossier,
    *,
    staffing: Staffing,
    parents: dict[uuid.UUID, set[uuid.UUID]],
    on: date,
) -> Hands:
    """Who gives an assignment to whom, for the rule that decides whether they may."""
    units = by.units_with(Permission.MANAGE_ASSIGNMENTS, on)
    of_pupil = parents.get(dossier.pupil_id, set())
    return Hands(
        keeps_school=staffing.school_id in units,
        serves_board=staffing.board_id in units,
        is_self=by.pk == user_id,
        is_own_child=by.pk in of_pupil,
        for_keeper=user_id in staffing.keepers,
        for_parent=user_id in of_pupil,
        child_of_keeper=bool(of_pupil & staffing.keepers),
        has_keeper=bool(staffing.keepers),
    )
