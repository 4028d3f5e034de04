"""Another term for a kind of record: proposed by one person, approved by a second."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from access.errors import NotAllowed, Overtaken, Refused
from access.models import User
from access.permissions import Permission
from access.turns import wait_for_turn
from audit.actions import record
from audit.events import Event
from audit.grounds import Ground
from retention import events
from retention.kinds import Kind
from retention.models import TermChange
from retention.queries.terms import terms_of
from retention.queries.unsaid import terms_not_said
from retention.rules import Span, Start, allowed_term
from retention.rules.setting import LONGEST, NotAllowedTerm
from retention.terms import PARENTS
from students.models import Board


@dataclass(frozen=True)
class Proposal:
    """Another term, and the law or promise it rests on."""

    years: int
    starts: str
    source: str


@transaction.atomic
def propose_term(*, board: Board, kind: Kind, proposal: Proposal, by: User, on: date) -> TermChange:
    """Proposes another term. Nothing changes until a second person approves it.

    The one that counts now is proposed anew only where the log does not say who decided it.
    """
    _must_set_terms(board, by, on)
    source = proposal.source.strip()
    refused = allowed_term(proposal.years, source, least=kind.least, is_fixed=not kind.may_be_set)
    if refused is not None:
        raise Refused(_words(refused, kind))
    span = Span(proposal.years, Start(proposal.starts))
    is_same = terms_of([board.pk])[board.pk].span(kind) == span
    if is_same and kind.code not in terms_not_said([board.pk]):
        raise Refused(_("This is the term that counts now."), about="years")
    wait_for_turn(board.pk)
    if _waiting(board, kind).exists():
        raise Overtaken(_("Another term of this kind waits already. Decide about that one first."))
    row = TermChange(
        board=board,
        kind=kind.code,
        years=span.years,
        starts=span.start,
        source=source,
        proposed_by=by,
    )
    _must_not_keep_parents_too_long(row)
    row.save(force_insert=True)
    _record(events.TERM_PROPOSED, row, by=by)
    return row


@transaction.atomic
def approve_term(*, change: TermChange, by: User, on: date) -> TermChange:
    """Lets a proposed term count from now on. Never by who proposed it: a second person does."""
    _must_set_terms(change.board, by, on)
    if change.proposed_by_id == by.pk:
        raise Refused(_("You proposed this term. A second person approves it."))
    wait_for_turn(change.board_id)
    _must_not_keep_parents_too_long(change)  # another term was approved since, perhaps
    rows = TermChange.objects.filter(
        pk=change.pk, approved_at__isnull=True, withdrawn_at__isnull=True
    )
    if not rows.update(approved_by=by, approved_at=timezone.now()):
        raise Overtaken(_("This term was decided already."))
    _record(events.TERM_APPROVED, change, by=by, changed=["approved_at"])
    return change


@transaction.atomic
def withdraw_term(*, change: TermChange, by: User, on: date) -> None:
    """Takes a proposed term back, or refuses it: what counted goes on."""
    _must_set_terms(change.board, by, on)
    rows = TermChange.objects.filter(
        pk=change.pk, approved_at__isnull=True, withdrawn_at__isnull=True
    )
    if not rows.update(withdrawn_by=by, withdrawn_at=timezone.now()):
        raise Overtaken(_("This term was decided already."))
    _record(events.TERM_WITHDRAWN, change, by=by, changed=["withdrawn_at"])


def _waiting(board: Board, kind: Kind) -> QuerySet[TermChange]:
    return TermChange.objects.filter(
        board=board, kind=kind.code, approved_at__isnull=True, withdrawn_at__isnull=True
    )


def _must_set_terms(board: Board, by: User, on: date) -> None:
    if board.pk not in by.units_with(Permission.SET_TERMS, on):
        raise NotAllowed(_("You set no terms for this board."))


def _must_not_keep_parents_too_long(change: TermChange) -> None:
    """Parents' data go with their last child: at the latest with the last record of that child."""
    if terms_of([change.board_id])[change.board_id].with_change(change).keep_parents_too_long:
        raise Refused(_words(NotAllowedTerm.OUTLASTS, change.kind_of_record))


def _words(refused: NotAllowedTerm, kind: Kind) -> str:
    sentences = {
        NotAllowedTerm.NO_SOURCE: _("Name the law or promise this term rests on."),
        NotAllowedTerm.TOO_SHORT: _("The law demands %(years)s years at least.")
        % {"years": kind.least},
        NotAllowedTerm.TOO_LONG: _("A term lasts %(years)s years at most.") % {"years": LONGEST},
        NotAllowedTerm.OUTLASTS: (
            _(
                "Parents' data go with their last child. Choose a term that ends no later than the"
                " longest one of the child's own records."
            )
            if kind is PARENTS
            else _(
                "Parents' data go with their last child, and would then be kept longer. Shorten"
                " the term of parents first."
            )
        ),
        NotAllowedTerm.FIXED: _("This kind of record ends by itself. It has no term to set."),
    }
    return str(sentences[refused])


def _record(what: Event, row: TermChange, *, by: User, changed: list[str] | None = None) -> None:
    record(
        what,
        by=by,
        unit=row.board_id,
        target=row,
        changed=changed or (),
        ground=Ground.RETENTION,
        detail={"kind": row.kind, "years": row.years, "starts": row.starts},
    )
