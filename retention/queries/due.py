"""What falls due, asked of the database: the same rule as rules/due.py, for lists.

A test compares both over random cases. `due_of` is one kind, `due_on` all of them in one query.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
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
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Greatest

from consent.models import PublishedPupil
from dossiers.models import Dossier
from retention import holds
from retention.kinds import Kind
from retention.models import EndedKind, Hold
from retention.queries.terms import Terms, terms_of
from retention.rules import Span, cutoff
from retention.terms import OF_PUPILS
from students.models import Enrolment, Parenthood, School


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


def is_held(on: date) -> Q:
    """Dossiers that are held on a day: by a hold, or by something open in another room."""
    held = Q(Exists(standing_holds(on).filter(dossier=OuterRef("pk"))))
    return reduce(or_, (Q(pk__in=one.question(on)) for one in holds.all_asked()), held)


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
    """Dossiers of which one kind of record is due."""
    days = scope.days(kind, day)
    ended = _ended({s: days[b] for s, b in scope.schools.items()})
    stays = Enrolment.objects.filter(pupil=OuterRef("pupil"), school=OuterRef("school"))
    gone = EndedKind.objects.filter(dossier_id=OuterRef("pk"), kind=kind.code)
    rows = Dossier.objects.filter(Exists(stays.filter(ended)), ~Exists(stays.exclude(ended)))
    rows = rows.filter(~is_held(day), ~Exists(gone))
    last_day: Any = Subquery(_latest(stays))
    if kind.waits_for_pictures:
        here = pictures_up().filter(publication__school=OuterRef("school"))
        rows = rows.filter(~Exists(here.filter(pupil=OuterRef("pupil"))))
    if kind.follows_family:
        rows = _without_family_here(rows, days, day)
        last_day = Greatest(
            last_day, Subquery(_latest(_of_family(Enrolment.objects.all(), "pupil")))
        )
    rows = rows.annotate(kind=Value(kind.code), last_day=last_day)
    return rows.annotate(due_day=_due_day(kind, scope)).order_by()


def _ended(days: dict[uuid.UUID, date]) -> Q:
    """Stays that ended long enough ago, by the term of each school's board."""
    by_day: dict[date, list[uuid.UUID]] = {}
    for school, day in days.items():
        by_day.setdefault(day, []).append(school)
    conditions = (Q(ends_on__lte=day, school__in=keys) for day, keys in by_day.items())
    return reduce(or_, conditions, Q(pk__in=[]))


def _latest(stays: QuerySet[Enrolment]) -> QuerySet[Any, Any]:
    return stays.order_by().values(one=Value(1)).annotate(day=Max("ends_on")).values("day")


def _of_family(rows: QuerySet[Any], pupil: str) -> QuerySet[Any]:
    """Rows of the children of the same parents, the pupil's own too."""
    links = f"{pupil}__parenthoods"
    return rows.filter(
        **{
            f"{links}__withdrawn_at__isnull": True,
            f"{links}__parent__children__withdrawn_at__isnull": True,
            f"{links}__parent__children__pupil": OuterRef("pupil"),
        }
    )


def _without_family_here(
    rows: QuerySet[Dossier], days: dict[uuid.UUID, date], on: date
) -> QuerySet[Dossier]:
    """Parents' data go with their last child: none at school, held, or in a picture in use."""
    by_board = (Q(ends_on__lte=day, school__board=board) for board, day in days.items())
    ended = reduce(or_, by_board, Q(pk__in=[]))
    held = Dossier.objects.filter(is_held(on))
    return rows.filter(
        Exists(Parenthood.objects.filter(pupil=OuterRef("pupil"), withdrawn_at__isnull=True)),
        ~Exists(_of_family(Enrolment.objects.exclude(ended), "pupil")),
        ~Exists(_of_family(held, "pupil")),
        ~Exists(_of_family(pictures_up(), "pupil")),
    )


def _due_day(kind: Kind, scope: Scope) -> Any:
    """The day itself, by the terms of the school's board."""
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
