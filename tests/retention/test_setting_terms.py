"""Another term: proposed by one person, approved by a second, and only then in force."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from access.acting import acting_as
from access.errors import NotAllowed, Overtaken, Refused
from audit.models import LogEntry
from retention.actions.terms import Proposal, approve_term, propose_term, withdraw_term
from retention.models import TermChange
from retention.queries import due_on, lines_of, terms_of
from retention.rules import Span, Start
from retention.terms import KINDS, LAST, PARENTS
from tests.retention.test_due_in_sql import let_leave

MEDICAL = KINDS["medical"]


def propose(
    cast, by: str = "privacy_officer", years: int = 5, source: str = "Wet op iets, art. 1",
    kind: str = "medical",
):  # fmt: skip
    with acting_as(cast.people[by], on=cast.today):
        return propose_term(
            board=cast.board, kind=KINDS[kind], proposal=Proposal(years, "left", source),
            by=cast.people[by], on=cast.today,
        )  # fmt: skip


def approve(cast, change: TermChange, by: str = "board_officer") -> TermChange:
    with acting_as(cast.people[by], on=cast.today):
        return approve_term(change=change, by=cast.people[by], on=cast.today)


@pytest.mark.promise("P9")
def test_a_term_counts_once_a_second_person_approved_it(cast):
    let_leave(cast, "own", date(2022, 1, 1))
    on = cast.today

    def due() -> list[str]:
        return [row.kind for row in due_on(on, kinds=[MEDICAL])]

    change = propose(cast)
    assert due() == ["medical"]  # a proposal changes nothing
    assert terms_of([cast.board.pk])[cast.board.pk].span(MEDICAL) == Span(3)
    approve(cast, change)
    assert due() == []
    assert terms_of([cast.board.pk])[cast.board.pk].span(MEDICAL) == Span(5)
    line = next(line for line in lines_of(cast.board) if line.kind is MEDICAL)
    assert (line.years, line.source, line.waiting) == (5, "Wet op iets, art. 1", None)
    events = LogEntry.objects.filter(event__startswith="term-").order_by("timestamp")
    assert [(row.event, row.actor_id) for row in events] == [
        ("term-proposed", cast.privacy_officer.pk),
        ("term-approved", cast.board_officer.pk),
    ]


@pytest.mark.promise("P9")
def test_nobody_approves_the_own_term_not_even_past_the_action(cast):
    change = propose(cast)
    with pytest.raises(Refused, match="second person"):
        approve(cast, change, "privacy_officer")
    rows = TermChange.objects.filter(pk=change.pk)
    with pytest.raises(IntegrityError, match="a_second_person_approves_a_term"):
        with transaction.atomic():
            rows.update(approved_by=cast.privacy_officer, approved_at=timezone.now())
    for person in ("fg", "director", "counsellor"):
        with pytest.raises(NotAllowed):
            approve(cast, change, person)
        with pytest.raises(DatabaseError, match="set terms"), transaction.atomic():
            rows.update(approved_by=cast.people[person], approved_at=timezone.now())
    assert not rows.exclude(approved_at=None).exists()


@pytest.mark.promise("P9")
def test_a_term_without_a_source_is_refused_by_the_database_too(cast):
    with pytest.raises(Refused, match="law or promise"):
        propose(cast, source="   ")
    for source in ("", "     ", "wet"):
        with pytest.raises(IntegrityError, match="a_term_names_its_legal_source"):
            with transaction.atomic():
                TermChange.objects.create(
                    board=cast.board, kind="medical", years=5, source=source,
                    proposed_by=cast.privacy_officer,
                )  # fmt: skip
    with pytest.raises(IntegrityError, match="a_term_is_not_shorter_than_the_law_demands"):
        with transaction.atomic():
            TermChange.objects.create(
                board=cast.board, kind="administration", years=4, source="Een wet",
                proposed_by=cast.privacy_officer,
            )  # fmt: skip


def test_a_term_is_decided_once_and_one_waits_at_a_time(cast):
    first = propose(cast)
    with pytest.raises(Overtaken):
        propose(cast, "board_officer", years=4)
    with acting_as(cast.privacy_officer, on=cast.today):
        withdraw_term(change=first, by=cast.privacy_officer, on=cast.today)
    with pytest.raises(Overtaken):
        approve(cast, first)
    second = propose(cast, "board_officer", years=4)
    approve(cast, second, "privacy_officer")
    with pytest.raises(Refused, match="counts now"):
        propose(cast, years=4)
    with pytest.raises(DatabaseError, match="decided once"), transaction.atomic():
        TermChange.objects.filter(pk=second.pk).update(years=1)
    with pytest.raises(DatabaseError), transaction.atomic():
        TermChange.objects.filter(pk=second.pk).delete()
    assert TermChange.objects.get(pk=second.pk).years == 4


@pytest.mark.parametrize("person", ["director", "fg", "administrator", "counsellor"])
def test_only_privacy_officer_and_board_officer_propose(cast, person):
    with pytest.raises(NotAllowed):
        propose(cast, person)


@pytest.mark.promise("P11")
def test_parents_are_kept_no_longer_than_their_last_child_by_action_and_by_database(cast):
    with pytest.raises(Refused, match="go with their last child"):
        propose(cast, kind="parents", years=6)
    past_it = TermChange.objects.create(
        board=cast.board, kind="parents", years=5, starts="year-end", source="Een wet",
        proposed_by=cast.privacy_officer,
    )  # fmt: skip
    _must_be_refused_by_the_database(cast, past_it)
    with acting_as(cast.privacy_officer, on=cast.today):
        withdraw_term(change=past_it, by=cast.privacy_officer, on=cast.today)
    approve(cast, propose(cast, kind="guidance", years=7))  # then the child's own row stays too
    waiting = propose(cast, kind="parents", years=6)
    shorter = propose(cast, kind="guidance", years=4)
    approve(cast, waiting)
    with pytest.raises(Refused, match="Shorten the term of parents first"):
        approve(cast, shorter)
    _must_be_refused_by_the_database(cast, shorter)
    assert not terms_of([cast.board.pk])[cast.board.pk].keep_parents_too_long


def _must_be_refused_by_the_database(cast, change: TermChange) -> None:
    with pytest.raises(DatabaseError, match="go with their last child"), transaction.atomic():
        TermChange.objects.filter(pk=change.pk).update(
            approved_by=cast.board_officer, approved_at=timezone.now()
        )


@pytest.mark.django_db
def test_the_database_knows_the_terms_of_a_board_that_set_none():
    with connection.cursor() as cursor:
        cursor.execute("select kind, years, starts from retention_default_terms()")
        known = {kind: Span(years, Start(starts)) for kind, years, starts in cursor.fetchall()}
    assert known == {kind.code: kind.default for kind in (PARENTS, LAST)} | {
        code: KINDS[code].default for code in LAST.after
    }
