"""How much falls due at which school in which month: for the calendar, and for what-if.

A month's last day and a term give the last day at school that is due by then (`cutoff`). Who left
is counted between those days, in one query however many there are; from there the rule itself
(rules/due.py) says in which month a kind of record falls due.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db import connection

from retention.kinds import Kind
from retention.models import TermChange
from retention.models.leavers import bit_of
from retention.queries.due import Scope, held_until
from retention.queries.terms import Terms
from retention.rules import cutoff, falls_due
from retention.terms import KINDS, OF_PUPILS
from students.models import School

# Per school, step, kinds that are gone and day until which they are held: how many left, how many
# of them are held nobody knows until when, and how many of the rest are in a picture in use.
_COUNTED = """
with up as materialized (
    select distinct p.pupil_id, u.school_id
    from consent_publishedpupil p join consent_publication u on u.id = p.publication_id
    where p.gone_on is null and u.ended_on is null
)
select l.school_id, width_bucket(l.left_on - 1, %(steps)s::date[]), l.gone, h.until, count(*),
    count(*) filter (where h.is_open), count(up.pupil_id) filter (where h.is_open is not true)
from retention_leaver l
left join unnest(%(held)s::uuid[], %(until)s::date[], %(open)s::boolean[]) h(id, until, is_open)
    on h.id = l.dossier_id
left join up on up.pupil_id = l.pupil_id and up.school_id = l.school_id
where l.school_id = any (%(schools)s::uuid[]) and l.left_on <= (%(steps)s::date[])[%(last)s]
group by 1, 2, 3, 4
"""
# The same of parents' data: their day is the last day of the whole family, and they wait while a
# child of any of the parents is held or in a picture in use: one who left, as they all did.
_COUNTED_FAMILIES = """
with waiting as materialized (
    select l.pupil_id, h.until, h.is_open
    from unnest(%(held)s::uuid[], %(until)s::date[], %(open)s::boolean[]) h(id, until, is_open)
    join retention_leaver l on l.dossier_id = h.id
    union
    select p.pupil_id, null, true
    from retention_leaver l
    join consent_publishedpupil p on p.pupil_id = l.pupil_id and p.gone_on is null
    join consent_publication u on u.id = p.publication_id and u.ended_on is null
), around as (
    select b.pupil_id, w.until, w.is_open
    from waiting w
    join students_parenthood a on a.pupil_id = w.pupil_id and a.withdrawn_at is null
    join students_parenthood b on b.parent_id = a.parent_id and b.withdrawn_at is null
    union all
    select * from waiting
), families as materialized (
    select pupil_id, max(until) as until, bool_or(is_open) as is_open from around group by 1
)
select l.school_id, width_bucket(l.family_left_on - 1, %(steps)s::date[]), l.gone, f.until,
    count(*), count(*) filter (where f.is_open), 0
from retention_leaver l left join families f on f.pupil_id = l.pupil_id
where l.school_id = any (%(schools)s::uuid[]) and l.family_left_on <= (%(steps)s::date[])[%(last)s]
group by 1, 2, 3, 4
"""


@dataclass(frozen=True)
class Months:
    """What is due on a day, and the months from then on; each with its last day."""

    on: date
    until: date  # the first day that is not asked after

    def ends(self) -> Iterator[date]:
        """The day itself, and the last day of each month."""
        yield self.on
        first = self.on.replace(day=1)
        while first < self.until:
            first = (first + timedelta(days=32)).replace(day=1)
            yield first - timedelta(days=1)

    def of(self, day: date) -> date | None:
        """The first day of the month of a day; none: it has come already."""
        return None if day <= self.on else day.replace(day=1)

    def steps(self, kinds: Iterable[Kind], *terms: dict[uuid.UUID, Terms]) -> list[date]:
        """Last days at school between which no kind falls due in two different months."""
        spans = {of.spans(kind) for kind in kinds for some in terms for of in some.values()}
        return sorted({cutoff(end, every) for end in self.ends() for every in spans})


@dataclass(frozen=True)
class Left:
    """How many left a school up to a step, with the same kinds gone; how many of them wait.

    Held `until` a day they fall due on that day, where it is later than the one of their term.
    """

    school: uuid.UUID
    last_day: date
    gone: int
    until: date | None
    all: int
    held: int
    pictures: int

    def has(self, kind: Kind) -> bool:
        """Whether this kind is still there."""
        return not self.gone & bit_of(kind)

    def waiting(self, kind: Kind) -> int:
        """How many wait for a hold, or for a picture."""
        return self.held + (self.pictures if kind.waits_for_pictures else 0)


def _who_left(
    counted: str, schools: Iterable[uuid.UUID], steps: Sequence[date], *, on: date
) -> list[Left]:
    held = held_until(on)
    values: dict[str, Any] = {
        "schools": list(schools), "steps": list(steps), "last": len(steps),
        "held": list(held), "until": [until for until, _open in held.values()],
        "open": [is_open for _until, is_open in held.values()],
    }  # fmt: skip
    rows: list[Any] = []
    if steps:
        with connection.cursor() as cursor:
            # These count everybody who left: in memory, not by way of the disk.
            cursor.execute("set local work_mem = '64MB'")
            cursor.execute(counted, values)
            rows = cursor.fetchall()
    return [Left(school, steps[step], *numbers) for school, step, *numbers in rows]


@dataclass
class Amount:
    """How many of something fall due, and how many of them wait for a hold or a picture."""

    all: int = 0
    held: int = 0

    def add(self, number: int, *, held: int = 0) -> None:
        """Counts some more."""
        self.all += number
        self.held += held


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


def calendar_of(schools: Iterable[School], *, on: date, until: date) -> list[Month]:
    """What falls due at each school in each month up to `until`; first what is due already."""
    named = {school.pk: school for school in schools}
    months, terms = Months(on, until), Scope.of(named.values()).terms
    found: dict[tuple[date | None, uuid.UUID], Month] = {}
    for counted, follows_family in ((_COUNTED, False), (_COUNTED_FAMILIES, True)):
        kinds = [kind for kind in OF_PUPILS if kind.follows_family == follows_family]
        left = _who_left(counted, named, months.steps(kinds, terms), on=on)
        for kind in kinds:
            days = _Days(kind, terms)
            for some in filter(lambda one: one.has(kind), left):
                day = days.due(named[some.school].board_id, some)
                if day < until:
                    key = (months.of(day), some.school)
                    month = found.setdefault(key, Month(key[0], named[some.school]))
                    month.kinds[kind.code].add(some.all, held=some.waiting(kind))
    return sorted(found.values(), key=lambda one: (one.first or date.min, one.school.name))


class _Days:
    """When a kind falls due, each last day worked out once."""

    def __init__(self, kind: Kind, terms: dict[uuid.UUID, Terms]) -> None:
        self._spans = {board: of_board.spans(kind) for board, of_board in terms.items()}
        self._known: dict[tuple[uuid.UUID, date], date] = {}

    def due(self, board: uuid.UUID, some: Left) -> date:
        """The day on which it falls due at a board."""
        key = (board, some.last_day)
        if key not in self._known:
            self._known[key] = falls_due(some.last_day, self._spans[board])
        return max(self._known[key], some.until or date.min)


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
class AtOnce:
    """How many of all schools are due today, and would be; also where it changes nothing."""

    now: int
    then: int
    held: int

    @classmethod
    def of(cls, shifts: Iterable[Shift]) -> AtOnce:
        """Of the rows that are of no month to come."""
        rows = [one for one in shifts if one.first is None]
        return cls(sum(r.now for r in rows), sum(r.then for r in rows), sum(r.held for r in rows))


@dataclass(frozen=True)
class WhatIf:
    """What a proposed term would change, before anybody approves it."""

    shifts: list[Shift]  # of the schools and months in which it differs
    at_once: AtOnce
    kinds: list[Kind]  # those that wait for this one move along


def what_if(change: TermChange, schools: Iterable[School], *, on: date, until: date) -> WhatIf:
    """How many more or fewer dossiers fall due, per school and month, and which are held.

    Of every month in which it differs, up to `until`.
    """
    kind = KINDS[change.kind]
    named = {school.pk: school for school in schools}
    months, terms = Months(on, until), Scope.of(named.values()).terms
    changed = {board: of_board.with_change(change) for board, of_board in terms.items()}
    counted = _COUNTED_FAMILIES if kind.follows_family else _COUNTED
    left = _who_left(counted, named, months.steps([kind], terms, changed), on=on)
    before, after = _Days(kind, terms), _Days(kind, changed)
    found: dict[tuple[date | None, uuid.UUID], Shift] = {}

    def shift(day: date, school: uuid.UUID) -> Shift:
        key = (months.of(day), school)
        return found.setdefault(key, Shift(key[0], named[school]))

    for some in filter(lambda one: one.has(kind), left):
        board = named[some.school].board_id
        shift(before.due(board, some), some.school).now += some.all
        then = shift(after.due(board, some), some.school)
        then.then += some.all
        then.held += some.waiting(kind)
    shown = [one for one in found.values() if one.more and (one.first is None or one.first < until)]
    shown.sort(key=lambda one: (one.first or date.min, one.school.name))
    along = [one for one in OF_PUPILS if kind.code in one.after]
    return WhatIf(shown, AtOnce.of(found.values()), along)
