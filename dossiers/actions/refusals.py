"""What every action on a dossier's content refuses, and the ground it is recorded under."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from access.errors import NotAllowed, Refused
from access.models import User
from audit.grounds import Ground
from dossiers import rules
from dossiers.models import DossierPart
from dossiers.queries import CHANGE, assignment_for, permissions_on

BSN_SENTENCE = _(
    "A citizen service number (bsn) stands in this text. It does not belong in a dossier: take it"
    " out. If it is a telephone number, start it with 0 or +31."
)


def must_reach(*, part: DossierPart, by: User, on: date) -> None:
    """Raises NotAllowed unless an assignment lets `by` add to the part today (P2, P6)."""
    if not permissions_on(by, on, CHANGE).filter(content_object=part).exists():
        raise NotAllowed


def must_hold_no_bsn(*texts: str) -> None:
    """Raises Refused when a citizen service number stands in one of the texts (P24)."""
    if any(rules.holds_bsn(text) for text in texts):
        raise Refused(BSN_SENTENCE)


def is_first(rows: QuerySet[Any]) -> bool:
    """Locks the one row asked for, if it still stands as asked: of two at once one gets it.

    A change is only tried after this, so that an action that refuses has written nothing.
    """
    return rows.select_for_update(of=("self",)).first() is not None


def ground_for(*, part: DossierPart, by: User, on: date) -> Ground:
    """The ground on which `by` works in this part today, for the log."""
    assignment = assignment_for(by, part.dossier, part.kind, on=on)
    return assignment.ground if assignment else Ground.NONE
