"""The turn of the school year: which teams are proposed, and who has these pupils until then."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import F, Q, QuerySet

from access.models import User
from dossiers.kinds import AssignmentKind
from dossiers.models import Assignment, Dossier
from students.models import CounsellorProposal, Group
from students.names import plain

State = CounsellorProposal.State


@dataclass(frozen=True)
class Proposed:
    """One proposed counsellor of a group, with the colleague it seems to be."""

    proposal: CounsellorProposal
    user: User | None


def proposed_for(group: Group, colleagues: Iterable[User]) -> list[Proposed]:
    """Who the roster proposes for a group, whole-school colleagues included.

    A file knows names, not accounts: a colleague is recognised by an equal name, and only when
    exactly one has it; the director decides.
    """
    by_name: dict[str, list[User]] = defaultdict(list)
    by_key: dict[uuid.UUID, User] = {}
    for user in colleagues:
        by_name[plain(user.name)].append(user)
        by_key[user.pk] = user
    rows = CounsellorProposal.objects.filter(
        Q(group=group) | Q(group__isnull=True, school=group.school_id),
        school_year=group.school_year_id,
        state__in=[State.PROPOSED, State.CONFIRMED],
    )
    found = []
    for row in rows:
        alike = by_name[plain(row.name)]
        known = by_key.get(row.user_id) if row.user_id is not None else None
        recognised = alike[0] if len(alike) == 1 else None
        found.append(Proposed(row, recognised if known is None else known))
    return found


def until_the_turn(group: Group, dossiers: Iterable[Dossier], *, on: date) -> QuerySet[Assignment]:
    """What counsellors of these pupils have from before the group's year, still open."""
    year = group.school_year
    return (
        Assignment.objects.select_related("user", "dossier__pupil", "dossier__school", "group")
        .filter(
            Q(ends_on__isnull=True) | Q(ends_on__gte=on) & Q(ends_on__gte=F("starts_on")),
            Q(group__school_year__starts_on__lt=year.starts_on)
            | Q(group__isnull=True, starts_on__lt=year.starts_on),
            dossier__in=[dossier.pk for dossier in dossiers],
            kind=AssignmentKind.COUNSELLOR.value,
            withdrawn_at__isnull=True,
        )
        .order_by("user__name", "pk")
    )
