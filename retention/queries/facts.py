"""What the rule needs to know about some dossiers, in a fixed number of queries."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date

from django.db.models import Max

from dossiers.models import Dossier
from retention.kinds import Kind
from retention.models import EndedKind, Hold
from retention.queries.due import among, held_beyond, pictures_up
from retention.queries.terms import Terms, terms_of
from retention.rules import Facts, Family, Fate, Stay, fate
from retention.terms import OF_PUPILS
from students.models import Enrolment, Parenthood

_Place = tuple[uuid.UUID, uuid.UUID]  # pupil, school


class Known:
    """What was read about some dossiers and the families around them, as of one day."""

    def __init__(self, dossiers: Iterable[Dossier], on: date) -> None:
        self.on = on
        self.dossiers = list(dossiers)
        pupils = {one.pupil_id for one in self.dossiers}
        self._children = children_of_parents(pupils)
        around = pupils.union(*self._children.values())
        self._stays: dict[_Place, list[Stay]] = defaultdict(list)
        self._stays_of: dict[uuid.UUID, list[Stay]] = defaultdict(list)
        rows = Enrolment.objects.filter(pupil__in=around)
        for pupil, school, day in rows.values_list("pupil_id", "school_id", "ends_on"):
            stay = Stay(day)
            self._stays[pupil, school].append(stay)
            self._stays_of[pupil].append(stay)
        held = Dossier.objects.filter(among(held_beyond(on)), pupil__in=around)
        self._held = set(held.values_list("pupil_id", "school_id"))
        self._held_until = _last_days_held(around)
        self._family_until: dict[uuid.UUID, date] = {}
        for (pupil, _school), day in self._held_until.items():
            self._family_until[pupil] = max(day, self._family_until.get(pupil, day))
        up = pictures_up().filter(pupil__in=around)
        self._up: set[_Place] = set(up.values_list("pupil_id", "publication__school_id"))
        self._pupils_held = {pupil for pupil, _school in self._held}
        self._pupils_up = {pupil for pupil, _school in self._up}
        self._gone: dict[uuid.UUID, set[str]] = defaultdict(set)
        ended = EndedKind.objects.filter(dossier_id__in=[one.pk for one in self.dossiers])
        for dossier, kind in ended.values_list("dossier_id", "kind"):
            self._gone[dossier].add(kind)

    def facts(self, dossier: Dossier) -> Facts:
        """What is known about one of them."""
        place = (dossier.pupil_id, dossier.school_id)
        return Facts(
            stays=tuple(self._stays[place]),
            is_held=place in self._held,
            held_until=self._held_until.get(place),
            has_pictures_up=place in self._up,
            gone=frozenset(self._gone[dossier.pk]),
            family=self._family(dossier),
        )

    def _family(self, dossier: Dossier) -> Family:
        children = self._children.get(dossier.pupil_id, set())
        return Family(
            stays=tuple(stay for child in children for stay in self._stays_of[child]),
            is_held=not children.isdisjoint(self._pupils_held),
            held_until=max(
                (self._family_until[child] for child in children & self._family_until.keys()),
                default=None,
            ),
            has_pictures_up=not children.isdisjoint(self._pupils_up),
        )

    def has_parents(self, dossier: Dossier) -> bool:
        """Whether there is anything of parents to destroy."""
        return dossier.pupil_id in self._children


def _last_days_held(pupils: set[uuid.UUID]) -> dict[_Place, date]:
    """Of pupils at schools, the last day of what holds or held them; lifted holds left out."""
    rows = Hold.objects.filter(
        dossier__pupil__in=pupils, lifted_at__isnull=True, ends_on__isnull=False
    )
    found = rows.order_by().values_list("dossier__pupil_id", "dossier__school_id")
    return {(pupil, school): day for pupil, school, day in found.annotate(Max("ends_on"))}


def children_of_parents(pupils: set[uuid.UUID]) -> dict[uuid.UUID, set[uuid.UUID]]:
    """Per pupil every child of its parents, itself too; links that were withdrawn don't count.

    Of a pupil who has no other than withdrawn ones it is the pupil alone: who was linked by mistake
    is destroyed when parents are, and waits for nobody else's child.
    """
    links = Parenthood.objects.filter(pupil__in=pupils).values_list(
        "pupil_id", "withdrawn_at", "parent__children__pupil_id", "parent__children__withdrawn_at"
    )
    found: dict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
    for pupil, ended, child, its_ended in links:
        found[pupil].update([child] if ended is None and its_ended is None else [])
    return {pupil: children or {pupil} for pupil, children in found.items()}


def fate_of(kind: Kind, facts: Facts, terms: Terms, on: date) -> Fate:
    """What becomes of one kind by the terms of a board."""
    return fate(
        kind.code,
        facts,
        terms.spans(kind),
        on,
        waits_for_pictures=kind.waits_for_pictures,
        follows_family=kind.follows_family,
    )


def fates_of(
    dossiers: Iterable[Dossier], *, on: date, kinds: Collection[str] | None = None
) -> dict[tuple[uuid.UUID, str], Fate]:
    """What becomes of each kind of record of each dossier: (dossier's key, kind) -> fate.

    What a list asks again just before it destroys an item; of `kinds` alone, or of all.
    """
    asked = [kind for kind in OF_PUPILS if kinds is None or kind.code in kinds]
    known = Known(dossiers, on)
    schools = Dossier.objects.filter(pk__in=[one.pk for one in known.dossiers])
    boards = dict(schools.values_list("pk", "school__board_id"))
    terms = terms_of(set(boards.values()))
    fates = {}
    for one in known.dossiers:
        facts, of_board = known.facts(one), terms[boards[one.pk]]
        for kind in asked:
            if not kind.follows_family or known.has_parents(one):
                fates[one.pk, kind.code] = fate_of(kind, facts, of_board, on)
    return fates
