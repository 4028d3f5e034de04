"""What is asked of each item just before it is destroyed, while nobody can change the answer.

Whoever was first counts. What is being changed in this moment (a return, a leaving date, a roster
that is applied) is left for the next run: nobody waits for it, so no two wait for each other.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db import connection

from access.turns import wait_for_turn
from dossiers.models import Dossier
from retention.destroyer import as_destroyer
from retention.models import DestructionItem, EndedKind
from retention.queries.changed import MOVED, has_moved, left_elsewhere
from retention.queries.facts import children_of_parents, fates_of
from retention.queries.unsaid import items_held_still, terms_must_be_said
from retention.rules import Why
from retention.rules.lists import UNLIFTED
from retention.terms import KINDS
from students.models import School

WAITS = "waits"  # a kind that goes before it is not gone yet

_LastDays = tuple[date, date | None]  # of the pupil at that school, of the family


@dataclass
class Answer:
    """What is not destroyed now: for good, by the reason why, and dossiers that are busy."""

    because: dict[str, list[DestructionItem]] = field(default_factory=lambda: defaultdict(list))
    busy: set[uuid.UUID] = field(default_factory=set)

    def going(self, rows: Iterable[DestructionItem]) -> list[DestructionItem]:
        """The others."""
        left = {row.pk for found in self.because.values() for row in found}
        return [row for row in rows if row.pk not in left and row.dossier_id not in self.busy]


def ask_again(
    rows: Sequence[DestructionItem], dossiers: Mapping[uuid.UUID, Dossier], on: date
) -> Answer:
    """Which of these go today; until the transaction ends nothing can change that.

    A changed day is a change too (`has_moved`): also of the leaving date alone. What the database
    says of holds and terms counts as far as the log says so too: it is asked after the fates, which
    believe it. Raises TermNotSaid.
    """
    _take_turns(rows, dossiers)
    at_rest = _at_rest(dossiers)
    answer = Answer()
    fates = fates_of(dossiers.values(), on=on, kinds={row.kind for row in rows})
    terms_must_be_said({one.school_id for one in dossiers.values()})
    held_still = items_held_still(rows, on)
    gone, elsewhere = _gone_or_going(dossiers), left_elsewhere(rows, at_rest)
    for row in rows:
        kind, fate = KINDS[row.kind], fates.get((row.dossier_id, row.kind))
        if fate is None:
            answer.because[Why.GONE].append(row)
        elif not fate.may_be_destroyed(on):
            answer.because[fate.why].append(row)
        elif row.pk in held_still:
            answer.because[UNLIFTED].append(row)
        elif row.dossier_id not in at_rest:
            answer.busy.add(row.dossier_id)
        elif has_moved(
            row,
            fate.day,
            at_rest[row.dossier_id][kind.follows_family],
            is_elsewhere=row.dossier_id in elsewhere,
        ):
            answer.because[MOVED].append(row)
        elif not gone[row.dossier_id].issuperset(kind.after):
            answer.because[WAITS].append(row)
        else:
            gone[row.dossier_id].add(row.kind)
    return answer


def _take_turns(rows: Sequence[DestructionItem], dossiers: Mapping[uuid.UUID, Dossier]) -> None:
    """Nobody places a hold, asks a question, puts a picture up or approves a term meanwhile.

    Parents' data wait for every child of theirs, so those are asked for too.
    """
    families = {row.dossier_id for row in rows if KINDS[row.kind].follows_family}
    pupils = {one.pupil_id for one in dossiers.values()}
    children = children_of_parents({dossiers[key].pupil_id for key in families & dossiers.keys()})
    around = set().union(*children.values())
    boards = School.objects.filter(pk__in={one.school_id for one in dossiers.values()})
    wait_for_turn(
        *boards.values_list("board_id", flat=True),
        *dossiers,
        *pupils,
        *around,
        *Dossier.objects.filter(pupil__in=around).values_list("pk", flat=True),
    )


def _at_rest(dossiers: Collection[uuid.UUID]) -> dict[uuid.UUID, _LastDays]:
    """When these and their families left, of those of whom nobody changes it in this moment.

    From here on whoever does waits until the intention stands.
    """
    with as_destroyer(), connection.cursor() as cursor:
        cursor.execute("select * from retention_leavers_at_rest(%s)", [list(dossiers)])
        return {dossier: (left, family) for dossier, left, family in cursor.fetchall()}


def _gone_or_going(dossiers: Iterable[uuid.UUID]) -> dict[uuid.UUID, set[str]]:
    """Per dossier the kinds that are destroyed, or for which there is no way back."""
    found: dict[uuid.UUID, set[str]] = defaultdict(set)
    ended = EndedKind.objects.filter(dossier_id__in=list(dossiers))
    going = DestructionItem.objects.filter(
        dossier_id__in=list(dossiers), outcome=DestructionItem.Outcome.INTENDED
    )
    for dossier, kind in ended.values_list("dossier_id", "kind").union(
        going.order_by().values_list("dossier_id", "kind")
    ):
        found[dossier].add(kind)
    return found
