"""Who keeps a pupil's administration, and which contact data of a parent somebody may see."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from access.models import User
from access.permissions import Permission
from students import rules
from students.models import Enrolment, Parent, ParentAddress, Parenthood, Pupil


def keeping_schools(pupil: Pupil, on: date) -> set[uuid.UUID]:
    """Keys of the schools that keep this pupil's administration on `on` (see rules.keeping)."""
    rows = Enrolment.objects.filter(pupil=pupil).values_list("school_id", "ends_on")
    return {key for key in rules.keeping(rows, on) if isinstance(key, uuid.UUID)}


def is_own_child(user: User, pupil: Pupil) -> bool:
    """Whether `user` is a parent of `pupil`: nobody handles matters of their own child."""
    return Parenthood.objects.filter(
        parent__user=user, pupil=pupil, withdrawn_at__isnull=True
    ).exists()


def may_manage(user: User, pupil: Pupil, on: date) -> bool:
    """Whether `user` may change the administration of `pupil` on `on`."""
    units = set(user.units_with(Permission.MANAGE_PUPILS, on))
    return bool(units & keeping_schools(pupil, on)) and not is_own_child(user, pupil)


def sees_contact(user: User, pupil: Pupil, on: date) -> bool:
    """Whether `user` sees contact data of this pupil's representatives: its keepers only."""
    units = set(user.units_with(Permission.SEE_SECRET_ADDRESS, on))
    return bool(units & keeping_schools(pupil, on)) and not is_own_child(user, pupil)


class Sight(StrEnum):
    """How much of a parent's contact data somebody sees, and why not all of it."""

    ALL = "all"
    SECRET = "secret"  # a secret address: kept by the school
    ELSEWHERE = "elsewhere"  # kept by the school, for its own administration
    FAMILY = "family"  # of the other parent of one's own child


@dataclass(frozen=True)
class Contact:
    """What one person may see of a parent's contact data; pages and exports show only this."""

    sight: Sight
    email: str = ""
    phone: str = ""
    address: ParentAddress | None = None

    @property
    def is_secret(self) -> bool:
        """Whether the address shown is a secret one."""
        return self.address is not None and self.address.is_secret

    @property
    def lines(self) -> list[str]:
        """The address as it is written on an envelope; empty when not known or not shown."""
        a = self.address
        if a is None:
            return []
        place = " ".join(part for part in (a.postcode, a.city) if part)
        return [line for line in (a.street, place, a.country) if line]


class _Stay(NamedTuple):
    """An enrolment of a child of a parent."""

    school: uuid.UUID
    starts_on: date
    ends_on: date | None


def _where_it_is(stays: Iterable[_Stay], on: date) -> uuid.UUID | None:
    """The school that has the child; of two at once the one that had it first."""
    running = [stay for stay in stays if stay.ends_on is None or stay.ends_on >= on]
    first = min(running, key=lambda stay: stay.starts_on, default=None)
    return first.school if first else None


def contacts_seen_by(user: User, parents: Iterable[Parent], on: date) -> dict[uuid.UUID, Contact]:
    """Per parent what `user` may see: the schools that keep one of the children, nobody else.

    A secret address is seen only where a child is enrolled: not by a school it left, perhaps
    because of that address, nor when that school's roster says that the child returned while it
    still is at another. One's own child's other parent is never seen.
    """
    units = set(user.units_with(Permission.SEE_SECRET_ADDRESS, on))
    wanted = list(parents)
    keys = [p.pk for p in wanted]
    children: dict[uuid.UUID, dict[uuid.UUID, list[_Stay]]] = defaultdict(lambda: defaultdict(list))
    links = Parenthood.objects.filter(parent__in=keys, withdrawn_at__isnull=True)
    stay = [f"pupil__enrolments__{name}" for name in ("school_id", "starts_on", "ends_on")]
    for parent, pupil, *row in links.values_list("parent_id", "pupil_id", *stay):
        if row[0] is not None:
            children[parent][pupil].append(_Stay(*row))
    own = set(
        Parenthood.objects.filter(
            parent__user=user, withdrawn_at__isnull=True, pupil__parenthoods__parent__in=keys
        ).values_list("pupil_id", flat=True)
    )
    addresses = ParentAddress.objects.in_bulk(keys)
    return {
        p.pk: _contact(p, addresses.get(p.pk), children[p.pk], units, own, user, on) for p in wanted
    }


def _contact(
    parent: Parent,
    address: ParentAddress | None,
    children: dict[uuid.UUID, list[_Stay]],
    units: set[uuid.UUID],
    own: set[uuid.UUID],
    user: User,
    on: date,
) -> Contact:
    is_secret = address is not None and address.is_secret
    if own & set(children) and parent.user_id != user.pk:
        return Contact(Sight.FAMILY)
    keeps = any(
        units & rules.keeping([(stay.school, stay.ends_on) for stay in stays], on)
        for stays in children.values()
    )
    if not keeps:
        return Contact(Sight.SECRET if is_secret else Sight.ELSEWHERE)
    if is_secret and not any(_where_it_is(stays, on) in units for stays in children.values()):
        return Contact(Sight.SECRET)
    return Contact(Sight.ALL, parent.email or "", parent.phone, address)
