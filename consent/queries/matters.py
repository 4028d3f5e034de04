"""What stands beside the answers about a pupil: one line each, and the words of one, opened."""

from __future__ import annotations

import uuid
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from access.models import User
from access.permissions import Permission
from audit.damage import noticing
from consent.models import Objection, OrderCoverage, PurposeText, UnableDecision
from consent.models.matters import Ending, Liftable, Matter, UnreachableDecision
from consent.queries.damage import damage_of_pupils_own
from consent.queries.kept import (
    court_orders_kept_by,
    not_own_child,
    objections_kept_by,
    safety_blocks_kept_by,
    unable_decisions_kept_by,
    unreachable_decisions_kept_by,
)
from consent.queries.stays import not_over
from students.models import Enrolment, Pupil, School
from vault.sealing import keyring

REVIEWED_WITHIN = timedelta(days=30)


class Sort(StrEnum):
    """Kinds of matter, as an address says them, in the order of their rank."""

    BLOCK = "safety-block"
    OBJECTION = "objection"
    ORDER = "court-order"
    UNABLE = "unable"
    UNREACHABLE = "unreachable"

    @property
    def label(self) -> Promise:
        """The kind in words."""
        return _LABELS[self]


_LABELS = {
    Sort.BLOCK: _("Safety block"),
    Sort.OBJECTION: _("Objection"),
    Sort.ORDER: _("Court order"),
    Sort.UNABLE: _("Can't decide"),
    Sort.UNREACHABLE: _("Can't be reached"),
}
_KEPT = {
    Sort.BLOCK: safety_blocks_kept_by,
    Sort.OBJECTION: objections_kept_by,
    Sort.ORDER: court_orders_kept_by,
    Sort.UNABLE: unable_decisions_kept_by,
    Sort.UNREACHABLE: unreachable_decisions_kept_by,
}


@dataclass(frozen=True)
class MatterLine:
    """One matter: what it is about and whether it counts; its words stay sealed."""

    sort: Sort
    row: Any
    texts: tuple[PurposeText, ...]  # none: everything that is asked
    stands: bool

    @property
    def last_day(self) -> date | None:
        """Up to which day it counted or counts."""
        if isinstance(self.row, Liftable):
            lifted: date | None = self.row.lifted_on
            return lifted - timedelta(days=1) if lifted else None
        ends: date | None = self.row.ends_on
        return ends

    @property
    def parent_id(self) -> uuid.UUID | None:
        """Whom it is about, for a parent who can't be reached."""
        return self.row.parent_id if isinstance(self.row, UnreachableDecision) else None


def matters_of(pupil: Pupil, school: School, user: User, *, on: date) -> list[MatterLine]:
    """All matters about a pupil that count at a school, those that stand first."""
    titles = titles_of(school.board_id)
    found: dict[Hashable, list[tuple[Sort, Any]]] = {}
    for sort, kept in _KEPT.items():
        rows = kept(user, on=on).filter(pupil=pupil)
        if sort not in (Sort.BLOCK, Sort.ORDER):
            rows = rows.filter(school=school)
        for row in rows.order_by("-recorded_at", "pk"):
            found.setdefault(_decision(row), []).append((sort, row))
    lines = []
    for rows_of_one in found.values():
        sort, first = rows_of_one[0]
        keys = [row.purpose_id for _sort, row in rows_of_one if row.purpose_id in titles]
        texts = tuple(titles[key] for key in keys)
        lines.append(MatterLine(sort, first, texts, stands_on(first, on)))
    return sorted(lines, key=lambda line: not line.stands)


def _decision(row: Matter) -> Hashable:
    """What tells one decision from another: that of one paper about several purposes is one."""
    if isinstance(row, Liftable):
        return row.pk
    assert isinstance(row, Ending)
    return (
        type(row),
        row.school_id,
        row.starts_on,
        row.ends_on,
        row.recorded_by_id,
        row.recorded_at.date(),
        getattr(row, "is_yes", None),
        getattr(row, "parent_id", None),
        row.ended_at is None,
    )


def recorded_with(user: User, row: Matter, sort: Sort, *, on: date) -> list[Any]:
    """The other rows of the same decision that count: about other purposes."""
    rows = matters_of_sort(user, sort, on=on).filter(pupil=row.pupil_id).exclude(pk=row.pk)
    same = _decision(row)
    alike = [one for one in rows.order_by("recorded_at", "pk") if _decision(one) == same]
    return [one for one in alike if stands_on(one, on)]


def matters_of_sort(user: User, sort: Sort, *, on: date) -> QuerySet[Any]:
    """The rows of one kind that somebody may see."""
    return _KEPT[sort](user, on=on)


def titles_of(board_id: uuid.UUID) -> dict[uuid.UUID, PurposeText]:
    """The newest text of each purpose that was ever in use: what it is called."""
    rows = PurposeText.objects.filter(purpose__board=board_id, in_use_from__isnull=False)
    newest = rows.order_by("purpose_id", "-in_use_from", "-number").distinct("purpose_id")
    return {text.purpose_id: text for text in newest}


def stands_on(row: Matter, day: date) -> bool:
    """Whether it counts on `day` or later, by its own days."""
    if isinstance(row, Liftable):
        return row.lifted_on is None
    assert isinstance(row, Ending)
    return row.ends_on is None or row.ends_on >= day


@dataclass(frozen=True)
class Words:
    """What was sealed with a matter, opened."""

    words: str
    advice_on: date | None = None
    advice_by: str = ""
    lifted: str = ""


def words_of(row: Matter) -> Words:
    """Opens the words of one matter. Raises Unreadable, noted for the log, when it can't be."""
    keys = keyring([row.pk])
    lifted = ""
    with noticing(lambda: damage_of_pupils_own(row)):
        said = keys.open_json(row.pk, row.place, row.sealed)
        if isinstance(row, Liftable) and row.lifted_sealed is not None:
            lifted = keys.open_json(row.pk, row.lifting_place, row.lifted_sealed)["words"]
    advice_on = said.get("advice_on")
    return Words(
        words=said["words"],
        advice_on=date.fromisoformat(advice_on) if advice_on else None,
        advice_by=said.get("advice_by", ""),
        lifted=lifted,
    )


def coverage_of(pupil: Pupil) -> dict[uuid.UUID, list[OrderCoverage]]:
    """Which purposes each representative's order covers now."""
    rows = OrderCoverage.objects.filter(representative__pupil=pupil, withdrawn_at__isnull=True)
    found: dict[uuid.UUID, list[OrderCoverage]] = {}
    for row in rows.order_by("recorded_at", "pk"):
        found.setdefault(row.representative_id, []).append(row)
    return found


@dataclass(frozen=True)
class Due:
    """What waits for a director: objections to decide, and decisions to review before they end."""

    objections: list[Objection]
    reviews: list[UnableDecision]

    def __bool__(self) -> bool:
        return bool(self.objections or self.reviews)

    @property
    def rows(self) -> Iterable[Objection | UnableDecision]:
        """All of them."""
        return [*self.objections, *self.reviews]


def due_to_decide(user: User, *, on: date) -> Due:
    """What `user` has to decide about pupils who are at their school, never of an own child."""
    units = user.units_with(Permission.DECIDE_CONSENT, on)
    here = Enrolment.objects.filter(
        not_over(on),
        pupil=OuterRef("pupil"),
        school=OuterRef("school"),
    )
    objections = Objection.objects.filter(Exists(here), school__in=units, lifted_at__isnull=True)
    ending = UnableDecision.objects.filter(
        Exists(here),
        school__in=units,
        ended_at__isnull=True,
        ends_on__range=(on, on + REVIEWED_WITHIN),
    )
    reviews = not_own_child(ending, user).select_related("pupil").order_by("ends_on", "pk")
    return Due(
        list(not_own_child(objections, user).select_related("pupil").order_by("starts_on", "pk")),
        list({(row.pupil_id, row.ends_on): row for row in reviews}.values()),
    )
