"""Saying that somebody who works here is a parent of a pupil, and that they are not.

A parent handles nothing of their own child, so each of these takes rights away or gives them back:
never by the person, never by the office alone (ADR 13).
"""

from __future__ import annotations

import uuid
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from access import queries as access
from access.actions.memberships import let_end
from access.errors import Refused
from access.models import Membership, User
from access.roles import ParentRole
from audit.actions import record
from audit.events import Event
from audit.grounds import Ground
from students import events
from students.actions.accounts import account_named, give_account
from students.actions.authority import AuthorityData, add_authority
from students.keepers import children_of, locked_parent, locked_pupil, must_settle
from students.models import Authority, Parent, Parenthood, Pupil


@transaction.atomic
def name_colleague(
    *, pupil: Pupil, username: str, parent: Parent | None, by: User, on: date
) -> User:
    """Says that the owner of an account is a parent of `pupil`: from now on they keep out of it.

    `parent` is who of the pupil's parents it is; none for a colleague who is known as a parent of
    another child. Raises NotAllowed and Refused as must_settle does, and Refused for somebody who
    does not work here.
    """
    user = account_named(username, pupil.board_id)
    _must_work_here(user, on)
    school = must_settle(by, user, pupil, on)
    locked_pupil(pupil)
    known = Parent.objects.filter(user=user, board=pupil.board_id).order_by("pk").first()
    if known is None:
        if parent is None:
            raise Refused(_("Choose which of the parents this is."))
        _give(parent, user, pupil, school, by=by, on=on)
    else:
        if parent is not None and parent != known:
            raise Refused(
                _("This account belongs to a parent who is known already. Choose nobody below.")
            )
        _link(known, pupil, by=by, on=on)
    _record(events.COLLEAGUE_NAMED, user, [pupil], school, by=by)
    return user


@transaction.atomic
def unname_colleague(*, link: Parenthood, is_other_person: bool, by: User, on: date) -> None:
    """Says that a colleague is no parent of this pupil, named by mistake: their rights come back.

    `is_other_person`: the account is not of this parent at all; the parent stays, without it.
    """
    user = link.parent.user
    if user is None:
        raise Refused(_("This parent has no account any more. Nothing else changed."))
    _must_work_here(user, on)
    touched = children_of(link.parent) if is_other_person else [link.pupil]
    schools = [must_settle(by, user, child, on) for child in touched]
    locked_pupil(link.pupil)
    if is_other_person:
        Parent.objects.filter(pk=link.parent_id, user=user).update(user=None)
        _end_parents_roles(user, on)
    elif not Parenthood.objects.filter(pk=link.pk, withdrawn_at__isnull=True).update(
        withdrawn_at=timezone.now(), withdrawn_by=by
    ):
        raise Refused(_("Somebody withdrew this link already. Nothing else changed."))
    _record(events.COLLEAGUE_UNNAMED, user, touched, schools[0], by=by)


def _end_parents_roles(user: User, on: date) -> None:
    """The role of parent goes with the last parent whom the account belongs to."""
    if not Parent.objects.filter(user=user).exists():
        for held in Membership.objects.filter(user=user, role=ParentRole.code):
            let_end(held, first_day_without=on)


def _must_work_here(user: User, on: date) -> None:
    if not access.is_colleague(user, on=on):
        raise Refused(
            _("This person does not work here. The office links parents and their accounts.")
        )


def _give(
    parent: Parent, user: User, pupil: Pupil, school: uuid.UUID, *, by: User, on: date
) -> None:
    now = locked_parent(parent)
    if now.user_id is not None:
        raise Refused(_("This parent already has an account."))
    for child in children_of(now):
        must_settle(by, user, child, on)
    if pupil not in children_of(now):
        raise Refused(_("Choose which of the parents this is."))
    give_account(now, user, school, by=by, on=on)


def _link(parent: Parent, pupil: Pupil, *, by: User, on: date) -> None:
    if parent.board_id != pupil.board_id:
        raise Refused(_("This parent is known at another board."))
    link = Parenthood.objects.filter(parent=parent, pupil=pupil).first()
    if link is None:
        link = Parenthood.objects.create(
            parent=parent, pupil=pupil, relation=Parenthood.Relation.OTHER
        )
        unknown = AuthorityData(Authority.Value.UNKNOWN, on)
        add_authority(link=link, data=unknown, by=by, on=on)
    elif link.withdrawn_at is None:
        raise Refused(_("This parent is already linked to this pupil."))
    else:
        link.withdrawn_at, link.withdrawn_by = None, None
        link.save(update_fields=["withdrawn_at", "withdrawn_by"])


def _record(event: Event, user: User, pupils: list[Pupil], school: uuid.UUID, *, by: User) -> None:
    record(
        event,
        by=by,
        subjects=[pupil.log_key for pupil in pupils],
        unit=school,
        target=user,
        changed=["user"],
        ground=Ground.CUSTODIAN,
    )
