"""Which terms count at a board, and what waits for a second person."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from access.models import User
from access.permissions import Permission
from access.visibility import visibility_of
from retention.ending import BY_THEMSELVES
from retention.kinds import Kind
from retention.models import TermChange
from retention.rules import Span, Start
from retention.rules.setting import outlasts
from retention.terms import KINDS, LAST, OF_PUPILS, PARENTS
from students.models import Board, School


@visibility_of(lambda: Board.objects.select_related("unit"))
def boards_with_terms_visible_to(rows: QuerySet[Board], user: User, day: date) -> QuerySet[Board]:
    """Boards whose terms `user` sees: their own, or that of their school."""
    units = user.units_with(Permission.SEE_RETENTION, day)
    of_schools = School.objects.filter(pk__in=units).values("board")
    return rows.filter(Q(pk__in=units) | Q(pk__in=of_schools))


@visibility_of(lambda: TermChange.objects.select_related("board__unit", "proposed_by"))
def term_changes_visible_to(
    rows: QuerySet[TermChange], user: User, day: date
) -> QuerySet[TermChange]:
    """Terms that were proposed at those boards, decided or not."""
    return rows.filter(board__in=boards_with_terms_visible_to(user, on=day).values("pk"))


def terms_to_decide(user: User, *, on: date) -> QuerySet[TermChange]:
    """Proposed terms that wait for `user`: those of others, at boards where they set terms."""
    boards = user.units_with(Permission.SET_TERMS, on)
    rows = term_changes_visible_to(user, on=on).filter(board__in=boards)
    return rows.filter(approved_at=None, withdrawn_at=None).exclude(proposed_by=user)


class Terms:
    """The terms in force at one board."""

    def __init__(self, set_by_board: Mapping[str, Span]) -> None:
        self._set = dict(set_by_board)

    def span(self, kind: Kind) -> Span:
        """The term of one kind."""
        return self._set.get(kind.code, kind.default)

    def spans(self, kind: Kind) -> tuple[Span, ...]:
        """Every term that a kind waits for: its own, and of what must be due before it."""
        return (self.span(kind), *(self.span(KINDS[code]) for code in kind.after))

    def with_change(self, change: TermChange) -> Terms:
        """The terms as they would be."""
        return Terms(self._set | {change.kind: change.span})

    @property
    def keep_parents_too_long(self) -> bool:
        """Whether parents' data would be kept after all of their last child went."""
        return outlasts(self.span(PARENTS), self.spans(LAST))


def terms_of(boards: Iterable[uuid.UUID]) -> dict[uuid.UUID, Terms]:
    """The terms in force of each board: what it approved last, else the default."""
    wanted = list(boards)
    found: dict[uuid.UUID, dict[str, Span]] = {board: {} for board in wanted}
    rows = TermChange.objects.filter(board__in=wanted, approved_at__isnull=False)
    for row in rows.order_by("approved_at", "pk"):
        found[row.board_id][row.kind] = row.span
    return {board: Terms(spans) for board, spans in found.items()}


@dataclass(frozen=True)
class Line:
    """One kind of record on the page of terms of a board."""

    kind: Kind
    now: TermChange | None = None  # what the board set; none: the default counts
    waiting: TermChange | None = None

    @property
    def years(self) -> int | None:
        """For how long; none for what ends by itself."""
        if not self.kind.may_be_set:
            return None
        return self.now.years if self.now else self.kind.default.years

    @property
    def other_start(self) -> object:
        """From when the years run, where the board chose another day than the last at school."""
        set_by_board = self.now is not None and self.now.span.start is not Start.LEFT
        return self.now.get_starts_display() if self.now and set_by_board else ""

    @property
    def source(self) -> object:
        """The legal source."""
        return self.now.source if self.now else self.kind.source


def lines_of(board: Board) -> list[Line]:
    """Every kind of record with the term in force, and with what waits; one query."""
    now: dict[str, TermChange] = {}
    waiting: dict[str, TermChange] = {}
    rows = TermChange.objects.filter(board=board, withdrawn_at__isnull=True)
    for row in rows.select_related("proposed_by", "approved_by").order_by("approved_at", "pk"):
        (waiting if row.is_open else now)[row.kind] = row
    return [
        Line(kind, now.get(kind.code), waiting.get(kind.code))
        for kind in (*OF_PUPILS, *BY_THEMSELVES)
    ]
