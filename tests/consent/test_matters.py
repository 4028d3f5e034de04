"""What outranks answers, recorded and lifted by the right people, sealed, and in the log."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from access.acting import acting_as
from access.errors import NotAllowed, Overtaken, Refused
from audit.models import LogEntry
from consent.actions import coverage, matters
from consent.actions.matters import About, Ruling
from consent.models import CourtOrder, Objection, SafetyBlock, UnreachableDecision
from consent.rules import PUPIL, Outcome, Reason
from students.models import Enrolment, Parent, Pupil, Representative
from vault.sealing import keyring

pytestmark = [pytest.mark.promise("P5"), pytest.mark.promise("P13")]
DAY = timedelta(days=1)
WORDS = "Sealed-words-marker"


@pytest.fixture
def about(asked):
    """A matter about a pupil of the cast."""

    def make(pupil: str = "own", *, purpose: str | None = None, words: str = WORDS) -> About:
        return About(
            pupil=asked.cast.pupils[pupil],
            school=asked.cast.school,
            words=words,
            purpose=asked.purposes[purpose] if purpose else None,
        )

    return make


@pytest.fixture
def agreed(asked):
    """Both parents of a pupil said yes."""
    asked.ask("own")
    asked.says("parent", "own", True)
    asked.says("parent_teacher", "own", True)
    assert asked.holds("own").is_allowed
    return asked


def test_any_counsellor_records_an_objection_and_only_the_director_lifts_it(agreed, about):
    row = agreed.act(matters.record_objection, by="counsellor", about=about(), comes_from="pupil")
    assert agreed.holds("own").reason is Reason.OBJECTION
    for by in ("counsellor", "administrator", "other_director", "board_officer"):
        with pytest.raises(NotAllowed):
            agreed.act(matters.lift_objection, by=by, objection=row, reason="spoken with them")
    with pytest.raises(Refused):
        agreed.act(matters.lift_objection, by="director", objection=row, reason="  ")
    agreed.act(matters.lift_objection, by="director", objection=row, reason="spoken with them")
    assert agreed.holds("own").is_allowed
    with pytest.raises(Overtaken):
        agreed.act(matters.lift_objection, by="deputy", objection=row, reason="spoken with them")


def test_a_safety_block_follows_the_pupil_to_another_school_of_the_board(agreed, about):
    block = agreed.act(matters.place_safety_block, by="administrator", about=about())
    assert agreed.holds("own").reason is Reason.SAFETY_BLOCK
    cast = agreed.cast
    Enrolment.objects.filter(pupil=cast.pupils["own"]).update(ends_on=cast.today - DAY)
    Enrolment.objects.create(
        pupil=cast.pupils["own"], school=cast.other_school, starts_on=cast.today
    )
    cast.school, here = cast.other_school, cast.school
    assert agreed.holds("own", by="other_director").reason is Reason.SAFETY_BLOCK
    agreed.act(
        matters.lift_safety_block, by="other_director", block=block, reason="the threat is over"
    )
    cast.school = here
    assert agreed.holds("own").is_allowed


def test_a_court_order_outranks_answers_and_can_be_ended_by_the_director(agreed, about):
    agreed.says("parent", "own", False)
    today = agreed.cast.today
    with pytest.raises(NotAllowed):
        agreed.act(
            matters.record_court_order,
            by="administrator",
            about=about(purpose="website"),
            ruling=Ruling(True, today, today),
        )
    with pytest.raises(Refused):
        agreed.act(
            matters.record_court_order,
            by="director",
            about=about(),
            ruling=Ruling(True, today, today),
        )
    order = agreed.act(
        matters.record_court_order,
        by="director",
        about=about(purpose="website"),
        ruling=Ruling(True, today - DAY, today),
    )
    assert agreed.holds("own").reason is Reason.COURT_SAID_YES
    agreed.act(matters.end_court_order, by="director", order=order)
    assert agreed.holds("own").reason is Reason.REFUSED


@pytest.mark.parametrize(
    "days", [(1, 0, None), (0, -1, None), (0, 0, -1)], ids=["to come", "before", "backwards"]
)
def test_a_court_order_with_impossible_days_is_refused(asked, about, days):
    decided, starts, ends = (None if n is None else asked.cast.today + n * DAY for n in days)
    with pytest.raises(Refused):
        asked.act(
            matters.record_court_order,
            by="director",
            about=about(purpose="website"),
            ruling=Ruling(False, decided, starts, ends),
        )


def test_a_parent_who_can_not_be_reached_is_not_waited_for_and_a_no_stays_a_no(asked, about):
    asked.ask("own")
    asked.says("parent", "own", True)
    away = Parent.objects.get(user=asked.cast.parent_teacher)
    details = {"about": about(), "parent": away, "until": None}
    with pytest.raises(NotAllowed):
        asked.act(matters.decide_unreachable, by="administrator", **details)
    decision = asked.act(matters.decide_unreachable, by="director", **details)
    assert asked.holds("own").is_allowed
    asked.says("parent_teacher", "own", False)
    assert asked.holds("own").outcome is Outcome.NO
    asked.act(matters.end_unreachable, by="deputy", decision=decision)
    assert asked.holds("own").outcome is Outcome.NO
    stranger = asked.cast.add_parent("stranger", "other")
    with pytest.raises(Refused):
        asked.act(matters.decide_unreachable, by="director", **{**details, "parent": stranger})


def test_for_who_can_not_decide_the_parents_are_asked_and_its_own_no_counts(asked, about):
    asked.cast.add_parent("parent_of_sixteen", "sixteen")
    today = asked.cast.today
    details = {"about": about("sixteen", purpose="website"), "until": today + 300 * DAY}
    for by in ("administrator", "board_officer"):
        with pytest.raises(NotAllowed):
            asked.act(matters.decide_unable, by=by, **details)
    with pytest.raises(Refused):
        asked.act(matters.decide_unable, by="director", **{**details, "until": today + 366 * DAY})
    with pytest.raises(Refused):
        asked.act(matters.decide_unable, by="director", **{**details, "about": about("eleven")})
    decision = asked.act(matters.decide_unable, by="director", **details)
    assert asked.ask("sixteen") == 2
    asked.says("parent_of_sixteen", "sixteen", True)
    assert asked.holds("sixteen").is_allowed
    asked.says("pupil_sixteen", "sixteen", False)
    assert asked.holds("sixteen").by == (PUPIL,)
    asked.act(matters.end_unable, by="director", decision=decision)
    assert asked.holds("sixteen").by == (PUPIL,)


def test_a_mentor_answers_where_somebody_read_that_the_order_covers_it(asked):
    mentor = Representative.objects.create(
        pupil=asked.cast.pupils["sixteen"],
        kind="mentor",
        name="Demo Mentor",
        court_decision="Rechtbank Demostad",
        starts_on=date(2026, 1, 1),
    )
    details = {"representative": mentor, "purpose": asked.purposes["website"]}
    details["school"] = asked.cast.school
    assert asked.holds("sixteen").waiting == (PUPIL,)
    row = asked.act(coverage.cover_by_order, by="administrator", **details)
    assert asked.act(coverage.cover_by_order, by="administrator", **details) == row
    assert asked.holds("sixteen").waiting[0].key == mentor.pk
    asked.ask("sixteen")
    request = row.representative.consent_requests.get()
    asked.on_paper(request, True)
    assert asked.holds("sixteen").is_allowed
    asked.act(coverage.withdraw_coverage, by="director", coverage=row, school=asked.cast.school)
    assert asked.holds("sixteen").waiting == (PUPIL,)


def test_nobody_records_anything_about_an_own_child_or_at_another_school(asked, about):
    asked.cast.add_person("parent_teacher", "director", asked.cast.school.unit)
    for by in ("parent_teacher", "other_director", "foreign_counsellor", "parent", "fg"):
        with pytest.raises(NotAllowed):
            asked.act(matters.record_objection, by=by, about=about(), comes_from="other")
        with pytest.raises(NotAllowed):
            asked.act(matters.place_safety_block, by=by, about=about())
    assert not Objection.objects.exists()


# --- what is kept, and from whom --------------------------------------------------------------


@pytest.mark.promise("P22")
def test_the_words_are_sealed_and_say_themselves_to_who_holds_the_key(asked, about):
    row = asked.act(matters.place_safety_block, by="director", about=about())
    stored = SafetyBlock.objects.get()
    assert WORDS.encode() not in bytes(stored.sealed)
    assert keyring([row.pk]).open_json(row.pk, stored.place, stored.sealed) == {"words": WORDS}
    entry = LogEntry.objects.get(event="safety-block-placed")
    assert WORDS not in str(entry.additional_data)


@pytest.mark.promise("P22")
def test_the_database_shows_a_block_to_the_administration_only_never_to_a_parent(asked, about):
    asked.act(matters.place_safety_block, by="administrator", about=about())
    asked.cast.add_person("parent_teacher", "director", asked.cast.school.unit)
    seen = {}
    for who in (
        "administrator",
        "director",
        "counsellor",
        "parent",
        "parent_teacher",
        "other_director",
    ):
        with acting_as(asked.cast.people[who], on=asked.cast.today, read_only=True):
            seen[who] = SafetyBlock.objects.count()
    assert seen == {
        "administrator": 1,
        "director": 1,
        "counsellor": 0,
        "parent": 0,
        "parent_teacher": 0,
        "other_director": 0,
    }


def test_a_matter_is_never_deleted_nor_changed_nor_lifted_twice(asked, about):
    row = asked.act(matters.record_objection, by="director", about=about(), comes_from="parent")
    agreement = [
        "delete from consent_objection",
        "update consent_objection set starts_on = '2030-01-01'",
        "update consent_objection set comes_from = 'other'",
    ]
    for verb in agreement:
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(verb)
    asked.act(matters.lift_objection, by="director", objection=row, reason="spoken with them")
    undone = (
        "update consent_objection set lifted_on = null, lifted_at = null, lifted_by_id = null,"
        " lifted_sealed = null"
    )
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(undone)


def test_each_deed_is_one_row_in_the_log_with_the_pupil(asked, about):
    today, director = asked.cast.today, "director"
    objection = asked.act(matters.record_objection, by=director, about=about(), comes_from="pupil")
    asked.act(matters.lift_objection, by=director, objection=objection, reason="spoken with them")
    order = asked.act(
        matters.record_court_order, by=director, about=about(), ruling=Ruling(False, today, today)
    )
    asked.act(matters.end_court_order, by=director, order=order)
    away = Parent.objects.get(user=asked.cast.parent)
    asked.act(matters.decide_unreachable, by=director, about=about(), parent=away, until=today)
    wanted = [
        "objection-recorded",
        "objection-lifted",
        "court-order-recorded",
        "court-order-ended",
        "unreachable-decided",
    ]
    rows = LogEntry.objects.filter(event__in=wanted).order_by("timestamp")
    assert [row.event for row in rows] == wanted
    assert {tuple(row.subjects) for row in rows} == {(asked.cast.pupils["own"].log_key,)}
    assert CourtOrder.objects.get().ends_on == today - DAY
    assert UnreachableDecision.objects.get().ends_on == today


def test_an_unknown_birth_date_is_no_ground_to_call_somebody_unable(asked, about):
    Pupil.objects.filter(pk=asked.cast.pupils["sixteen"].pk).update(birth_date=None)
    asked.cast.pupils["sixteen"].refresh_from_db()
    with pytest.raises(Refused):
        asked.act(
            matters.decide_unable,
            by="director",
            about=about("sixteen"),
            until=asked.cast.today + DAY,
        )
