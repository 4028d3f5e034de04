"""Destruction lists and their items, as somebody may see them, and what stands in their way."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from django.db import connection
from django.db.models import (
    BooleanField,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce

from access.models import User
from access.permissions import Permission
from access.visibility import visibility_of
from dossiers.models import Dossier
from retention.models import DestructionItem, DestructionList, Hold, Leaver
from retention.queries.deciding_anew import decided_by_parents
from retention.queries.due import is_held, is_held_around, standing_holds
from retention.terms import OF_PUPILS
from students.models import School
from students.queries import named_like

Outcome = DestructionItem.Outcome
_OF_FAMILIES = [kind.code for kind in OF_PUPILS if kind.follows_family]
_DONE = (Outcome.DESTROYED, Outcome.LEFT)


def roles_around(user: User, school: School, on: date) -> set[str]:
    """The roles that `user` holds at this school, or at its board, on a day."""
    places = {school.pk, school.board_id}
    return {one.role for one in user.memberships_on(on) if one.unit_id in places}


def has_own_child_on(made: DestructionList, user: User) -> bool:
    """Whether a dossier of a child of `user` stands on this list."""
    with connection.cursor() as cursor:
        cursor.execute("select retention_list_has_own_child(%s, %s)", [made.pk, user.pk])
        return bool(cursor.fetchone()[0])


@visibility_of(
    lambda: DestructionList.objects.select_related(
        *("school__unit", "school__board", "made_by", "reviewer", "reviewed_by", "approved_by"),
        *("cancelled_by", "assigned_by"),
    )
)
def destruction_lists_visible_to(
    rows: QuerySet[DestructionList], user: User, day: date
) -> QuerySet[DestructionList]:
    """Lists of the schools where `user` looks after what is destroyed, or of their board."""
    units = user.units_with(Permission.SEE_LISTS, day)
    return rows.filter(Q(school__in=units) | Q(school__board__in=units))


@visibility_of(lambda: DestructionItem.objects.select_related("list__school__unit"))
def destruction_items_visible_to(
    rows: QuerySet[DestructionItem], user: User, day: date
) -> QuerySet[DestructionItem]:
    """What stands on those lists, never of an own child."""
    own = Dossier.objects.filter(
        pupil__parenthoods__parent__user=user, pupil__parenthoods__withdrawn_at__isnull=True
    )
    here = destruction_lists_visible_to(user, on=day).values("pk")
    return rows.filter(list__in=here).exclude(dossier_id__in=own.values("pk"))


def schools_with_lists(user: User, *, on: date) -> QuerySet[School]:
    """The schools whose lists `user` sees."""
    units = user.units_with(Permission.SEE_LISTS, on)
    rows = School.objects.filter(Q(pk__in=units) | Q(board__in=units))
    return rows.select_related("unit", "board").order_by("unit__name", "pk")


@dataclass(frozen=True)
class Numbers:
    """How far a list is, in numbers of items."""

    all: int = 0
    undecided: int = 0
    kept: int = 0
    destroyed: int = 0
    left: int = 0
    failed: int = 0
    stuck: int = 0  # failed before anything was destroyed
    waiting: int = 0  # to be destroyed, and not due yet
    next_due: date | None = None  # the first day of those

    @property
    def to_destroy(self) -> int:
        """What was decided to be destroyed."""
        return self.all - self.undecided - self.kept

    @property
    def done(self) -> int:
        """What of it is dealt with."""
        return self.destroyed + self.left

    @property
    def open(self) -> int:
        """What of it is still to be done."""
        return self.to_destroy - self.done

    @property
    def now(self) -> int:
        """What of it can be done now."""
        return self.open - self.waiting - self.stuck


def numbers_of(lists: Iterable[DestructionList], *, on: date) -> dict[uuid.UUID, Numbers]:
    """The numbers of each of these lists on a day, own children counted too; one query."""
    keys = [one.pk for one in lists]
    waits = Q(decision="destroy", outcome="", due_on__gte=on)
    counted: dict[str, Any] = {
        "all": Count("pk"),
        "undecided": Count("pk", filter=Q(decision="")),
        "kept": Count("pk", filter=Q(decision="keep")),
        "destroyed": Count("pk", filter=Q(outcome=Outcome.DESTROYED)),
        "left": Count("pk", filter=Q(outcome=Outcome.LEFT)),
        "failed": Count("pk", filter=Q(failed_at__isnull=False)),
        "stuck": Count("pk", filter=Q(failed_at__isnull=False) & ~Q(outcome__in=_DONE) & ~waits),
        "waiting": Count("pk", filter=waits),
        "next_due": Min("due_on", filter=waits),
    }
    rows = DestructionItem.objects.filter(list__in=keys).order_by().values("list")
    found = {row.pop("list"): Numbers(**row) for row in rows.annotate(**counted)}
    return {key: found.get(key, Numbers()) for key in keys}


@dataclass(frozen=True)
class WantedItems:
    """What somebody asks of the items of a list."""

    SORTS: ClassVar = ("name", "kind", "left", "due")
    SHOWN: ClassVar = (
        *("all", "undecided", "anew", "destroy", "keep", "held", "changed"),
        *("failed", "left", "destroyed"),
    )

    typed: str = ""
    shown: str = "all"
    kind: str = ""
    sort: str = "name"

    @property
    def told(self) -> dict[str, str]:
        """What may stand in an address: how it is narrowed and sorted, never a name."""
        said = {"show": self.shown, "kind": self.kind, "sort": self.sort}
        usual = {"show": "all", "kind": "", "sort": "name"}
        return {key: value for key, value in said.items() if value != usual[key]}


_SORTED_BY = {"name": "sort_name", "kind": "kind", "left": "last_day", "due": "due_on"}
_NARROWED: dict[str, Q] = {
    "undecided": Q(decision=""),
    "destroy": Q(decision="destroy"),
    "keep": Q(decision="keep"),
    "failed": Q(failed_at__isnull=False),
    "left": Q(outcome=Outcome.LEFT),
    "destroyed": Q(outcome=Outcome.DESTROYED),
}


def items_listed(
    made: DestructionList, user: User, *, on: date, wanted: WantedItems
) -> QuerySet[DestructionItem]:
    """The items of a list that are asked for, sorted: list, decisions and exports start here."""
    rows = destruction_items_visible_to(user, on=on).filter(list=made)
    if wanted.typed.strip():
        named = named_like(Dossier.objects.all(), wanted.typed, path="pupil__")
        rows = rows.filter(dossier_id__in=named.values("pk"))
    if wanted.kind:
        rows = rows.filter(kind=wanted.kind)
    if wanted.shown == "held":
        rows = rows.filter(held_items(on))
    elif wanted.shown == "changed":
        rows = rows.filter(_of_who_is_back())
    elif wanted.shown == "anew":
        rows = rows.filter(pk__in=decided_by_parents(made).order_by().values("pk"))
    elif wanted.shown in _NARROWED:
        rows = rows.filter(_NARROWED[wanted.shown])
    name = Dossier.objects.filter(pk=OuterRef("dossier_id")).values("pupil__sort_name")
    column = F(_SORTED_BY[wanted.sort.removeprefix("-")])
    first = column.desc() if wanted.sort.startswith("-") else column.asc()
    rows = rows.annotate(sort_name=Coalesce(Subquery(name[:1]), Value("")))
    return rows.order_by(first, "sort_name", "dossier_id", "kind", "pk")


@dataclass(frozen=True)
class Changed:
    """Why an item would be left alone now (changed.py); of one that moved, its days as they are."""

    why: str
    due_on: date | None = None
    left_on: date | None = None  # of parents' data: when their last child left


@dataclass(frozen=True)
class Listed:
    """An item with the dossier it is about; none once that is gone."""

    item: DestructionItem
    dossier: Dossier | None
    is_held: bool
    is_held_elsewhere: bool  # not itself: parents' data wait for the holds of every child
    is_failed: bool  # also when only a sealed file could not be removed
    changed: Changed | None = None


def _of_who_is_back() -> Q:
    """Items whose pupil, or family, is at school again or left on another day than was listed."""
    leavers = Leaver.objects.filter(dossier=OuterRef("dossier_id"))
    elsewhere = (
        DestructionItem.objects.filter(list=OuterRef("list"), dossier_id=OuterRef("dossier_id"))
        .exclude(kind__in=_OF_FAMILIES)
        .exclude(Exists(leavers.filter(left_on=OuterRef("last_day"))))
    )
    exactly = Exists(leavers.filter(family_left_on=OuterRef("last_day")))
    before = Exists(leavers.filter(family_left_on__lt=OuterRef("last_day"))) & ~Exists(elsewhere)
    families = Q(exactly | before, kind__in=_OF_FAMILIES)  # changed.py says why
    others = Q(~Q(kind__in=_OF_FAMILIES), Exists(leavers.filter(left_on=OuterRef("last_day"))))
    same = families | others
    return (
        ~same & ~Q(decision="keep") & Q(outcome="", list__closed_at=None, list__cancelled_on=None)
    )


def held_items(on: date) -> Q:
    """Items that something holds on a day, as the rule says (rules/due.py)."""
    here = Dossier.objects.filter(is_held(on)).values("pk")
    around = Dossier.objects.filter(is_held_around(on)).values("pk")
    return Q(dossier_id__in=here) | Q(kind__in=_OF_FAMILIES, dossier_id__in=around)


def with_dossiers(items: Iterable[DestructionItem], *, on: date) -> list[Listed]:
    """These items with their dossiers and whether something holds them now; two queries."""
    rows = list(items)
    yes_or_no: Any = BooleanField()
    dossiers = (
        Dossier.objects.select_related("pupil", "school__unit")
        .annotate(
            held_here=ExpressionWrapper(is_held(on), output_field=yes_or_no),
            held_around=ExpressionWrapper(is_held_around(on), output_field=yes_or_no),
        )
        .in_bulk({row.dossier_id for row in rows})
    )
    return [_listed(row, dossiers.get(row.dossier_id)) for row in rows]


def _listed(row: DestructionItem, dossier: Any) -> Listed:
    is_held = dossier is not None and dossier.held_here
    is_around = dossier is not None and row.kind in _OF_FAMILIES and dossier.held_around
    return Listed(row, dossier, is_held, is_around and not is_held, row.failed_at is not None)


def holds_on(item: DestructionItem, *, on: date) -> list[Hold]:
    """The holds that stand on an item's dossier: since when and what for, not their words."""
    return list(standing_holds(on).filter(dossier=item.dossier_id).order_by("starts_on", "pk"))


def counts_of(item: DestructionItem) -> dict[str, int]:
    """How many notes, files and so on the item holds; nothing of what they say."""
    with connection.cursor() as cursor:
        cursor.execute("select what, number from retention_counts_of(%s)", [item.pk])
        return {what: number for what, number in cursor.fetchall() if number}


def open_lists(*, begun_only: bool = False) -> QuerySet[DestructionList]:
    """Lists that did not end: for jobs."""
    rows: QuerySet[Any] = DestructionList.objects.filter(
        cancelled_on__isnull=True, closed_at__isnull=True
    )
    rows = rows.filter(begun_at__isnull=False) if begun_only else rows
    return rows.select_related("school__unit", "school__board").order_by("made_on", "pk")


def with_first_due(rows: QuerySet[DestructionList]) -> QuerySet[DestructionList]:
    """With the first day on which something of it falls due, as `first_due`; not what is kept."""
    return rows.annotate(first_due=Min("items__due_on", filter=~Q(items__decision="keep")))
