"""Accounts of parents and pupils: the row and its role only.

An account made here can't be entered yet: its password is unusable, and it has no e-mail address.
A one-time code opens it; by such a code people also bring an account of their own (consent).
"""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from access import queries as access
from access.errors import NotAllowed, Refused
from access.models import Membership, User
from access.roles import ParentRole, PupilRole
from audit.actions import record
from audit.grounds import Ground
from students import events, rules
from students.keepers import (
    children_of,
    locked_parent,
    locked_pupil,
    must_manage,
    must_manage_parent,
    must_settle,
)
from students.models import Parent, Pupil

_SOMEBODY_ELSE = _(
    "This code is of somebody else. Sign out first if it is yours, and use it without signing in."
)
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that look alike on paper


@transaction.atomic
def link_account_to_parent(*, parent: Parent, username: str, by: User, on: date) -> User:
    """Gives a parent an account: the one named `username`, or a new one when that is empty.

    Raises Refused when the parent has one, when the named account is not to be had, and when it
    is a colleague's about whom `by` does not decide (see must_settle).
    """
    school = must_manage_parent(by, parent, on)
    now = locked_parent(parent)
    if now.user_id is not None:
        raise Refused(_("This parent already has an account."))
    user = account_named(username, now.board_id) if username else _new(now.name, "ouder")
    if user == by:
        raise NotAllowed(_("This is you. A colleague does this."))
    if access.is_colleague(user, on=on):
        for child in children_of(now):
            must_settle(by, user, child, on)
    give_account(now, user, school, by=by, on=on)
    _record(user, children_of(now), school, by=by)
    return user


def give_account(parent: Parent, user: User, school: uuid.UUID, *, by: User, on: date) -> None:
    """Says whose account this parent has, with the role that goes with it."""
    if Parent.objects.filter(user=user).exists():
        raise Refused(_("This account belongs to another parent."))
    parent.user = user
    parent.save(update_fields=["user"])
    _give_role(user, ParentRole.code, school, by=by, on=on)


@transaction.atomic
def link_account_to_pupil(*, pupil: Pupil, by: User, on: date) -> User:
    """Gives a pupil of 12 or older a new account."""
    school = must_manage(by, pupil, on)
    now = locked_pupil(pupil)
    if now.user_id is not None:
        raise Refused(_("This pupil already has an account."))
    if rules.who_consents(now.birth_date, on) is rules.Speaks.PARENTS:
        raise Refused(_("A pupil gets an account from 12, the day on which it may answer."))
    user = _new(now.name, "leerling")
    now.user = user
    now.save(update_fields=["user"])
    _give_role(user, PupilRole.code, school, by=by, on=on)
    _record(user, [now], school, by=by)
    return user


def take_as_parent(*, parent: Parent, user: User, school: uuid.UUID, on: date) -> None:
    """The account belongs to this parent from now on: its owner proved to be that person.

    Raises Refused when the parent has another account that can be entered (one that the office
    made and nobody opened gives way), when the account is a pupil's or already another parent's of
    the same child, and for a colleague: that the director says (must_settle). The action around
    it proves and records.
    """
    now = locked_parent(parent)
    is_taken = now.user is not None and now.user.has_usable_password()
    if (now.user_id != user.pk and is_taken) or Pupil.objects.filter(user=user).exists():
        raise Refused(_SOMEBODY_ELSE)
    others = Parent.objects.select_for_update().filter(user=user).exclude(pk=now.pk)
    children = set(children_of(now))
    if any(children & set(children_of(other)) for other in others.order_by("pk")):
        raise Refused(_SOMEBODY_ELSE)
    if now.user_id == user.pk:
        return
    if access.is_colleague(user, on=on):
        raise Refused(
            _(
                "You also work at a school, so the director links your account to your child. "
                "Ask the director. Your code stays as it is."
            )
        )
    now.user = user
    now.save(update_fields=["user"])
    _give_role(user, ParentRole.code, school, by=None, on=on)


def take_as_pupil(*, pupil: Pupil, user: User, school: uuid.UUID, on: date) -> None:
    """The account belongs to this pupil from now on; likewise, and never a parent's account."""
    now = locked_pupil(pupil)
    if Parent.objects.filter(user=user).exists():
        raise Refused(_SOMEBODY_ELSE)
    if now.user_id == user.pk:
        return
    is_taken = now.user_id is not None or Pupil.objects.filter(user=user).exists()
    if is_taken or access.is_colleague(user, on=on):
        raise Refused(_SOMEBODY_ELSE)
    now.user = user
    now.save(update_fields=["user"])
    _give_role(user, PupilRole.code, school, by=None, on=on)


def account_named(username: str, board: uuid.UUID) -> User:
    """The account of somebody at this board; Refused when there is none."""
    user = (
        User.objects.filter(username=username.strip().lower(), is_active=True)
        .filter(Q(memberships__unit=board) | Q(memberships__unit__parent=board))
        .distinct()
        .first()
    )
    if user is None:
        raise Refused(_("There is no account with this user name at this board."))
    return user


def _new(name: str, word: str) -> User:
    """A new account under a user name that tells nothing about its owner."""
    code = "".join(secrets.choice(_LETTERS) for _letter in range(8))
    return User.objects.create_user(f"{word}-{code}", None, name=name[:150])


def _give_role(user: User, role: str, school: uuid.UUID, *, by: User | None, on: date) -> None:
    held = Membership.objects.filter(user=user, role=role, unit_id=school)
    if not any(m.counts_on(on) for m in held):
        Membership.objects.create(user=user, role=role, unit_id=school, starts_on=on, given_by=by)


def _record(user: User, pupils: Iterable[Pupil], school: uuid.UUID, *, by: User) -> None:
    record(
        events.ACCOUNT_LINKED,
        by=by,
        subjects=[pupil.log_key for pupil in pupils],
        unit=school,
        target=user,
        changed=["user"],
        ground=Ground.ADMINISTRATION,
    )
