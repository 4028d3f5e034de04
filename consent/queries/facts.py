"""Loads what the rule is told about some pupils, in a fixed number of queries."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection
from django.utils import timezone

from consent.models import OrderCoverage
from consent.rules import (
    PUPIL,
    Answer,
    Authority,
    CourtOrder,
    Facts,
    Held,
    Inability,
    Kind,
    Representation,
    Said,
    Stop,
    Unreachable,
    Who,
)
from students.models import Authority as AuthorityRow
from students.models import Pupil, Representative

_ALL = None  # the purpose of a matter that stands for every purpose
_FIELD = {
    "order": "court_orders",
    "objection": "objections",
    "block": "safety_blocks",
    "unable": "inabilities",
    "unreachable": "unreachable",
}


@dataclass
class _OfPupil:
    """What is known about one pupil, by purpose where it is about one."""

    born: date | None
    authorities: list[Authority] = field(default_factory=list)
    representatives: list[tuple[Representation, set[uuid.UUID]]] = field(default_factory=list)
    matters: dict[tuple[str, uuid.UUID | None], list[Any]] = field(
        default_factory=lambda: defaultdict(list)
    )


class Known:
    """Facts about some pupils of one school; `facts` narrows them to a pupil and a purpose."""

    def __init__(self, pupils: Iterable[Pupil], school_id: uuid.UUID) -> None:
        self._pupils = {pupil.pk: _OfPupil(pupil.birth_date) for pupil in pupils}
        self._answers: dict[tuple[uuid.UUID, uuid.UUID], list[Answer]] = defaultdict(list)
        self._school_id = school_id
        # One object a person: what is the same object is compared in no time.
        self._parents: dict[uuid.UUID, Who] = {}
        self._load_authorities()
        self._load_representatives()
        self._load_matters()

    @property
    def keys(self) -> list[uuid.UUID]:
        """Keys of the pupils."""
        return list(self._pupils)

    def load_answers(self, purposes: Iterable[uuid.UUID]) -> None:
        """Adds what was answered about these purposes, in one query."""
        here = timezone.get_current_timezone()
        for row in _call(
            "select * from consent_answers(%s::uuid[], %s, %s::uuid[])",
            [self.keys, self._school_id, list(purposes)],
        ):
            pupil, purpose, answers_as, parent, representative, said, at, text, start, end = row
            who = self._who(pupil, answers_as, parent, representative)
            if who is not None:
                answer = Answer(who, Said(said), at.astimezone(here), text, start, end)
                self._answers[pupil, purpose].append(answer)

    def facts(self, pupil_id: uuid.UUID, purpose_id: uuid.UUID) -> Facts:
        """What the rule is told about one pupil and one purpose."""
        known = self._pupils[pupil_id]
        matters = {}
        if known.matters:
            for kind, name in _FIELD.items():
                of_all = known.matters.get((kind, _ALL), ())
                matters[name] = (*of_all, *known.matters.get((kind, purpose_id), ()))
        representations = tuple(
            r if purpose_id not in covered else _covering(r) for r, covered in known.representatives
        )
        return Facts(
            born=known.born,
            authorities=tuple(known.authorities),
            representations=representations,
            answers=tuple(self._answers.get((pupil_id, purpose_id), ())),
            **matters,
        )

    def _who(
        self,
        pupil_id: uuid.UUID,
        answers_as: str,
        parent: uuid.UUID | None,
        representative: uuid.UUID | None,
    ) -> Who | None:
        if answers_as == "pupil":
            return PUPIL
        if parent is not None:
            return self._parent(parent)
        for r, _covered in self._pupils[pupil_id].representatives:
            if r.who.key == representative:
                return r.who
        return None

    def _parent(self, key: uuid.UUID) -> Who:
        known = self._parents.get(key)
        if known is None:
            known = self._parents[key] = Who(Kind.PARENT, key)
        return known

    def _load_authorities(self) -> None:
        rows = AuthorityRow.objects.filter(
            parenthood__pupil__in=self.keys, parenthood__withdrawn_at__isnull=True
        ).values_list(
            "parenthood__pupil_id", "parenthood__parent_id", "value", "starts_on", "ends_on"
        )
        for pupil, parent, value, start, end in rows:
            authority = Authority(self._parent(parent), Held(value), start, end)
            self._pupils[pupil].authorities.append(authority)

    def _load_representatives(self) -> None:
        covered: dict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
        coverage = OrderCoverage.objects.filter(
            representative__pupil__in=self.keys, withdrawn_at__isnull=True
        )
        for representative, purpose in coverage.values_list("representative_id", "purpose_id"):
            covered[representative].add(purpose)
        for row in Representative.objects.filter(pupil__in=self.keys):
            voice = row.institution.strip().casefold() or None
            r = Representation(Who(Kind(row.kind), row.pk), row.starts_on, row.ends_on, voice=voice)
            self._pupils[row.pupil_id].representatives.append((r, covered[row.pk]))

    def _load_matters(self) -> None:
        for kind, pupil, purpose, *row in _call(
            "select * from consent_matters(%s::uuid[], %s)", [self.keys, self._school_id]
        ):
            self._pupils[pupil].matters[kind, purpose].append(_matter(kind, *row))


def _matter(
    kind: str,
    parent: uuid.UUID | None,
    is_yes: bool | None,
    decided_on: date | None,
    starts_on: date,
    ends_on: date | None,
) -> Any:
    if kind == "order":
        return CourtOrder(bool(is_yes), decided_on or starts_on, starts_on, ends_on)
    if kind == "unable":
        return Inability(starts_on, ends_on or starts_on)
    if kind == "unreachable":
        return Unreachable(Who(Kind.PARENT, parent), starts_on, ends_on)
    return Stop(starts_on, ends_on)


def _covering(r: Representation) -> Representation:
    return Representation(r.who, r.starts_on, r.ends_on, covers=True, voice=r.voice)


def _call(sql: str, values: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows
