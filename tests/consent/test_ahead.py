"""What is asked by itself: before 12 and 16, and about who came after the round."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from access.acting import Job, acting_as
from audit.models import LogEntry
from consent.actions import matters
from consent.actions.ahead import ask_before_birthdays, ask_newcomers
from consent.actions.rounds import RoundDates, ask_next_batch, start_round
from consent.models import Request
from consent.rules import PUPIL, Outcome
from consent.tasks import SomeSchoolsFailed, ask_by_itself
from students.models import Authority, Representative

pytestmark = [pytest.mark.promise("P5"), pytest.mark.promise("P13")]
DAY = timedelta(days=1)


@pytest.fixture
def born(asked):
    """Gives a pupil of the cast another birth date."""

    def change(key: str, day: date) -> None:
        pupil = asked.cast.pupils[key]
        pupil.birth_date = day
        pupil.save(update_fields=["birth_date"])

    return change


def at_night(verb, cast, *, on: date | None = None) -> int:
    job, day = Job("test"), on or cast.today
    with acting_as(job, on=day):
        return verb(school=cast.school, by=job, on=day)


def requests_of(cast, key: str) -> list[tuple[str, date]]:
    rows = Request.objects.filter(pupil=cast.pupils[key]).order_by("answers_as")
    return [(row.answers_as, row.counts_from) for row in rows]


def test_at_12_the_pupil_is_asked_ahead_and_its_parents_are_not_asked_again(asked, born):
    cast, day = asked.cast, date(2026, 12, 1)
    cast.add_parent("parent_of_other", "other")
    born("other", date(2014, 12, 1))
    asked.ask("other")
    asked.says("parent_of_other", "other", True)
    assert at_night(ask_before_birthdays, cast) == 1
    assert requests_of(cast, "other") == [("parent", cast.today), ("pupil", day)]
    assert asked.holds("other", on=day - DAY).is_allowed
    assert asked.holds("other", on=day).waiting == (PUPIL,)


def test_at_11_a_pupil_asked_ahead_answers_and_it_counts_from_the_birthday(asked, born):
    """P5: under 12 the parents; what is given ahead for a birthday counts from that day."""
    cast, day = asked.cast, date(2026, 12, 1)
    cast.add_parent("parent_of_twelve", "twelve")
    born("twelve", day.replace(year=2014))
    asked.ask("twelve")
    asked.says("parent_of_twelve", "twelve", True)
    with pytest.raises(IndexError):
        asked.says("pupil_twelve", "twelve", False)  # not asked: nothing to answer
    at_night(ask_before_birthdays, cast)
    asked.says("pupil_twelve", "twelve", False)
    assert asked.holds("twelve", on=day - DAY).is_allowed
    assert asked.holds("twelve", on=day).by == (PUPIL,)


def test_at_16_the_pupil_alone_is_asked_ahead_and_all_else_lapses(asked, born):
    cast, day = asked.cast, date(2026, 12, 16)
    cast.add_parent("parent_of_fifteen", "fifteen")
    born("fifteen", date(2010, 12, 16))
    asked.ask("fifteen")
    asked.says("parent_of_fifteen", "fifteen", True)
    asked.says("pupil_fifteen", "fifteen", True)
    assert at_night(ask_before_birthdays, cast) == 1
    assert asked.holds("fifteen", on=day - DAY).is_allowed
    assert asked.holds("fifteen", on=day).outcome is Outcome.OPEN
    asked.says("pupil_fifteen", "fifteen", True)
    assert asked.holds("fifteen", on=day).is_allowed


def test_who_can_not_decide_is_asked_about_through_the_parents_also_at_night(asked, born):
    cast = asked.cast
    cast.add_parent("parent_of_fifteen", "fifteen")
    born("fifteen", date(2010, 12, 16))
    about = matters.About(cast.pupils["fifteen"], cast.school, "Advice of an expert")
    until = cast.today + 300 * DAY
    asked.act(matters.decide_unable, by="director", about=about, until=until)
    assert at_night(ask_before_birthdays, cast) == 2
    assert {who for who, _day in requests_of(cast, "fifteen")} == {"parent", "pupil"}


@pytest.mark.parametrize(
    ("birth_date", "made"),
    [
        (date(2010, 12, 16), 1),  # in thirty days
        (date(2010, 12, 17), 0),  # in thirty-one
        (date(2010, 11, 16), 0),  # today: it answers already
        (date(2010, 11, 17), 1),
        (date(2014, 12, 16), 1),
    ],
)
def test_thirty_days_ahead_and_not_earlier(asked, born, birth_date, made):
    born("fifteen", birth_date)
    assert at_night(ask_before_birthdays, asked.cast) == made


def test_who_was_asked_last_night_is_not_asked_tonight(asked, born):
    born("fifteen", date(2010, 12, 10))
    assert at_night(ask_before_birthdays, asked.cast) == 1
    assert at_night(ask_before_birthdays, asked.cast, on=asked.cast.today + DAY) == 0
    assert LogEntry.objects.filter(event="consent-requested").count() == 1


def test_who_came_after_the_round_is_asked_and_nobody_before_there_was_one(asked):
    cast = asked.cast
    assert at_night(ask_newcomers, cast) == 0
    dates = RoundDates(*(cast.today + n * DAY for n in (0, 14, 28, 42)))
    row = asked.act(
        start_round, by="director", school=cast.school, school_year=cast.year, dates=dates
    )
    assert at_night(ask_newcomers, cast) == 0  # the round itself asks everybody
    asked.act(ask_next_batch, by="director", round_id=row.pk)
    cast.add_pupil("newcomer")
    cast.add_parent("parent_of_newcomer", "newcomer")
    assert at_night(ask_newcomers, cast) == 1
    assert requests_of(cast, "newcomer") == [("parent", cast.today)]
    assert at_night(ask_newcomers, cast) == 0


def test_who_got_authority_after_the_round_is_asked_what_the_others_were(asked):
    cast = asked.cast
    dates = RoundDates(*(cast.today + n * DAY for n in (0, 14, 28, 42)))
    row = asked.act(
        start_round, by="director", school=cast.school, school_year=cast.year, dates=dates
    )
    asked.act(ask_next_batch, by="director", round_id=row.pk)
    asked.add("press", "press")  # nobody is asked this yet
    without = Authority.objects.get(parenthood__parent__user=cast.parent_without)
    without.value = "yes"
    without.save()
    Representative.objects.create(
        pupil=cast.pupils["own"], kind="voogd", name="Demo Voogd", starts_on=cast.today,
        court_decision="Rechtbank Demostad C/02/345",
    )  # fmt: skip
    assert at_night(ask_newcomers, cast) == 1
    new = Request.objects.filter(occasion="enrolment")
    assert {(r.pupil, r.purpose.code, r.answers_as) for r in new} == {
        (cast.pupils["own"], "website", "parent"),
        (cast.pupils["own"], "website", "representative"),
    }
    assert at_night(ask_newcomers, cast) == 0
    logged = LogEntry.objects.filter(event="consent-requested").latest("timestamp")
    assert logged.subjects == [cast.pupils["own"].log_key]


def test_what_goes_wrong_at_one_school_stops_no_other_and_is_told(asked, born, monkeypatch):
    born("fifteen", date(2010, 12, 10))
    born("foreign", date(2010, 12, 11))
    first = min(asked.cast.school, asked.cast.other_school, key=lambda school: school.pk)

    def breaks(*, school, by, on):
        if school == first:
            raise ZeroDivisionError
        return ask_before_birthdays(school=school, by=by, on=on)

    monkeypatch.setattr("consent.tasks.ask_before_birthdays", breaks)
    with pytest.raises(SomeSchoolsFailed):
        ask_by_itself(0)
    assert Request.objects.get().school_id != first.pk


def test_the_nightly_job_does_both_at_every_school(asked, born):
    born("fifteen", date(2010, 12, 10))
    born("foreign", date(2010, 12, 11))
    ask_by_itself(0)
    assert {r.school_id for r in Request.objects.all()} == {
        asked.cast.school.pk,
        asked.cast.other_school.pk,
    }
    entry = LogEntry.objects.filter(event="consent-requested").latest("timestamp")
    assert (entry.actor_name, entry.actor_role) == ("ask_by_itself", "job")
