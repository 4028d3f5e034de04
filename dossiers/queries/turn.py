"""The turn of the school year: which teams are proposed, and who has these pupils until then."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import F, Q, QuerySet

from access.models import User
from dossiers.kinds import AssignmentKind
from dossiers.models import Assignment, Dossier
from students.models import CounsellorProposal, Group, School
from students.names import words

State = CounsellorProposal.State


@dataclass(frozen=True)
class Proposed:
    """One proposed counsellor of a group, with the colleague it seems to be."""

    proposal: CounsellorProposal
    user: User | None


def proposed_for(group: Group, colleagues: Iterable[User]) -> list[Proposed]:
    """Who the roster proposes for a group, whole-school colleagues included.

    A file knows names, not accounts, and often a surname only: a colleague is recognised when
    exactly one name has all the words (or the initials) of the file; the director decides.
    """
    by_key = {user.pk: user for user in colleagues}
    rows = CounsellorProposal.objects.filter(
        Q(group=group) | Q(group__isnull=True, school=group.school_id),
        school_year=group.school_year_id,
        state__in=[State.PROPOSED, State.CONFIRMED],
    )
    found = []
    for row in rows:
        alike = [user for user in by_key.values() if _sounds_like(row.name, user.name)]
        known = by_key.get(row.user_id) if row.user_id is not None else None
        recognised = alike[0] if len(alike) == 1 else None
        found.append(Proposed(row, recognised if known is None else known))
    return found


def _sounds_like(in_file: str, name: str) -> bool:
    """Whether each word of the file is a word of the name, or the first letter of one."""
    known = words(name)
    wanted = words(in_file)
    return any(len(word) > 1 for word in wanted) and all(
        word in known or (len(word) == 1 and any(one.startswith(word) for one in known))
        for word in wanted
    )


def groups_with_proposals(school: School, *, on: date) -> set[uuid.UUID]:
    """Groups for which the roster proposes somebody and nobody decided yet."""
    rows = CounsellorProposal.objects.filter(
        school=school,
        state=State.PROPOSED,
        group__isnull=False,
        school_year__ends_on__gte=on,
    )
    return set(rows.values_list("group", flat=True))


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
