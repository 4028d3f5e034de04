"""Parents: adding, linking, unlinking, their names, contact data and address."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from access import queries as access
from access.errors import NotAllowed, Refused
from access.models import User
from audit.actions import record
from audit.events import Event
from audit.grounds import Ground
from students import events, seen
from students.actions.authority import AuthorityData, add_authority, closing_day
from students.keepers import (
    children_of,
    locked_parent,
    locked_pupil,
    must_manage,
    must_manage_parent,
    must_settle,
)
from students.models import Parent, ParentAddress, Parenthood, Pupil
from students.queries.keeping import Sight, contacts_seen_by


@dataclass(frozen=True)
class ParentData:
    """Names and contact data of a parent."""

    first_name: str
    prefix: str
    surname: str
    email: str
    phone: str


@dataclass(frozen=True)
class AddressData:
    """Where a parent lives, and whether that is secret."""

    street: str = ""
    postcode: str = ""
    city: str = ""
    country: str = ""
    is_secret: bool = False


@transaction.atomic
def add_parent(
    *,
    pupil: Pupil,
    data: ParentData,
    address: AddressData,
    relation: str,
    authority: AuthorityData,
    by: User,
    on: date,
) -> Parenthood:
    """Adds a new parent of a pupil, never merged with somebody of the same name."""
    school = must_manage(by, pupil, on)
    locked_pupil(pupil)
    parent = Parent(board_id=pupil.board_id, **_columns(data))
    _set_names(parent)
    parent.save(force_insert=True)
    ParentAddress.objects.create(parent=parent, **asdict(address))
    link = Parenthood.objects.create(parent=parent, pupil=pupil, relation=relation)
    add_authority(link=link, data=authority, by=by, on=on)
    _record(events.PARENT_ADDED, link, [pupil], by=by, school=school)
    return link


@transaction.atomic
def link_parent(
    *,
    pupil: Pupil,
    parent: Parent,
    relation: str,
    authority: AuthorityData,
    by: User,
    on: date,
) -> Parenthood:
    """Links a parent who is already known to another child; a person chose, not a name.

    Raises Refused when they are linked already, and for a parent whose secret address `by` may
    not see: a link would show it.
    """
    school = must_manage(by, pupil, on)
    if parent.user_id == by.pk:
        raise NotAllowed(_("This is you. A colleague does this."))
    _must_settle_colleague(parent, pupil, by=by, on=on)
    locked_pupil(pupil)
    if contacts_seen_by(by, [parent], on)[parent.pk].sight is Sight.SECRET:
        raise Refused(
            _(
                "The address of this parent is secret, and no child of theirs is at your school."
                " Add the parent as somebody new, with what the parent tells you."
            )
        )
    if parent.board_id != pupil.board_id:
        raise Refused(_("This parent is known at another board."))
    link = Parenthood.objects.filter(parent=parent, pupil=pupil).first()
    if link is None:
        link = Parenthood.objects.create(parent=parent, pupil=pupil, relation=relation)
        add_authority(link=link, data=authority, by=by, on=on)
    elif link.withdrawn_at is None:
        raise Refused(_("This parent is already linked to this pupil."))
    else:
        closes = closing_day(link, authority)
        link.relation, link.withdrawn_at, link.withdrawn_by = relation, None, None
        link.save(update_fields=["relation", "withdrawn_at", "withdrawn_by"])
        add_authority(link=link, data=authority, by=by, on=on, closes=closes)
    _record(events.PARENT_LINKED, link, [pupil], by=by, school=school)
    return link


@transaction.atomic
def unlink_parent(*, link: Parenthood, seen_before: str, by: User, on: date) -> None:
    """Withdraws a link made by mistake, at once. Linking again brings it back."""
    school = must_manage(by, link.pupil, on)
    _must_settle_colleague(link.parent, link.pupil, by=by, on=on)
    locked_pupil(link.pupil)
    seen.must_be_unchanged(seen.of_parenthood(link), seen_before)
    link.withdrawn_at, link.withdrawn_by = timezone.now(), by
    link.save(update_fields=["withdrawn_at", "withdrawn_by"])
    _record(
        events.PARENT_UNLINKED, link, [link.pupil], by=by, school=school, changed=["withdrawn_at"]
    )


@transaction.atomic
def change_relation(
    *, link: Parenthood, relation: str, seen_before: str, by: User, on: date
) -> bool:
    """Changes what a parent is to a pupil; False when nothing changed."""
    school = must_manage(by, link.pupil, on)
    locked_pupil(link.pupil)
    seen.must_be_unchanged(seen.of_parenthood(link), seen_before)
    if link.relation == relation:
        return False
    link.relation = relation
    link.save(update_fields=["relation"])
    _record(events.RELATION_CHANGED, link, [link.pupil], by=by, school=school, changed=["relation"])
    return True


@transaction.atomic
def change_parent(
    *,
    parent: Parent,
    data: ParentData,
    address: AddressData,
    seen_before: str,
    by: User,
    on: date,
) -> list[str]:
    """Changes names, contact data and address; gives the names of what changed.

    Raises NotAllowed when `by` may not see the address that would be overwritten.
    """
    school = must_manage_parent(by, parent, on)
    now = locked_parent(parent)
    seen.must_be_unchanged(seen.of_parent(now), seen_before)
    if contacts_seen_by(by, [now], on)[now.pk].sight is not Sight.ALL:
        raise NotAllowed(_("Another school keeps the address of this parent."))
    changed = _change_names(now, data) + _change_address(now, address)
    if not changed:
        return []
    _record(
        events.PARENT_CHANGED,
        now,
        children_of(now),
        by=by,
        school=school,
        changed=changed,
    )
    return changed


def _must_settle_colleague(parent: Parent, pupil: Pupil, *, by: User, on: date) -> None:
    """A link gives or takes the rights of a parent who works here: see must_settle."""
    if parent.user is not None and access.is_colleague(parent.user, on=on):
        must_settle(by, parent.user, pupil, on)


def _change_names(parent: Parent, data: ParentData) -> list[str]:
    columns = _columns(data)
    changed = [name for name, value in columns.items() if getattr(parent, name) != value]
    for name in changed:
        setattr(parent, name, columns[name])
    if changed:
        parent.save(update_fields=[*changed, *_set_names(parent)])
    return changed


def _change_address(parent: Parent, data: AddressData) -> list[str]:
    home = ParentAddress.objects.filter(parent=parent).first() or ParentAddress(parent=parent)
    changed = [name for name, value in asdict(data).items() if getattr(home, name) != value]
    for name in changed:
        setattr(home, name, getattr(data, name))
    if changed:
        home.save()
    return changed


def _columns(data: ParentData) -> dict[str, Any]:
    return asdict(data) | {"email": data.email or None}


def _set_names(parent: Parent) -> list[str]:
    derived = parent.name_fields()
    for column, value in derived.items():
        setattr(parent, column, value)
    return list(derived)


def _record(
    what: Event,
    target: Parent | Parenthood,
    children: Iterable[Pupil],
    *,
    by: User,
    school: uuid.UUID,
    changed: Iterable[str] = (),
) -> None:
    record(
        what,
        by=by,
        subjects=[child.log_key for child in children],
        unit=school,
        target=target,
        changed=changed,
        ground=Ground.ADMINISTRATION,
    )
