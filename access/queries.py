"""Whose accounts, roles and invitations somebody may see, and finding among them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date, datetime

from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from access import rules
from access.models import Invitation, Membership, Unit, User
from access.permissions import Permission
from access.roles import FAMILY_ROLES, ROLES, Role
from access.visibility import visibility_of


def _managed(user: User, day: date) -> list[uuid.UUID]:
    return user.units_with(Permission.MANAGE_MEMBERSHIPS, day)


@visibility_of(Unit.objects.all)
def units_visible_to(rows: QuerySet[Unit], user: User, day: date) -> QuerySet[Unit]:
    """Units whose staff `user` manages: own school, or the board with its schools."""
    units = _managed(user, day)
    return rows.filter(Q(pk__in=units) | Q(parent__in=units))


@visibility_of(lambda: Membership.objects.select_related("unit", "user", "given_by"))
def memberships_visible_to(
    rows: QuerySet[Membership], user: User, day: date
) -> QuerySet[Membership]:
    """Staff roles, now or earlier, at the units whose staff `user` manages."""
    units = _managed(user, day)
    return rows.filter(Q(unit__in=units) | Q(unit__parent__in=units)).exclude(role__in=FAMILY_ROLES)


@visibility_of(User.objects.all)
def staff_visible_to(rows: QuerySet[User], user: User, day: date) -> QuerySet[User]:
    """People who hold or held a staff role at the units whose staff `user` manages."""
    here = memberships_visible_to(user, on=day).filter(user=OuterRef("pk"))
    return rows.filter(Exists(here))


@visibility_of(lambda: Invitation.objects.select_related("unit", "invited_by"))
def invitations_visible_to(
    rows: QuerySet[Invitation], user: User, day: date
) -> QuerySet[Invitation]:
    """Invitations to the units whose staff `user` manages."""
    units = user.units_with(Permission.INVITE_STAFF, day)
    return rows.filter(Q(unit__in=units) | Q(unit__parent__in=units))


def with_roles(rows: QuerySet[User], user: User, *, on: date) -> QuerySet[User]:
    """The people with what a page about staff tells of each.

    `roles_here`: their roles that `user` may see, newest first; `has_factor`: whether an app with
    codes or a passkey is set up.
    """
    here = memberships_visible_to(user, on=on).order_by("-starts_on", "role")
    types = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
    factors = Authenticator.objects.filter(user=OuterRef("pk"), type__in=types)
    return rows.annotate(has_factor=Exists(factors)).prefetch_related(
        Prefetch("memberships", queryset=here, to_attr="roles_here")
    )


def staff_found(
    user: User,
    *,
    on: date,
    typed: str = "",
    role: str = "",
    unit: Unit | None = None,
    ended: bool = False,
) -> QuerySet[User]:
    """People whose name, user name or address holds each typed word, by role, unit and period.

    Not `ended`: who holds a role here today or will; `ended`: who only held one.
    """
    here = memberships_visible_to(user, on=on).filter(user=OuterRef("pk"))
    still = here.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=on))
    rows = staff_visible_to(user, on=on)
    rows = rows.filter(~Exists(still)) if ended else rows.filter(Exists(still))
    matching = here if ended else still
    if role:
        matching = matching.filter(role=role)
    if unit:
        matching = matching.filter(unit=unit)
    rows = rows.filter(Exists(matching))
    for word in typed.split():
        rows = rows.filter(
            Q(name__icontains=word) | Q(username__icontains=word) | Q(email__icontains=word)
        )
    return rows.order_by("name", "pk")


def open_invitations(rows: QuerySet[Invitation], now: datetime) -> QuerySet[Invitation]:
    """Invitations that can still be accepted."""
    return rows.filter(accepted_at__isnull=True, withdrawn_at__isnull=True, expires_at__gt=now)


def invitation_by_hash(secret_hash: bytes, *, now: datetime) -> Invitation | None:
    """The open invitation with this secret, if there is one and its inviter may still invite."""
    found = open_invitations(Invitation.objects.select_related("unit", "invited_by"), now).filter(
        secret_hash=secret_hash
    )
    return found.first()


def account_by_email(email: str) -> User | None:
    """The account with this e-mail address; there is at most one."""
    return User.objects.filter(email__iexact=email).first()


def _staff_roles(user: User, on: date) -> list[Membership]:
    """The staff roles somebody holds on the day, or will."""
    rows = Membership.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=on), user=user)
    return [row for row in rows if row.role_class.is_staff]


def is_colleague(user: User, *, on: date) -> bool:
    """Whether somebody works at a school or for a board, on the day or from a later one."""
    return bool(_staff_roles(user, on))


def colleagues_among(users: Iterable[uuid.UUID], *, on: date) -> set[uuid.UUID]:
    """Who of these people works at a school or for a board, on the day or from a later one."""
    staff = [code for code, role in ROLES.items() if role.is_staff]
    rows = Membership.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=on), user__in=list(users), role__in=staff
    )
    return set(rows.values_list("user_id", flat=True))


def answers_to_the_board(user: User, *, on: date) -> bool:
    """Whether somebody keeps dossiers or serves a board: no director decides about their rights."""
    return any(
        Permission.MANAGE_ASSIGNMENTS in row.role_class.permissions
        or row.role_class.holds_at == Unit.Kind.BOARD
        for row in _staff_roles(user, on)
    )


def givers_at(by: User, unit: Unit, *, on: date) -> list[str]:
    """The roles in which `by` manages the staff of `unit`."""
    reach = {unit.pk, unit.parent_id}
    held = by.memberships_with(Permission.MANAGE_MEMBERSHIPS, on)
    return [m.role for m in held if m.unit_id in reach]


def roles_to_give(by: User, *, on: date) -> list[type[Role]]:
    """Every role `by` may give somewhere, in the order of the roles."""
    held = by.memberships_with(Permission.MANAGE_MEMBERSHIPS, on)
    codes = rules.roles_given_by(m.role for m in held)
    return [role for code, role in ROLES.items() if code in codes]


def may_end(by: User, membership: Membership, *, on: date) -> bool:
    """Whether `by` may end this role: never one's own, else who may give it here."""
    if membership.user_id == by.pk:
        return False
    givers = givers_at(by, membership.unit, on=on)
    return any(rules.may_give(giver, membership.role) for giver in givers)
