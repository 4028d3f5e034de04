"""Reminders: on their two days by themselves, by hand at most once a day, none after closing."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, transaction

from access.acting import Job, acting_as
from access.errors import NotAllowed, Refused
from audit.models import LogEntry
from consent.actions.reminding import due_reminder, remind, remind_by_itself, to_remind
from consent.actions.rounds import RoundDates, ask_next_batch, start_round
from consent.actions.sending import tell_next
from consent.models import Round, Sending
from consent.queries.reaching import Part
from consent.tasks import carry_out_round, let_remind, remind_part, tell_by_itself

pytestmark = pytest.mark.promise("P13")
DAY = timedelta(days=1)


@pytest.fixture
def begun(asked) -> Round:
    """The round of this school, carried out: opens today, reminds after 14 and 28 days."""
    cast = asked.cast
    dates = RoundDates(*(cast.today + n * DAY for n in (0, 14, 28, 42)))
    row = asked.act(
        start_round, by="administrator", school=cast.school, school_year=cast.year, dates=dates
    )
    return asked.act(ask_next_batch, by="administrator", round_id=row.pk)


def by_itself(row: Round, on: date) -> int:
    job = Job("test")
    with acting_as(job, on=on):
        return remind_by_itself(round_id=row.pk, by=job, on=on).sent


def addresses() -> set[str]:
    found = {message.to[0].split("@")[0] for message in mail.outbox}
    mail.outbox.clear()
    return found


EVERYBODY = {"parent", "parent_teacher", "pupil_twelve", "pupil_fifteen", "pupil_sixteen"}


@pytest.mark.parametrize(
    ("days", "kind"),
    [
        (13, None),
        (14, "first-reminder"),
        (27, "first-reminder"),
        (28, "second-reminder"),
        (42, "second-reminder"),
        (43, None),
    ],
)
def test_which_reminder_is_due_on_which_day(begun, days, kind):
    assert due_reminder(begun, begun.opens_on + days * DAY) == kind


def test_each_gets_each_reminder_once_and_none_who_answered_or_after_it_closed(asked, begun):
    start = begun.opens_on
    asked.says("parent", "own", True)
    assert by_itself(begun, start + 13 * DAY) == 0
    assert by_itself(begun, start + 15 * DAY) == 4  # a night on which no job ran is made up for
    assert addresses() == EVERYBODY - {"parent"}
    assert by_itself(begun, start + 16 * DAY) == 0
    asked.says("pupil_sixteen", "sixteen", False)
    assert by_itself(begun, start + 28 * DAY) == 3
    assert by_itself(begun, start + 29 * DAY) == 0
    assert by_itself(begun, start + 43 * DAY) == 0
    kinds = Sending.objects.values_list("kind", flat=True)
    assert sorted(kinds) == ["first-reminder"] * 4 + ["second-reminder"] * 3


def test_who_was_told_a_day_before_is_not_reminded_by_the_night(asked, begun):
    job, day = Job("test"), begun.reminds_on - DAY
    with acting_as(job, on=day):
        tell_next(school=asked.cast.school, by=job, on=day)
    assert by_itself(begun, begun.reminds_on) == 0
    assert by_itself(begun, begun.reminds_on + 2 * DAY) == 5


def test_the_button_reminds_whom_it_says_once_a_day(asked, begun):
    part = Part(begun, asked.cast.group, asked.purposes["website"].pk)
    with acting_as(asked.cast.director, on=asked.cast.today, read_only=True):
        assert len(to_remind(begun, on=asked.cast.today, part=part)) == 5
    chosen = {"round": begun, "group": asked.cast.group, "purpose": part.purpose_id}
    assert asked.act(remind, by="director", **chosen) == 5
    assert addresses() == EVERYBODY
    assert asked.act(remind, by="administrator", **chosen) == 0
    assert asked.act(remind, by="director", round=begun, on=asked.cast.today + DAY) == 5
    assert asked.act(remind, by="director", round=begun, group=asked.cast.other_group) == 0
    entry = LogEntry.objects.filter(event="consent-reminded").latest("timestamp")
    assert entry.additional_data["mails"] == 5
    assert asked.cast.pupils["own"].log_key in entry.subjects


def test_nobody_reminds_at_another_school_or_after_the_round_closed(asked, begun):
    for by in ("counsellor", "other_director", "board_officer", "parent"):
        with pytest.raises(NotAllowed):
            asked.act(remind, by=by, round=begun)
    with pytest.raises(Refused, match="closed"):
        asked.act(remind, by="director", round=begun, on=begun.closes_on + DAY)
    Round.objects.update(carried_out_at=None)
    begun.refresh_from_db()
    with pytest.raises(Refused, match="Not everybody is asked"):
        asked.act(remind, by="director", round=begun)
    assert not mail.outbox


def test_the_database_itself_lets_nobody_be_reminded_twice_a_day(asked, begun):
    asked.act(remind, by="director", round=begun)
    row = Sending.objects.filter(parent__isnull=False).first()
    row.pk, row.school = None, asked.cast.other_school
    row._state.adding = True
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


@pytest.mark.parametrize("has_worker", [True, False])
def test_the_button_leaves_a_whole_school_to_a_worker(asked, begun, monkeypatch, has_worker):
    monkeypatch.setattr("consent.tasks.worker_is_there", lambda: has_worker)
    details = {"row": begun, "group": None, "purpose": None}
    assert asked.act(let_remind, by="director", **details) == (None if has_worker else 5)
    if has_worker:
        assert not mail.outbox
        remind_part(str(begun.pk), None, None, str(asked.cast.director.pk))
    assert addresses() == EVERYBODY


def test_a_round_that_is_carried_out_tells_everybody_and_the_morning_does_the_rest(asked):
    cast = asked.cast
    dates = RoundDates(*(cast.today + n * DAY for n in (0, 14, 28, 42)))
    row = asked.act(
        start_round, by="director", school=cast.school, school_year=cast.year, dates=dates
    )
    carry_out_round(str(row.pk))
    assert addresses() == EVERYBODY
    cast.add_pupil("newcomer")
    cast.add_parent("parent_of_newcomer", "newcomer")
    asked.ask("newcomer", occasion="enrolment")
    tell_by_itself(0)
    assert addresses() == {"parent_of_newcomer"}
