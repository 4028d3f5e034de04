"""Whom a pupil lets see who looked, what is held back, and what a board chose: for who sets it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from access.acting import Damage
from access.models import User
from access.permissions import Permission
from access.visibility import visibility_of
from audit.damage import noticing
from oversight.models import HoldBack, LookLeave, LookNames
from students.models import Authority, Board, Parent, Parenthood, Pupil
from students.queries import named_like
from vault.errors import Unreadable
from vault.sealing import Keyring, keyring

REVIEWED_WITHIN = timedelta(days=30)
MOST_FOUND = 20


@visibility_of(LookLeave.objects.all)
def own_leaves_visible_to(rows: QuerySet[LookLeave], user: User, day: date) -> QuerySet[LookLeave]:
    """What `user`, a pupil, said about its parents."""
    return rows.filter(pupil__user=user)


@dataclass(frozen=True)
class Allowed:
    """A parent of a pupil, and whether that parent sees who looked."""

    parent: Parent
    sees: bool
    since: date | None


def parents_to_allow(pupil: Pupil, user: User, *, on: date) -> list[Allowed]:
    """The parents with authority, and those whom the pupil said yes to: three queries."""
    links = Parenthood.objects.filter(pupil=pupil, withdrawn_at__isnull=True)
    rows = Authority.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=on),
        starts_on__lte=on,
        parenthood__in=links,
    )
    held: dict[uuid.UUID, set[str]] = {}
    for parent, value in rows.values_list("parenthood__parent_id", "value"):
        held.setdefault(parent, set()).add(value)
    said = own_leaves_visible_to(user, on=on).filter(pupil=pupil)
    latest = {
        row.parent_id: row for row in said.order_by("parent", "-said_at", "-pk").distinct("parent")
    }
    found = []
    for link in links.select_related("parent").order_by("parent__sort_name", "pk"):
        leave = latest.get(link.parent_id)
        sees = leave is not None and leave.is_given
        if sees or held.get(link.parent_id) == {Authority.Value.YES.value}:
            found.append(Allowed(link.parent, sees, leave.day if leave else None))
    return found


@visibility_of(lambda: Pupil.objects.select_related("board__unit"))
def pupils_held_back_by(rows: QuerySet[Pupil], user: User, day: date) -> QuerySet[Pupil]:
    """Pupils of the boards for which `user` may hold looks back; never an own child."""
    boards = user.units_with(Permission.HOLD_BACK_LOOKS, day)
    own = Parenthood.objects.filter(parent__user=user, pupil=OuterRef("pk"))
    return rows.filter(~Exists(own), board__in=boards)


def pupils_named(typed: str, user: User, *, on: date) -> list[Pupil]:
    """Pupils with a name like this, of whom `user` may hold looks back; a few."""
    rows = named_like(pupils_held_back_by(user, on=on), typed)
    return list(rows.order_by("sort_name", "pk")[:MOST_FOUND])


@visibility_of(
    lambda: HoldBack.objects.select_related("pupil", "colleague", "recorded_by", "ended_by")
)
def held_back_visible_to(rows: QuerySet[HoldBack], user: User, day: date) -> QuerySet[HoldBack]:
    """What is or was held back at the boards of `user`; never about an own child."""
    boards = user.units_with(Permission.HOLD_BACK_LOOKS, day)
    own = Parenthood.objects.filter(parent__user=user, pupil=OuterRef("pupil"))
    return rows.filter(~Exists(own), pupil__board__in=boards)


def is_running(row: HoldBack, day: date) -> bool:
    """Whether something is held back on `day`."""
    return row.ended_at is None and row.ends_on >= day


def running_on(rows: QuerySet[HoldBack], day: date) -> QuerySet[HoldBack]:
    """Those that hold something back on `day`."""
    return rows.filter(ended_at__isnull=True, ends_on__gte=day)


def to_review(user: User, *, on: date) -> int:
    """How many end within a month: then somebody looks whether they are still needed."""
    rows = running_on(held_back_visible_to(user, on=on), on)
    return rows.filter(ends_on__lte=on + REVIEWED_WITHIN).count()


def reasons_of(rows: list[HoldBack]) -> dict[uuid.UUID, str]:
    """Why each is held back; empty, and noted for the log, where it can't be opened any more."""
    keys = keyring([row.pk for row in rows])
    return {row.pk: _reason_of(row, keys) for row in rows}


def _reason_of(row: HoldBack, keys: Keyring) -> str:
    damage = Damage(row, (row.pupil.log_key,), row.pupil.board_id)
    try:
        with noticing(lambda: damage):
            return str(keys.open_json(row.pk, row.place, row.sealed)["words"])
    except Unreadable:
        return ""


@visibility_of(lambda: Board.objects.select_related("unit"))
def boards_that_choose_names_visible_to(
    rows: QuerySet[Board], user: User, day: date
) -> QuerySet[Board]:
    """Boards for which `user` chooses whether families read names."""
    return rows.filter(pk__in=user.units_with(Permission.MANAGE_BOARD, day))


def choices_of(board: Board) -> list[LookNames]:
    """What a board chose, the newest first."""
    rows = LookNames.objects.filter(board=board).select_related("chosen_by")
    return list(rows.order_by("-chosen_at", "-pk")[:50])
