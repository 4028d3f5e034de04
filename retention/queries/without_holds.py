"""What a dossier would come to without a hold, for who considers placing one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from django.utils.functional import Promise

from dossiers.models import Dossier
from retention.queries.facts import Known, fate_of
from retention.queries.going import kinds_going
from retention.queries.terms import terms_of
from retention.rules import Why
from retention.terms import OF_PUPILS


@dataclass(frozen=True)
class WithoutHolds:
    """What is destroyed already, what is being destroyed, and when the first of the rest falls due.

    No `day`: no leaving date is known, or nothing is left.
    """

    gone: tuple[Promise, ...] = ()
    going: tuple[Promise, ...] = ()
    day: date | None = None
    is_anything_left: bool = True


def without_holds(dossier: Dossier, *, on: date) -> WithoutHolds:
    """Asked of the terms alone: a hold that stands, until a day or not, counts for nothing here."""
    known, going = Known([dossier], on), kinds_going(dossier.pk)
    facts = known.facts(dossier)
    family = replace(facts.family, is_held=False, held_until=None)
    facts = replace(facts, is_held=False, held_until=None, family=family)
    board = dossier.school.board_id
    terms = terms_of({board})[board]
    kinds = [kind for kind in OF_PUPILS if not kind.follows_family or known.has_parents(dossier)]
    fates = {kind: fate_of(kind, facts, terms, on) for kind in kinds}
    gone = [kind for kind in kinds if fates[kind].why is Why.GONE]
    goes = [kind for kind in kinds if kind.code in going and kind not in gone]
    left = [kind for kind in kinds if kind not in gone and kind not in goes]
    days = [day for kind in left if (day := fates[kind].day) is not None]
    return WithoutHolds(
        gone=tuple(kind.short for kind in gone),
        going=tuple(kind.short for kind in goes),
        day=min(days, default=None),
        is_anything_left=bool(left) and not any(kind.is_last for kind in goes),
    )
