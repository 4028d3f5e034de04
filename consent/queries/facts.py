"""Loads what the rule is told about some pupils: in two queries, however many there are."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

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
from students.models import Pupil

_ALL = None  # the purpose of a matter that stands for every purpose
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

# Who may answer, and what stands beside the answers. One query: it is asked for every photo check
# and every signature, and each question apart costs as much again.
_BESIDE = """
select 'authority', h.pupil_id, null::uuid, h.parent_id, a.value::text, null::boolean, null::date,
       a.starts_on, a.ends_on, null::text, null::uuid[]
from students_parenthood h join students_authority a on a.parenthood_id = h.id
where h.pupil_id = any (%(pupils)s::uuid[]) and h.withdrawn_at is null
union all
select 'representative', r.pupil_id, null, r.id, r.kind, null, null, r.starts_on, r.ends_on,
       r.institution, array(select c.purpose_id from consent_ordercoverage c
                            where c.representative_id = r.id and c.withdrawn_at is null)
from students_representative r where r.pupil_id = any (%(pupils)s::uuid[])
union all
select m.kind, m.pupil_id, m.purpose_id, m.parent_id, null, m.is_yes, m.decided_on, m.starts_on,
       m.ends_on, null, null
from consent_matters(%(pupils)s::uuid[], %(school)s) m
"""
# Moments as whole microseconds: reading a moment as text takes longer than all the rest of a row.
_ANSWERS = """
select pupil_id, purpose_id, answers_as, parent_id, representative_id, said,
       (extract(epoch from answered_at) * 1000000)::bigint, text_id, counts_from, counts_until
from consent_answers(%(pupils)s::uuid[], %(school)s, %(purposes)s::uuid[])
"""
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
    authorities: tuple[Authority, ...] = ()
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
        self._load_what_stands_beside()

    @property
    def keys(self) -> list[uuid.UUID]:
        """Keys of the pupils."""
        return list(self._pupils)

    def load_answers(self, purposes: Iterable[uuid.UUID]) -> None:
        """Adds what was answered about these purposes, in one query."""
        here = timezone.get_current_timezone()
        words = {said.value: said for said in Said}
        moments: dict[int, tuple[datetime, date]] = {}  # a form has one for all its answers
        asked = {"pupils": self.keys, "school": self._school_id, "purposes": list(purposes)}
        for row in _call(_ANSWERS, asked):
            pupil, purpose, answers_as, parent, representative, said, at, text, start, end = row
            who = self._who(pupil, answers_as, parent, representative)
            if who is not None:
                if at not in moments:
                    moment = _EPOCH + timedelta(microseconds=at)
                    moments[at] = moment, moment.astimezone(here).date()
                moment, day = moments[at]
                answer = Answer(who, words[said], moment, text, start, end, day)
                self._answers[pupil, purpose].append(answer)

    def facts(self, pupil_id: uuid.UUID, purpose_id: uuid.UUID) -> Facts:
        """What the rule is told about one pupil and one purpose."""
        known = self._pupils[pupil_id]
        answers = tuple(self._answers.get((pupil_id, purpose_id), ()))
        if not known.matters and not known.representatives:  # as of nearly every pupil
            return Facts(born=known.born, authorities=known.authorities, answers=answers)
        matters = {}
        for kind, name in _FIELD.items():
            of_all = known.matters.get((kind, _ALL), ())
            matters[name] = (*of_all, *known.matters.get((kind, purpose_id), ()))
        representations = tuple(
            r if purpose_id not in covered else _covering(r) for r, covered in known.representatives
        )
        return Facts(
            born=known.born,
            authorities=known.authorities,
            representations=representations,
            answers=answers,
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

    def _load_what_stands_beside(self) -> None:
        asked = {"pupils": self.keys, "school": self._school_id}
        for kind, key, purpose, person, word, is_yes, decided_on, start, end, *rest in _call(
            _BESIDE, asked
        ):
            pupil = self._pupils[key]
            if kind == "authority":
                authority = Authority(self._parent(person), Held(word), start, end)
                pupil.authorities = (*pupil.authorities, authority)
            elif kind == "representative":
                institution, covered = rest
                voice = institution.strip().casefold() or None
                r = Representation(Who(Kind(word), person), start, end, voice=voice)
                pupil.representatives.append((r, set(covered)))
            else:
                matter = _matter(kind, person, is_yes, decided_on, start, end)
                pupil.matters[kind, purpose].append(matter)


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


def _call(sql: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows
