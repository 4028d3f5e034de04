"""What the school keeps about whoever looks: their own contact data, and the names of their own."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Exists, OuterRef, QuerySet

from access.models import User
from access.visibility import visibility_of
from consent.queries.family import family_visible_to, knows_where, with_authority
from consent.queries.stays import places_on
from students.models import Authority, Parent, ParentAddress, Parenthood, Pupil
from students.rules import that_counts


@visibility_of(Parent.objects.all)
def own_parents_visible_to(rows: QuerySet[Parent], user: User, day: date) -> QuerySet[Parent]:
    """The rows behind which the own account stands; never the other parent's."""
    return rows.filter(user=user)


@dataclass(frozen=True)
class Place:
    """Where a child is: the school and the group."""

    school: str
    group: str
    since: date


@dataclass
class AboutChild:
    """A child as the school knows it, with what is recorded about the own authority."""

    pupil: Pupil
    is_self: bool
    is_known: bool  # else the name only; see knows_where
    authority: str = ""
    places: list[Place] = field(default_factory=list)


@dataclass(frozen=True)
class AboutParent:
    """One's own contact data, as the schools of one board keep them."""

    parent: Parent
    lines: list[str]
    is_secret: bool


@dataclass(frozen=True)
class AboutMe:
    """All of it."""

    parents: list[AboutParent]
    children: list[AboutChild]


def kept_about(user: User, *, on: date) -> AboutMe:
    """In seven queries, however many children."""
    parents = list(own_parents_visible_to(user, on=on).order_by("pk"))
    pupils = list(family_visible_to(user, on=on).order_by("birth_date", "sort_name", "pk"))
    places, held = _places(pupils, on), _authorities(pupils, user, on)
    holding = with_authority(pupils, user, on)
    children = []
    for pupil in pupils:
        is_self = pupil.user_id == user.pk
        is_known = is_self or knows_where(pupil, pupil.pk in holding, on)
        words, where = held.get(pupil.pk, ""), places[pupil.pk] if is_known else []
        children.append(AboutChild(pupil, is_self, is_known, words, where))
    return AboutMe(_contacts(parents), children)


def _contacts(parents: Sequence[Parent]) -> list[AboutParent]:
    addresses = ParentAddress.objects.in_bulk([parent.pk for parent in parents])
    found = []
    for parent in parents:
        a = addresses.get(parent.pk)
        town = f"{a.postcode} {a.city}".strip() if a else ""
        lines = [line for line in (a.street, town, a.country) if line] if a else []
        found.append(AboutParent(parent, lines, bool(a and a.is_secret)))
    return found


def _places(pupils: Sequence[Pupil], on: date) -> dict[uuid.UUID, list[Place]]:
    rows = places_on(on).filter(enrolment__pupil__in=pupils)
    rows = rows.select_related("group", "enrolment__school__unit").order_by("starts_on", "pk")
    found: dict[uuid.UUID, list[Place]] = defaultdict(list)
    for row in rows:
        stay = row.enrolment
        found[stay.pupil_id].append(Place(stay.school.name, row.group.name, stay.starts_on))
    return found


def _authorities(pupils: Sequence[Pupil], user: User, on: date) -> dict[uuid.UUID, str]:
    """What is recorded of the own authority over each child, in words."""
    link = Parenthood.objects.filter(
        pk=OuterRef("parenthood"), parent__user=user, withdrawn_at__isnull=True
    )
    rows = Authority.objects.filter(Exists(link), parenthood__pupil__in=pupils)
    found: dict[uuid.UUID, list[Authority]] = defaultdict(list)
    for row in rows.select_related("parenthood"):
        found[row.parenthood.pupil_id].append(row)
    now = {pupil: that_counts(held, on) for pupil, held in found.items()}
    return {pupil: row.get_value_display() for pupil, row in now.items() if row is not None}
