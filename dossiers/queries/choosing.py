"""Who can be chosen for an assignment: the colleagues the rules would not refuse."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from access.models import Membership, User
from access.roles import ROLES, SchoolDoctor
from dossiers.models import MedicalCustodian
from dossiers.queries.staffing import COUNSELLING, STAFF
from students.models import School


@dataclass(frozen=True)
class Colleague:
    """Somebody who may be chosen, with their roles at the school in words."""

    user: User
    roles: str
    until: date | None
    is_doctor: bool = False

    @property
    def label(self) -> str:
        """As a form shows them."""
        return f"{self.user.name} – {self.roles}"


def counsellors_at(school: School, *, on: date) -> list[Colleague]:
    """Who works as a counsellor at a school, now or to come, by name."""
    return _colleagues(school, on=on, roles=COUNSELLING)


def staff_at(school: School, *, on: date) -> list[Colleague]:
    """Who works at a school, now or to come, by name."""
    return _colleagues(school, on=on, roles=STAFF)


def medical_readers_at(school: School, *, on: date) -> list[Colleague]:
    """The school doctor and who stands in, now or to come (P6)."""
    doctors = _colleagues(school, on=on, roles={SchoolDoctor.code})
    named = set(
        MedicalCustodian.objects.filter(
            Q(ends_on__isnull=True) | Q(ends_on__gte=on), school=school
        ).values_list("user", flat=True)
    )
    known = {one.user.pk for one in doctors}
    stand_ins = [one for one in staff_at(school, on=on) if one.user.pk in named - known]
    return doctors + stand_ins


def _colleagues(school: School, *, on: date, roles: Collection[str]) -> list[Colleague]:
    rows = (
        Membership.objects.select_related("user")
        .filter(
            Q(ends_on__isnull=True) | Q(ends_on__gte=on),
            unit=school.pk,
            role__in=roles,
            user__is_active=True,
        )
        .order_by("user__name", "user", "starts_on")
    )
    held: dict[uuid.UUID, list[Membership]] = defaultdict(list)
    for row in rows:
        held[row.user_id].append(row)
    found = []
    for memberships in held.values():
        ends = [row.ends_on for row in memberships]
        words = dict.fromkeys(str(ROLES[row.role].label) for row in memberships)
        until = None if None in ends else max(end for end in ends if end is not None)
        doctor = any(row.role == SchoolDoctor.code for row in memberships)
        found.append(Colleague(memberships[0].user, ", ".join(words), until, doctor))
    return found
