"""What the keeper of the dossiers is told, and the lists of what other systems keep."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet

from access.models import Membership, User
from access.permissions import Permission
from access.roles import ROLES
from audit.grounds import Ground
from dossiers.models import Dossier, KeeperNotice
from dossiers.queries.visible import assignment_of, keeper_notices_visible_to
from students.models import School

_KEEPING = [code for code, role in ROLES.items() if Permission.WITHDRAW_NOTE in role.permissions]


def keepers_of(school: School, *, on: date) -> list[User]:
    """Director and deputies of a school on that day (P7)."""
    rows = Membership.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=on),
        unit=school.pk,
        role__in=_KEEPING,
        starts_on__lte=on,
        user__is_active=True,
    )
    return list({row.user_id: row.user for row in rows.select_related("user")}.values())


def unseen_notices(user: User, *, on: date) -> QuerySet[KeeperNotice]:
    """Notices nobody looked at yet, newest first: for the home page of who keeps the dossiers.

    Whoever shows them names them: `request.page.names(*(n.dossier for n in notices), ...)`.
    """
    return keeper_notices_visible_to(user, on=on).filter(seen_at__isnull=True)


def ground_elsewhere(user: User, dossier: Dossier, *, on: date) -> Ground:
    """The ground on which somebody keeps the list of other systems: counsellor, keeper, office."""
    assignment = assignment_of(user, dossier, on=on)
    if assignment is not None:
        return assignment.ground
    keeps = user.units_with(Permission.MANAGE_ASSIGNMENTS, on)
    return Ground.CUSTODIAN if dossier.school_id in keeps else Ground.ADMINISTRATION
