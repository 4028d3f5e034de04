"""How much falls due at which school in which month: for the calendar, and for what-if.

Pupils are counted by their last day at school, in a fixed number of queries however many there
are; from there the rule itself (rules/due.py) says when each of those days falls due.
"""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from dossiers.models import Dossier
from retention.kinds import Kind
from retention.models import EndedKind, TermChange
from retention.queries.due import Scope, is_held, pictures_up
from retention.queries.terms import Terms
from retention.rules import falls_due
from retention.terms import KINDS, OF_PUPILS
from students.models import Enrolment, School

_Cell = tuple[uuid.UUID, date]  # school, last day there

# Parents' data wait for the last child: their day is the last day of the whole family.
_FAMILIES = """
with gone as (
    select e.pupil_id, e.school_id, max(e.ends_on) as day from students_enrolment e
    where e.school_id = any (%(schools)s)
    group by 1, 2 having count(*) = count(e.ends_on)
), links as (
    select distinct g.pupil_id, b.pupil_id as child_id
    from (select distinct pupil_id from gone) g
    join students_parenthood a on a.pupil_id = g.pupil_id and a.withdrawn_at is null
    join students_parenthood b on b.parent_id = a.parent_id and b.withdrawn_at is null
), families as (
    select l.pupil_id, max(e.ends_on) as day from links l
    join students_enrolment e on e.pupil_id = l.child_id
    group by 1 having count(*) = count(e.ends_on)
)
select g.pupil_id, g.school_id, greatest(g.day, f.day) from gone g
join families f on f.pupil_id = g.pupil_id
"""


@dataclass
class Amount:
    """How many of something fall due, and how many of them wait for a hold or a picture."""

    all: int = 0
    held: int = 0

    def add(self, number: int, *, held: int = 0) -> None:
        """Counts some more."""
        self.all += number
        self.held += held


@dataclass(frozen=True)
class Left:
    """Who left: how many of each school and last day, all of them and those that are held up."""

    all: Counter[_Cell]
    held: Counter[_Cell]
    pictures: Counter[_Cell]
    gone: dict[str, Counter[_Cell]]

    def of(self, kind: Kind) -> Iterable[tuple[uuid.UUID, date, int, int]]:
        """School, last day, how many have this kind still, and how many of those wait."""
        gone = self.gone.get(kind.code, Counter())
        for cell, number in self.all.items():
            left = number - gone[cell]
            if left > 0:
                waits = self.held[cell] + (self.pictures[cell] if kind.waits_for_pictures else 0)
                yield cell[0], cell[1], left, min(left, waits)


def who_left(schools: Iterable[uuid.UUID], *, on: date) -> Left:
    """Pupils who left these schools and did not return, counted by school and last day."""
    gone = _gone(list(schools))
    here = Dossier.objects.filter(pupil=OuterRef("pupil"), school=OuterRef("school"))
    held = gone.filter(Exists(here.filter(is_held(on))))
    up = pictures_up().filter(pupil=OuterRef("pupil"), publication__school=OuterRef("school"))
    return Left(
        all=_counted(gone),
        held=_counted(held),
        pictures=_counted(gone.filter(Exists(up)).exclude(pk__in=held.values("pk"))),
        gone=_kinds_gone(gone),
    )


def _gone(schools: list[uuid.UUID]) -> QuerySet[Enrolment]:
    """The last stay of each pupil who left: none later, and none that goes on."""
    later = Enrolment.objects.filter(
        Q(ends_on__isnull=True)
        | Q(ends_on__gt=OuterRef("ends_on"))
        | Q(ends_on=OuterRef("ends_on"), pk__gt=OuterRef("pk")),
        pupil=OuterRef("pupil"),
        school=OuterRef("school"),
    )
    rows = Enrolment.objects.filter(school__in=schools, ends_on__isnull=False)
    return rows.filter(~Exists(later)).order_by()


def _counted(rows: QuerySet[Enrolment]) -> Counter[_Cell]:
    found = rows.values_list("school_id", "ends_on").annotate(number=Count("pk"))
    return Counter({(school, day): number for school, day, number in found})


def _kinds_gone(gone: QuerySet[Enrolment]) -> dict[str, Counter[_Cell]]:
    """Per kind how many are destroyed already while others of the pupil still wait."""
    dossiers = Dossier.objects.filter(pk__in=EndedKind.objects.values("dossier_id"))
    places = {
        (pupil, school): key
        for key, pupil, school in dossiers.values_list("pk", "pupil_id", "school_id")
    }
    if not places:
        return {}
    ended: dict[uuid.UUID, list[str]] = defaultdict(list)
    for key, kind in EndedKind.objects.values_list("dossier_id", "kind"):
        ended[key].append(kind)
    found: dict[str, Counter[_Cell]] = defaultdict(Counter)
    rows = gone.filter(pupil__in={pupil for pupil, _school in places})
    for pupil, school, day in rows.values_list("pupil_id", "school_id", "ends_on"):
        if day is not None and (pupil, school) in places:
            for kind in ended[places[pupil, school]]:
                found[kind][school, day] += 1
    return found


def families_left(schools: Iterable[uuid.UUID], *, on: date) -> Left:
    """The same for parents' data: by the last day of the last child."""
    keys = list(schools)
    with connection.cursor() as cursor:
        cursor.execute(_FAMILIES, {"schools": keys})
        rows: list[Any] = cursor.fetchall()
    waiting = _families_waiting(on)
    ended = set(EndedKind.objects.filter(kind="parents").values_list("dossier_id", flat=True))
    gone = Dossier.objects.filter(pk__in=ended).values_list("pupil_id", "school_id")
    without = set(gone) if ended else set()
    everybody: Counter[_Cell] = Counter()
    held: Counter[_Cell] = Counter()
    for pupil, school, day in rows:
        if (pupil, school) not in without:
            everybody[school, day] += 1
            held[school, day] += pupil in waiting
    return Left(everybody, held, Counter(), {})


def _families_waiting(on: date) -> set[uuid.UUID]:
    """Pupils with a child of the same parents, or themselves, held or in a picture in use."""
    of_family = "parenthoods__parent__children__pupil"
    links = {
        "parenthoods__withdrawn_at__isnull": True,
        "parenthoods__parent__children__withdrawn_at__isnull": True,
    }
    held = Dossier.objects.filter(is_held(on)).filter(
        **{f"pupil__{name}": value for name, value in links.items()}
    )
    up = pictures_up().filter(**{f"pupil__{name}": value for name, value in links.items()})
    return {
        *held.values_list(f"pupil__{of_family}", flat=True),
        *up.values_list(f"pupil__{of_family}", flat=True),
    }


@dataclass
class Month:
    """One school in one month: how much of each kind falls due. None: it is due now."""

    first: date | None
    school: School
    kinds: dict[str, Amount] = field(default_factory=lambda: defaultdict(Amount))

    @property
    def by_kind(self) -> list[tuple[Kind, Amount]]:
        """Each kind with how much falls due, in the order of the kinds."""
        return [(kind, self.kinds.get(kind.code, Amount())) for kind in OF_PUPILS]


def _month(day: date, on: date) -> date | None:
    return None if day <= on else day.replace(day=1)


def calendar_of(schools: Iterable[School], *, on: date, until: date) -> list[Month]:
    """What falls due at each school in each month up to `until`; first what is due already."""
    named = {school.pk: school for school in schools}
    scope = Scope.of(named.values())
    left = who_left(named, on=on)
    families = families_left(named, on=on)
    found: dict[tuple[date | None, uuid.UUID], Month] = {}
    for kind in OF_PUPILS:
        days = _Days(kind, scope.terms)
        for school, last_day, number, held in (families if kind.follows_family else left).of(kind):
            day = days.due(named[school].board_id, last_day)
            if day < until:
                key = (_month(day, on), school)
                month = found.setdefault(key, Month(key[0], named[school]))
                month.kinds[kind.code].add(number, held=held)
    return sorted(found.values(), key=lambda one: (one.first or date.min, one.school.name))


class _Days:
    """When a kind falls due, each last day worked out once."""

    def __init__(self, kind: Kind, terms: dict[uuid.UUID, Terms]) -> None:
        self._spans = {board: of_board.spans(kind) for board, of_board in terms.items()}
        self._known: dict[tuple[uuid.UUID, date], date] = {}

    def due(self, board: uuid.UUID, last_day: date) -> date:
        """The day on which it falls due at a board."""
        key = (board, last_day)
        if key not in self._known:
            self._known[key] = falls_due(last_day, self._spans[board])
        return self._known[key]


@dataclass
class Shift:
    """One school in one month: how many fall due now, how many would, how many are held up."""

    first: date | None
    school: School
    now: int = 0
    then: int = 0
    held: int = 0  # of those that would

    @property
    def more(self) -> int:
        """How many more, or below zero how many fewer."""
        return self.then - self.now

    @property
    def fewer(self) -> int:
        """How many fewer."""
        return self.now - self.then


@dataclass(frozen=True)
class WhatIf:
    """What a proposed term would change, before anybody approves it."""

    shifts: list[Shift]
    kinds: list[Kind]  # those that wait for this one move along

    @property
    def now(self) -> Shift:
        """Everything that is due at once: today as it is, and today as it would be."""
        rows = [one for one in self.shifts if one.first is None]
        return Shift(
            None, rows[0].school if rows else School(),
            sum(r.now for r in rows), sum(r.then for r in rows), sum(r.held for r in rows),
        )  # fmt: skip


def what_if(change: TermChange, schools: Iterable[School], *, on: date, until: date) -> WhatIf:
    """How many more or fewer dossiers fall due, per school and month, and which are held.

    Of every month in which it differs, up to `until`.
    """
    kind = KINDS[change.kind]
    named = {school.pk: school for school in schools}
    terms = Scope.of(named.values()).terms
    then = {board: of_board.with_change(change) for board, of_board in terms.items()}
    left = (families_left if kind.follows_family else who_left)(named, on=on)
    before, after = _Days(kind, terms), _Days(kind, then)
    found: dict[tuple[date | None, uuid.UUID], Shift] = {}

    def shift(day: date, school: uuid.UUID) -> Shift:
        key = (_month(day, on), school)
        return found.setdefault(key, Shift(key[0], named[school]))

    for school, last_day, number, held in left.of(kind):
        board = named[school].board_id
        shift(before.due(board, last_day), school).now += number
        new = shift(after.due(board, last_day), school)
        new.then += number
        new.held += held
    shown = [one for one in found.values() if one.more and (one.first is None or one.first < until)]
    shown.sort(key=lambda one: (one.first or date.min, one.school.name))
    along = [one for one in OF_PUPILS if kind.code in one.after]
    return WhatIf(shown, along)
