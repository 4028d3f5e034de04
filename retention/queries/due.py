"""What falls due, asked of the database: the same rule as rules/due.py, for lists.

A test compares both over random cases. `due_of` is one kind, `due_on` all of them in one query.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import (
    Case,
    DateField,
    Exists,
    ExpressionWrapper,
    F,
    Func,
    Max,
    OuterRef,
    Q,
    QuerySet,
    UUIDField,
    Value,
    When,
)
from django.db.models.functions import Greatest

from consent.models import PublishedPupil
from dossiers.models import Dossier
from retention import holds
from retention.kinds import Kind
from retention.models import Hold, Leaver
from retention.models.leavers import still_with
from retention.queries.terms import Terms, terms_of
from retention.rules import Span, cutoff
from retention.terms import OF_PUPILS
from students.models import Parenthood, School

# A picture in use that an item waits for, if any. Looked up one by one: who may be due are few, and
# going through all pictures takes longer.
_PICTURE: Any = Func(
    F("pupil"),
    F("school"),
    template="""(
        select p.id from consent_publishedpupil p
        join consent_publication u on u.id = p.publication_id and u.ended_on is null
        where (p.pupil_id, u.school_id) = (%(expressions)s) and p.gone_on is null limit 1
    )""",
    output_field=UUIDField(),
)
_PICTURE_OF_FAMILY: Any = Func(
    F("pupil"),
    template="""coalesce((
        select p.id from students_parenthood a
        join students_parenthood b on b.parent_id = a.parent_id and b.withdrawn_at is null
        join consent_publishedpupil p on p.pupil_id = b.pupil_id and p.gone_on is null
        join consent_publication u on u.id = p.publication_id and u.ended_on is null
        where a.pupil_id = %(expressions)s and a.withdrawn_at is null limit 1
    ), (
        select p.id from consent_publishedpupil p
        join consent_publication u on u.id = p.publication_id and u.ended_on is null
        where p.pupil_id = %(expressions)s and p.gone_on is null limit 1
    ))""",
    output_field=UUIDField(),
)
# The last day of what holds a dossier, or one of the family's; lifted holds left out. Held until a
# day are few: who is among them is asked first, of all at once.
_HELD_UNTIL: Any = Func(
    F("pk"),
    template="""case when %(expressions)s in (
        select h.dossier_id from retention_hold h
        where h.lifted_at is null and h.ends_on is not null
    ) then (
        select max(h.ends_on) from retention_hold h
        where h.dossier_id = %(expressions)s and h.lifted_at is null
    ) end""",
    output_field=DateField(),
)
_HELD_IN_FAMILY = """from retention_hold h
        join dossiers_dossier d on d.id = h.dossier_id
        join students_parenthood b on b.pupil_id = d.pupil_id and b.withdrawn_at is null
        join students_parenthood a on a.parent_id = b.parent_id and a.withdrawn_at is null
        where h.lifted_at is null and h.ends_on is not null"""
_HELD_ANYWHERE = """from retention_hold h
        join dossiers_dossier d on d.id = h.dossier_id
        where h.lifted_at is null and h.ends_on is not null"""
_FAMILY_HELD_UNTIL: Any = Func(
    F("pupil"),
    template=f"""case when %(expressions)s in (
        select a.pupil_id {_HELD_IN_FAMILY} union all select d.pupil_id {_HELD_ANYWHERE}
    ) then greatest(
        (select max(h.ends_on) {_HELD_IN_FAMILY} and a.pupil_id = %(expressions)s),
        (select max(h.ends_on) {_HELD_ANYWHERE} and d.pupil_id = %(expressions)s)
    ) end""",
    output_field=DateField(),
)


@dataclass(frozen=True)
class Scope:
    """Schools, with the terms of each of their boards."""

    schools: dict[uuid.UUID, uuid.UUID]  # school -> board
    terms: dict[uuid.UUID, Terms]

    @classmethod
    def of(cls, schools: Iterable[School] | None) -> Scope:
        """These schools; none: every school there is."""
        rows = School.objects.all() if schools is None else schools
        boards = {school.pk: school.board_id for school in rows}
        return cls(boards, terms_of(set(boards.values())))

    def days(self, kind: Kind, on: date) -> dict[uuid.UUID, date]:
        """Per board the latest last day at school with which this kind is due."""
        return {b: cutoff(on, terms.spans(kind)) for b, terms in self.terms.items()}


def standing_holds(on: date) -> QuerySet[Hold]:
    """Holds that stand on a day."""
    return Hold.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=on), lifted_at__isnull=True)


def held_keys(on: date) -> list[QuerySet[Any, Any]]:
    """Keys of dossiers that are held on a day: by a hold, or by something open in another room."""
    return [_dossiers(standing_holds(on)), *_open_on(on)]


def held_beyond(day: date) -> list[QuerySet[Any, Any]]:
    """The same of what is held after that day too: a hold that ends on it only moves the day."""
    after = standing_holds(day + timedelta(days=1))
    return [_dossiers(after), *_open_on(day)]


def held_until(on: date) -> dict[uuid.UUID, tuple[date | None, bool]]:
    """The keys of what is held after a day too: until when, and whether nobody knows until when."""
    held = standing_holds(on + timedelta(days=1)).order_by()
    ends = held.filter(ends_on__isnull=False).values_list("dossier_id")
    until = dict(ends.annotate(Max("ends_on")))
    unknown = [_dossiers(held.filter(ends_on__isnull=True)), *_open_on(on)]
    is_open = {key for keys in unknown for key in keys}
    return {key: (until.get(key), key in is_open) for key in is_open | until.keys()}


def _open_on(day: date) -> list[QuerySet[Any, Any]]:
    return [one.question(day) for one in holds.all_asked()]


def _holding_all(day: date) -> list[QuerySet[Any, Any]]:
    return [one.question(day) for one in holds.made_holds_of()]


def _dossiers(rows: QuerySet[Hold]) -> QuerySet[Any, Any]:
    return rows.order_by().values_list("dossier_id", flat=True)


def is_held(on: date) -> Q:
    """Dossiers that are held on a day."""
    return among(held_keys(on))


def held_beyond_its_day(on: date) -> Q:
    """Items of lists whose dossier is held, and not only until the day they fall due at the latest.

    After a hold that ended by itself the item has another day: carried out, it is left alone and
    comes onto the next list.
    """
    until = Hold.objects.filter(dossier=OuterRef("dossier_id"), lifted_at__isnull=True)
    later = until.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gt=OuterRef("due_on"), ends_on__gte=on)
    )
    return reduce(or_, (Q(dossier_id__in=keys) for keys in _open_on(on)), Q(Exists(later)))


def among(some: Iterable[QuerySet[Any, Any]]) -> Q:
    """Dossiers whose key is among some of these."""
    return reduce(or_, (Q(pk__in=keys) for keys in some))


def is_held_around(on: date) -> Q:
    """Dossiers of pupils of whose parents any child is held on a day, at whichever school."""
    return reduce(or_, (Q(pupil__in=families_of(keys)) for keys in held_keys(on)))


def dossier_is_held(key: uuid.UUID, on: date) -> bool:
    """Whether one dossier is held on a day, by what holds more than its place on lists."""
    held = among([_dossiers(standing_holds(on)), *_holding_all(on)])
    return Dossier.objects.filter(held, pk=key).exists()


def pictures_up() -> QuerySet[PublishedPupil]:
    """Pupils in publications that are still somewhere."""
    return PublishedPupil.objects.filter(gone_on__isnull=True, publication__ended_on__isnull=True)


def due_on(
    day: date, *, schools: Iterable[School] | None = None, kinds: Sequence[Kind] = OF_PUPILS
) -> QuerySet[Any]:
    """Every (dossier, kind) that is due on `day` or was before: `kind` and `due_day` of each row.

    Sort it, slice it, count it; to narrow it down, say which schools and kinds. What is due on a
    day may still be opened on it: destroy what is due on the day before.
    """
    scope = Scope.of(schools)
    first, *others = (due_of(kind, day, scope) for kind in kinds)
    return first.union(*others, all=True) if others else first


def due_of(kind: Kind, day: date, scope: Scope) -> QuerySet[Any]:
    """Who left long enough ago for one kind of record that is still there; `pk` is the dossier."""
    days = scope.days(kind, day)
    until = {school: days[board] for school, board in scope.schools.items()}
    left_on = "family_left_on" if kind.follows_family else "left_on"
    held = held_beyond(day)
    rows = Leaver.objects.filter(_left(until, left_on), ~among(held), gone__in=still_with(kind))
    if kind.follows_family:
        for keys in held:
            rows = rows.exclude(pupil__in=families_of(keys))
    if kind.waits_for_pictures:
        picture = _PICTURE_OF_FAMILY if kind.follows_family else _PICTURE
        rows = rows.alias(picture=picture).filter(picture__isnull=True)
    rows = rows.annotate(kind=Value(kind.code), last_day=F(left_on))
    return rows.annotate(due_day=_due_day(kind, scope)).order_by()


def _left(days: dict[uuid.UUID, date], left_on: str) -> Q:
    """Who left long enough ago, by the term of each school's board."""
    by_day: dict[date, list[uuid.UUID]] = {}
    for school, day in days.items():
        by_day.setdefault(day, []).append(school)
    conditions = (Q((f"{left_on}__lte", day), school__in=keys) for day, keys in by_day.items())
    return reduce(or_, conditions, Q(pk__in=[]))


def families_of(held: QuerySet[Any, Any] | Collection[uuid.UUID]) -> QuerySet[Any, Any]:
    """Pupils of whom one of these is held, at whichever school, and whoever has a parent in common.

    Links that were withdrawn make no family: a pupil with no other is one alone.
    """
    children = Parenthood.objects.filter(
        withdrawn_at__isnull=True,
        parent__children__withdrawn_at__isnull=True,
        parent__children__pupil__dossiers__in=held,
    )
    themselves = Dossier.objects.filter(pk__in=held).order_by().values("pupil")
    return children.order_by().values("pupil").union(themselves, all=True)


def _due_day(kind: Kind, scope: Scope) -> Any:
    """The day by the terms of the school's board, or the later one until which it is held."""
    until = _FAMILY_HELD_UNTIL if kind.follows_family else _HELD_UNTIL
    return ExpressionWrapper(Greatest(_day_of_terms(kind, scope), until), output_field=DateField())


def _day_of_terms(kind: Kind, scope: Scope) -> Any:
    cases = [
        When(school__board=board, then=_of_spans(terms.spans(kind)))
        for board, terms in scope.terms.items()
    ]
    if len(cases) == 1:
        return _of_spans(next(iter(scope.terms.values())).spans(kind))
    return Case(*cases, output_field=DateField())


def _of_spans(spans: Iterable[Span]) -> Any:
    days = [
        Func(
            Func(F("last_day"), Value(str(span.start)), function="retention_began"),
            Value(span.years),
            function="retention_anniversary",
            output_field=DateField(),
        )
        for span in dict.fromkeys(spans)
    ]
    latest = days[0] if len(days) == 1 else Greatest(*days)
    return ExpressionWrapper(latest, output_field=DateField())
