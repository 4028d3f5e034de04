"""Giving and ending roles."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from access import queries, rules
from access.endings import MembershipEnded, tell_membership_ended
from access.errors import NotAllowed, Refused
from access.models import Membership, Unit, User
from access.recording import Happening, record
from access.roles import ROLES


@transaction.atomic
def give_role(
    *,
    user: User,
    role: str,
    unit: Unit,
    starts_on: date,
    ends_on: date | None,
    by: User,
    on: date,
) -> Membership:
    """Gives somebody a role at a unit, from a day up to and including a day (none: for now).

    Raises NotAllowed when `by` may not give this role here or to themselves, Refused when the
    role does not go with what the person already holds. Source: P7.
    """
    check_may_give(role=role, unit=unit, by=by, on=on)
    if user == by:
        raise NotAllowed
    check_period(starts_on, ends_on, on=on)
    membership = add_membership(
        user=user, role=role, unit=unit, starts_on=starts_on, ends_on=ends_on, given_by=by
    )
    record(
        Happening.ROLE_GIVEN,
        by=by,
        unit=unit.pk,
        target=membership,
        detail={"user": str(user.pk), "role": role},
    )
    return membership


@transaction.atomic
def end_role(
    *, membership: Membership, first_day_without: date, by: User, on: date
) -> MembershipEnded:
    """Ends a role from a day on; today: at once, on the person's next request.

    Raises NotAllowed when `by` may not end it, Refused when it ends earlier already.
    """
    if not queries.may_end(by, membership, on=on):
        raise NotAllowed
    if first_day_without < on:
        raise Refused(_("A role can end today or later, not in the past."))
    ended = let_end(membership, first_day_without=first_day_without)
    if ended is None:
        raise Refused(_("This role already ends on that day or earlier. Nothing was changed."))
    tell_membership_ended([ended], by=by, on=on)
    record(
        Happening.ROLE_ENDED,
        by=by,
        unit=membership.unit_id,
        target=membership,
        changed=["ends_on"],
        detail={"user": str(membership.user_id), "role": membership.role},
    )
    return ended


def let_end(membership: Membership, *, first_day_without: date) -> MembershipEnded | None:
    """Shortens a role; none when it ends by then already, for whoever was first."""
    day = timedelta(days=1)
    last_day = max(first_day_without - day, membership.starts_on - day)
    rows = Membership.objects.filter(pk=membership.pk)
    changed = rows.filter(ends_on__isnull=True).update(ends_on=last_day)
    changed = changed or rows.filter(ends_on__gt=last_day).update(ends_on=last_day)
    if not changed:
        return None
    return MembershipEnded(
        membership.pk, membership.user_id, membership.role, membership.unit_id, last_day
    )


def check_may_give(*, role: str, unit: Unit, by: User, on: date) -> None:
    """Raises NotAllowed when no role of `by` may give `role` at `unit`."""
    givers = queries.givers_at(by, unit, on=on)
    if not any(rules.may_give(giver, role) for giver in givers):
        raise NotAllowed
    if ROLES[role].holds_at != unit.kind:
        raise Refused(
            _("This role is held at a school.")
            if ROLES[role].holds_at == Unit.Kind.SCHOOL
            else _("This role is held at the board.")
        )


def check_period(starts_on: date, ends_on: date | None, *, on: date) -> None:
    """Raises Refused for a period that began in the past or ends before it begins."""
    if starts_on < on:
        raise Refused(_("A role starts today or later, so that the log stays true."))
    if ends_on is not None and ends_on < starts_on:
        raise Refused(_("The last day comes before the first day."))


def add_membership(
    *,
    user: User,
    role: str,
    unit: Unit,
    starts_on: date,
    ends_on: date | None,
    given_by: User | None,
) -> Membership:
    """The row itself, after asking what the person already holds; one at a time for a person."""
    now = User.objects.select_for_update().filter(pk=user.pk).first()
    if now is None or not now.is_active:
        raise Refused(_("This account is closed. Open it again first."))
    for held in Membership.objects.filter(user=user):
        if not rules.overlap(starts_on, ends_on, held.starts_on, held.ends_on):
            continue
        if held.role == role and held.unit_id == unit.pk:
            raise Refused(_("This person already holds this role in that time."))
        if rules.never_together(role, held.role):
            raise Refused(
                _(
                    "The data protection officer (FG) supervises independently and can't be "
                    "director, deputy, privacy officer or board officer at the same time."
                )
            )
    return Membership.objects.create(
        user=user,
        role=role,
        unit=unit,
        starts_on=starts_on,
        ends_on=ends_on,
        given_by=given_by,
    )
