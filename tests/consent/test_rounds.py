"""Asking a whole school: whom, for which days, once, in batches that can be broken off."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from access.acting import acting_as
from access.errors import NotAllowed, Overtaken, Refused
from access.models import Membership
from audit.models import LogEntry
from consent.actions import asking
from consent.actions.asking import ask_about, ask_anew
from consent.actions.purposes import end_purpose
from consent.actions.rounds import (
    RoundDates,
    ask_next_batch,
    rounds_to_carry_out,
    start_round,
)
from consent.models import PurposeText, Request, Round
from consent.queries import texts_in_use, texts_to_ask_anew
from consent.tasks import ask_anew_about, carry_out_round, let_ask_anew, let_carry_out
from students.models import Enrolment, Representative, SchoolYear
from tests.consent.conftest import text

pytestmark = pytest.mark.promise("P13")
DAY = timedelta(days=1)


@pytest.fixture
def dates(cast) -> RoundDates:
    return RoundDates(*(cast.today + n * DAY for n in (0, 14, 28, 42)))


@pytest.fixture
def begun(asked, dates) -> Round:
    """The round of this school year, started and not carried out."""
    cast = asked.cast
    return asked.act(
        start_round, by="administrator", school=cast.school, school_year=cast.year, dates=dates
    )


def carry_out(asked, row: Round, *, by: str = "administrator") -> Round:
    while row.carried_out_at is None:
        row = asked.act(ask_next_batch, by=by, round_id=row.pk)
    return row


def who_is_asked() -> set[tuple[str, str]]:
    rows = Request.objects.select_related("pupil", "parent__user", "representative")
    return {
        (
            row.pupil.first_name.removeprefix("First-"),
            row.parent.user.username if row.parent else row.answers_as,
        )
        for row in rows
    }


def test_a_round_asks_everybody_who_decides_on_the_day_from_which_it_counts(asked, begun):
    row = carry_out(asked, begun)
    assert who_is_asked() == {
        ("own", "parent"),
        ("own", "parent_teacher"),
        ("eleven", "representative"),
        ("twelve", "pupil"),
        ("fifteen", "pupil"),
        ("sixteen", "pupil"),
    }
    assert (row.pupils_total, row.pupils_done, row.requests_made) == (6, 6, 6)
    request = Request.objects.filter(pupil=asked.cast.pupils["own"]).first()
    assert (request.counts_from, request.counts_until) == (asked.cast.today, date(2027, 7, 31))
    assert (request.occasion, request.round_id) == ("round", row.pk)


def test_a_round_for_next_year_asks_who_decides_then_and_counts_from_its_first_day(asked, dates):
    cast = asked.cast
    turns_16 = cast.pupils["fifteen"]
    turns_16.birth_date = date(2011, 7, 1)
    turns_16.save(update_fields=["birth_date"])
    cast.add_parent("parent_of_fifteen", "fifteen")
    year = SchoolYear.objects.create(
        board=cast.board, name="2027-2028", starts_on="2027-08-01", ends_on="2028-07-31"
    )
    year.refresh_from_db()
    row = asked.act(start_round, by="director", school=cast.school, school_year=year, dates=dates)
    carry_out(asked, row, by="director")
    requests = Request.objects.filter(pupil=turns_16)
    assert [(r.answers_as, r.counts_from) for r in requests] == [("pupil", date(2027, 8, 1))]
    asked.says("pupil_fifteen", "fifteen", True)  # at 15, ahead
    assert not asked.holds("fifteen", on=date(2027, 7, 31)).is_allowed
    assert asked.holds("fifteen", on=date(2027, 8, 1)).is_allowed


def test_batches_go_on_where_they_were_and_ask_nobody_twice(asked, begun, monkeypatch):
    monkeypatch.setattr("consent.actions.rounds.BATCH", 2)
    row, seen = begun, []
    while row.carried_out_at is None:
        row = asked.act(ask_next_batch, by="administrator", round_id=row.pk)
        seen.append((row.pupils_done, row.carried_out_at is not None))
    assert seen == [(2, False), (4, False), (6, False), (6, True)]
    assert Request.objects.count() == row.requests_made == 6
    batches = LogEntry.objects.filter(event="consent-requested")
    assert sum(len(entry.subjects) for entry in batches) == 6
    again = asked.act(ask_next_batch, by="administrator", round_id=row.pk)
    assert (again.pupils_done, Request.objects.count()) == (6, 6)


def test_a_round_started_twice_is_told_and_nothing_is_asked_twice(asked, begun, dates):
    cast = asked.cast
    with pytest.raises(Overtaken):
        asked.act(
            start_round, by="director", school=cast.school, school_year=cast.year, dates=dates
        )
    assert Round.objects.count() == 1


@pytest.mark.parametrize(
    "by", ["counsellor", "school_doctor", "other_director", "board_officer", "parent"]
)
def test_only_administrator_and_director_of_the_school_start_a_round(asked, dates, by):
    cast = asked.cast
    with pytest.raises(NotAllowed):
        asked.act(start_round, by=by, school=cast.school, school_year=cast.year, dates=dates)


def test_a_round_needs_a_year_that_runs_dates_in_order_and_something_to_ask(cast, dates, asked):
    past = SchoolYear.objects.create(
        board=cast.board, name="2020-2021", starts_on=date(2020, 8, 1), ends_on=date(2021, 7, 31)
    )
    mixed = RoundDates(cast.today, cast.today + 9 * DAY, cast.today + 3 * DAY, cast.today)
    for year, days in ((past, dates), (cast.year, mixed)):
        with pytest.raises(Refused):
            asked.act(start_round, by="director", school=cast.school, school_year=year, dates=days)
    asked.act(end_purpose, by="board_officer", purpose=asked.purposes["website"])
    asked.add("made", "pictures", is_free=True, is_promised=False, free_ground="Demo ground")
    with pytest.raises(Refused):
        asked.act(
            start_round, by="director", school=cast.school, school_year=cast.year, dates=dates
        )


def test_the_job_carries_a_round_out_to_its_end_also_when_who_started_it_left(
    asked, begun, monkeypatch
):
    monkeypatch.setattr("consent.actions.rounds.BATCH", 4)
    Membership.objects.filter(user=asked.cast.administrator).update(ends_on=asked.cast.today - DAY)
    carry_out_round(str(begun.pk))
    begun.refresh_from_db()
    assert begun.carried_out_at is not None
    assert begun.pupils_done == 6
    assert begun.carried_out_at <= timezone.now()


def test_a_round_broken_off_half_way_is_carried_on_by_another_holder_of_the_role(
    asked, begun, monkeypatch
):
    monkeypatch.setattr("consent.actions.rounds.BATCH", 4)
    asked.act(ask_next_batch, by="administrator", round_id=begun.pk)
    row = carry_out(asked, begun, by="deputy")
    assert (row.pupils_done, Request.objects.count()) == (6, 6)
    with pytest.raises(NotAllowed):
        asked.act(ask_next_batch, by="other_director", round_id=begun.pk)


def test_a_round_that_opens_later_asks_nobody_before_and_everybody_by_itself_on_its_day(asked):
    cast = asked.cast
    days = RoundDates(*(cast.today + n * DAY for n in (3, 14, 28, 42)))
    row = asked.act(
        start_round, by="director", school=cast.school, school_year=cast.year, dates=days
    )
    with pytest.raises(Refused, match="opens later"):
        asked.act(ask_next_batch, by="director", round_id=row.pk)
    assert asked.act(let_carry_out, by="director", row=row) is True
    assert not rounds_to_carry_out(cast.today)
    assert list(rounds_to_carry_out(cast.today + 3 * DAY)) == [row]


@pytest.mark.parametrize("has_worker", [True, False])
def test_a_round_is_left_to_a_worker_and_done_at_once_without_one(
    asked, begun, monkeypatch, has_worker
):
    monkeypatch.setattr("consent.tasks.worker_is_there", lambda: has_worker)
    assert asked.act(let_carry_out, by="administrator", row=begun) is has_worker
    jobs = ProcrastinateJob.objects.filter(task_name="consent.carry_out_round")
    assert [job.args for job in jobs] == ([{"round_id": str(begun.pk)}] if has_worker else [])
    assert Request.objects.exists() is not has_worker


def test_who_left_before_the_answers_count_is_not_asked(asked, begun):
    Enrolment.objects.filter(pupil=asked.cast.pupils["own"]).update(ends_on=asked.cast.today - DAY)
    carry_out(asked, begun)
    assert not [pupil for pupil, _who in who_is_asked() if pupil == "own"]


def test_a_new_pupil_is_asked_apart_and_not_again_when_asked_in_the_round(asked, begun):
    carry_out(asked, begun)
    asked.cast.add_pupil("newcomer")
    asked.cast.add_parent("parent_of_newcomer", "newcomer")
    assert asked.ask("newcomer", occasion="enrolment") == 1
    assert asked.ask("own", "newcomer") == 0


def test_another_text_asks_anew_whoever_was_asked_before(asked, begun, monkeypatch):
    carry_out(asked, begun)
    asked.cast.add_pupil("unasked")
    asked.cast.add_parent("parent_of_unasked", "unasked")
    new = asked.replace("website", needs="one")
    monkeypatch.setattr(asking, "BATCH", 4)
    after, rounds = None, 0
    while rounds == 0 or after is not None:
        after = asked.act(
            ask_anew, by="board_officer", text=new, school=asked.cast.school, after=after
        )
        rounds += 1
    assert rounds == 3
    assert not Request.objects.filter(text=new, asked_by__isnull=True).exists()
    assert Request.objects.filter(text=new).count() == 6
    assert not Request.objects.filter(pupil=asked.cast.pupils["unasked"]).exists()
    with pytest.raises(NotAllowed):
        asked.act(ask_anew, by="director", text=new, school=asked.cast.school, after=None)


def test_a_text_without_an_end_is_asked_once_and_anew_when_it_changes(asked, begun):
    asked.add("list", "contact-list", is_yearly=False)
    carry_out(asked, begun)
    first = asked.request("own", "list", of="parent")
    assert first.counts_until is None
    assert asked.ask("own") == 0
    new = asked.replace("list", is_yearly=False, needs="one")
    ask_anew_about(str(new.pk))
    assert asked.request("own", "list", of="parent").text == new
    assert Request.objects.filter(text=new, counts_until=None).count() == 6


def test_a_text_planned_for_later_asks_anew_by_itself_on_its_day(asked, begun):
    carry_out(asked, begun)
    day = asked.cast.today + 5 * DAY
    new = asked.replace("website", from_day=day, needs="one")
    assert asked.act(let_ask_anew, by="board_officer", text=new) is True
    board = asked.cast.board.pk
    assert [texts_to_ask_anew(board, on) for on in (asked.cast.today, day)] == [[], [new]]


def test_nobody_asks_about_an_own_child_or_a_pupil_of_another_school(asked):
    cast = asked.cast
    cast.add_person("parent_teacher", "administrator", cast.school.unit)
    for by, pupil in (("parent_teacher", "own"), ("administrator", "foreign")):
        with pytest.raises(NotAllowed):
            asked.act(
                ask_about,
                by=by,
                pupil=cast.pupils[pupil],
                school=cast.school,
                occasion="single",
            )


def test_who_changed_school_in_the_year_is_asked_anew_there(asked):
    cast = asked.cast
    asked.ask("own")
    asked.says("parent", "own", True)
    asked.says("parent_teacher", "own", True)
    Enrolment.objects.filter(pupil=cast.pupils["own"]).update(ends_on=cast.today - DAY)
    Enrolment.objects.create(
        pupil=cast.pupils["own"], school=cast.other_school, starts_on=cast.today
    )
    cast.school = cast.other_school
    assert not asked.holds("own", by="other_director").is_allowed
    cast.add_person("other_administrator", "administrator", cast.other_school.unit)
    assert asked.ask("own", by="other_administrator") == 2


def test_what_is_free_of_consent_is_asked_nobody_and_allowed(asked):
    asked.add("made", "pictures", is_free=True, is_promised=False, free_ground="Demo ground")
    asked.ask("own")
    assert set(Request.objects.values_list("purpose__code", flat=True)) == {"website"}
    assert asked.holds("own", "made").is_allowed


def test_texts_in_use_are_one_a_purpose_and_come_in_one_query(asked, django_assert_num_queries):
    asked.add("press", "press")
    asked.replace("website")
    asked.replace("press", from_day=asked.cast.today + 10 * DAY)
    with acting_as(asked.cast.administrator, on=asked.cast.today):
        with django_assert_num_queries(1):
            found = list(texts_in_use(asked.cast.board.pk, asked.cast.today))
    assert [(t.purpose.code, t.number) for t in found] == [("press", 1), ("website", 2)]


@pytest.mark.parametrize("wrong", ["school", "parent", "text", "purpose", "representative"])
def test_the_database_takes_no_request_that_does_not_fit_together(asked, wrong):
    asked.ask("own", "eleven")
    cast, press = asked.cast, asked.add("press", "press")
    draft = PurposeText.objects.create(
        purpose=asked.purposes["press"], number=9, written_by=cast.board_officer, **vars(text("x"))
    )
    row = asked.request("own", of="parent")
    row.pk, row.text, row.purpose = uuid.uuid4(), press, press.purpose
    if wrong == "school":
        row.school = cast.other_school
    elif wrong == "parent":
        row.parent = cast.add_parent("stranger", "other")
    elif wrong == "text":
        row.text = draft
    elif wrong == "purpose":
        row.purpose = asked.purposes["website"]
    else:
        row.parent, row.answers_as = None, "representative"
        row.representative = Representative.objects.get(pupil=cast.pupils["eleven"])
    with pytest.raises(DatabaseError, match="fits its pupil"), transaction.atomic():
        row.save(force_insert=True)
