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

from dossiers.models import Dossier
from retention import holds
from retention.kinds import Kind
from retention.models import TermChange
from retention.queries.due import Scope, pictures_up, standing_holds
from retention.queries.terms import Terms
from retention.rules import falls_due
from retention.terms import KINDS, OF_PUPILS
from students.models import School

_Cell = tuple[uuid.UUID, date]  # school, last day there

# The last stay of each pupil who left: none that goes on.
_GONE = """
with gone as materialized (
    select e.pupil_id, e.school_id, max(e.ends_on) as day from students_enrolment e
    where e.school_id = any (%(schools)s)
    group by 1, 2 having bool_and(e.ends_on is not null)
)"""
_ALL = "{gone} select school_id, day, count(*) from gone group by 1, 2"
_ALL = _ALL.format(gone=_GONE)
# From the few, not from all who left: what is destroyed already, and what is held.
_OF_DOSSIERS = """
join students_enrolment e on e.pupil_id = d.pupil_id and e.school_id = d.school_id
where d.school_id = any (%(schools)s) and {only}
group by d.id, d.school_id, {by} having bool_and(e.ends_on is not null)"""
_KINDS_GONE = """
select kind, school_id, day, count(*) from (
    select k.kind, d.school_id, max(e.ends_on) as day
    from retention_endedkind k join dossiers_dossier d on d.id = k.dossier_id
    {of_dossiers}
) ended group by 1, 2, 3
"""
_KINDS_GONE = _KINDS_GONE.format(
    of_dossiers=_OF_DOSSIERS.format(only="k.kind = any (%(kinds)s)", by="k.kind")
)
_HELD = """
select school_id, day, count(*) from (
    select d.school_id, max(e.ends_on) as day from dossiers_dossier d
    {of_dossiers}
) held group by 1, 2
"""
_HELD = _HELD.format(of_dossiers=_OF_DOSSIERS.format(only="d.id = any (%(held)s)", by="d.pupil_id"))
_PICTURES = """{gone}
select g.school_id, g.day, count(*) from gone g
join dossiers_dossier d on d.pupil_id = g.pupil_id and d.school_id = g.school_id
where d.id <> all (%(held)s) and exists (
    select from consent_publishedpupil p join consent_publication b on b.id = p.publication_id
    where p.pupil_id = g.pupil_id and b.school_id = g.school_id
      and p.gone_on is null and b.ended_on is null
) group by 1, 2
"""
_PICTURES = _PICTURES.format(gone=_GONE)
# Parents' data wait for the last child: their day is the last day of the whole family.
_FAMILIES = """{gone}, links as (
    select distinct g.pupil_id, b.pupil_id as child_id
    from gone g
    join students_parenthood a on a.pupil_id = g.pupil_id and a.withdrawn_at is null
    join students_parenthood b on b.parent_id = a.parent_id and b.withdrawn_at is null
), families as (
    select l.pupil_id, max(e.ends_on) as day, bool_or(l.child_id = any (%(waiting)s)) as waits
    from links l join students_enrolment e on e.pupil_id = l.child_id
    group by 1 having bool_and(e.ends_on is not null)
)
select g.school_id, greatest(g.day, f.day), count(*), count(*) filter (where f.waits)
from gone g join families f on f.pupil_id = g.pupil_id
where (g.pupil_id, g.school_id) not in (
    select d.pupil_id, d.school_id
    from retention_endedkind k join dossiers_dossier d on d.id = k.dossier_id
    where k.kind = 'parents'
) group by 1, 2
"""
_FAMILIES = _FAMILIES.format(gone=_GONE)


def _asked(question: str, **values: Any) -> list[Any]:
    with connection.cursor() as cursor:
        # These count everybody who left: in memory, not by way of the disk.
        cursor.execute("set local work_mem = '64MB'")
        cursor.execute(question, values)
        rows: list[Any] = cursor.fetchall()
        return rows


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


def who_left(schools: Iterable[uuid.UUID], kinds: Iterable[Kind], *, on: date) -> Left:
    """Pupils who left these schools and did not return, counted by school and last day."""
    keys, held = list(schools), list(_held(on))
    gone: dict[str, Counter[_Cell]] = defaultdict(Counter)
    wanted = list(kinds)
    codes, waits = [kind.code for kind in wanted], any(kind.waits_for_pictures for kind in wanted)
    for kind, school, day, number in _asked(_KINDS_GONE, schools=keys, kinds=codes):
        gone[kind][school, day] = number
    return Left(
        all=_counted(_asked(_ALL, schools=keys)),
        held=_counted(_asked(_HELD, schools=keys, held=held)),
        pictures=_counted(_asked(_PICTURES, schools=keys, held=held) if waits else []),
        gone=gone,
    )


def _counted(rows: list[Any]) -> Counter[_Cell]:
    return Counter({(school, day): number for school, day, number in rows})


def _held(on: date) -> set[uuid.UUID]:
    """Keys of the dossiers that are held: they are few."""
    held = set(standing_holds(on).values_list("dossier_id", flat=True))
    return held.union(*(one.question(on) for one in holds.all_asked()))


def families_left(schools: Iterable[uuid.UUID], *, on: date) -> Left:
    """The same for parents' data: by the last day of the last child."""
    dossiers = Dossier.objects.filter(pk__in=_held(on))
    waiting = {
        *dossiers.values_list("pupil_id", flat=True),
        *pictures_up().values_list("pupil_id", flat=True),
    }
    rows = _asked(_FAMILIES, schools=list(schools), waiting=list(waiting))
    held = Counter({(school, day): waits for school, day, _number, waits in rows})
    everybody = _counted([row[:3] for row in rows])
    return Left(everybody, held, Counter(), {})


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
    left = who_left(named, OF_PUPILS, on=on)
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
    left = families_left(named, on=on) if kind.follows_family else who_left(named, [kind], on=on)
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
