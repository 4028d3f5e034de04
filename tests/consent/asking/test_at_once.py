"""Codes, reminders and letters by two at once, with real connections; and a pupil who moves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core import mail

from access.acting import Job, acting_as
from access.errors import NotAllowed, Overtaken
from access.models import User
from audit.models import LogEntry
from consent import limits
from consent.actions.codes import make_code, try_code, use_code
from consent.actions.letters import fetch_letters, make_next_letters, start_letters
from consent.actions.reminding import remind
from consent.actions.rounds import RoundDates, ask_next_batch, start_round
from consent.actions.sending import tell_next
from consent.models import Code, LetterFile, LetterRun, Round, Sending
from consent.queries.reaching import people_to_tell
from students.models import Enrolment, Parent, School
from tests.consent.test_at_once import at_once
from tests.guards.test_logins import sign_in_as_web

pytestmark = [pytest.mark.promise("P13"), pytest.mark.promise("P22")]
DAY = timedelta(days=1)
several = pytest.mark.django_db(transaction=True)


def act(asked, who: str, verb, **details) -> Callable[[], object]:
    """What somebody does, over a connection of their own."""

    def done() -> object:
        by, on = User.objects.get(pk=asked.cast.people[who].pk), asked.cast.today
        with acting_as(by, on=on):
            return verb(**details, by=by, on=on)

    return done


def offline(cast, key: str, *children: str) -> Parent:
    parent = cast.add_parent(key, *children)
    Parent.objects.filter(pk=parent.pk).update(user=None)
    User.objects.filter(pk=cast.people[key].pk).update(email=None)
    return Parent.objects.get(pk=parent.pk)


def code_of(asked, parent: Parent, *, school: School | None = None, by="administrator", on=None):
    return asked.act(
        make_code, by=by, pupil=asked.cast.pupils["own"], parent=parent,
        school=school or asked.cast.school, route="letter", on=on,
    )[1]  # fmt: skip


@several
def test_a_code_used_by_two_accounts_at_once_lets_one_in_and_is_used_once(asked):
    cast = asked.cast
    words = code_of(asked, offline(cast, "newcomer", "own"))
    for key in ("one", "two"):
        cast.add_person(key, "mr-parent", cast.school.unit)
    results = at_once(*(act(asked, who, use_code, typed=words) for who in ("one", "two")))
    assert sorted(type(result).__name__ for result in results) == ["Code", "NoneType"]
    row = Code.objects.get()
    assert row.used_by_id == Parent.objects.get(first_name="First-newcomer").user_id
    assert LogEntry.objects.filter(event="consent-code-used").count() == 1


@several
def test_wrong_codes_typed_at_once_are_all_counted(asked):
    words = code_of(asked, offline(asked.cast, "newcomer", "own"))
    wrong = words[:-1] + ("a" if words[-1] != "a" else "b")
    guess = act(asked, "pupil_sixteen", try_code, typed=wrong)
    assert at_once(*[guess] * 6) == [None] * 6
    assert Code.objects.get().tries == 5
    assert asked.act(try_code, by="parent", typed=words) is None


@several
def test_figures_guessed_at_once_take_a_try_each(asked):
    tries = at_once(*[lambda: limits.take_try("mailed", most=5, seconds=60)] * 8)
    assert sorted(tries) == [-1, -1, -1, 0, 1, 2, 3, 4]
    assert limits.take_try("another", most=5, seconds=60) == 4


@several
def test_a_reminder_clicked_twice_at_once_reminds_each_once(asked):
    cast = asked.cast
    dates = RoundDates(*(cast.today + n * DAY for n in (0, 14, 28, 42)))
    begun = asked.act(
        start_round, by="director", school=cast.school, school_year=cast.year, dates=dates
    )
    asked.act(ask_next_batch, by="director", round_id=begun.pk)
    row = Round.objects.select_related("school__unit").get()
    results = at_once(
        act(asked, "director", remind, round=row), act(asked, "administrator", remind, round=row)
    )
    assert sorted(results) == [0, 5]
    assert len(mail.outbox) == Sending.objects.count() == 5


@several
@pytest.mark.usefixtures("blank_paper")
def test_letters_made_and_downloaded_twice_at_once_are_made_and_downloaded_once(asked):
    offline(asked.cast, "newcomer", "own")
    asked.ask("own")
    school = {"school": asked.cast.school, "kind": "letters", "group": None, "is_again": False}
    run = asked.act(start_letters, by="administrator", **school)
    make = act(asked, "administrator", make_next_letters, run_id=run.pk)
    at_once(make, make)
    row = LetterRun.objects.get()
    assert (row.done, row.total, LetterFile.objects.count(), Code.objects.count()) == (1, 1, 1, 1)
    fetch = act(asked, "administrator", fetch_letters, file=LetterFile.objects.get())
    results = at_once(fetch, fetch)
    assert sum(isinstance(result, bytes) for result in results) == 1
    assert sum(isinstance(result, Overtaken) for result in results) == 1


@several
@pytest.mark.usefixtures("blank_paper")
def test_two_colleagues_who_have_letters_made_at_once_write_to_nobody_twice(asked):
    """The second letter's code would end the first one's, on its way already."""
    offline(asked.cast, "newcomer", "own")
    asked.ask("own")
    school = {"school": asked.cast.school, "kind": "letters", "group": None, "is_again": False}
    runs = {who: asked.act(start_letters, by=who, **school) for who in ("director", "deputy")}
    at_once(*(act(asked, who, make_next_letters, run_id=run.pk) for who, run in runs.items()))
    assert sorted(LetterRun.objects.values_list("done", flat=True)) == [0, 1]
    assert not LetterRun.objects.filter(finished_at=None).exists()
    assert Code.objects.count() == LetterFile.objects.count() == 1


@several
def test_two_workers_who_tell_a_school_at_once_mail_each_once(asked):
    asked.ask("own", "twelve")

    def work() -> object:
        with acting_as(Job("test"), on=asked.cast.today):
            return tell_next(school=asked.cast.school, by=Job("test"), on=asked.cast.today).sent

    assert sorted(at_once(work, work)) == [0, 3]
    assert len(mail.outbox) == Sending.objects.count() == 3


@several
def test_a_visitor_over_the_web_login_finds_one_code_by_its_number_and_nothing_else(asked):
    """A job and a visitor both have no person: the login tells them apart."""
    asked.ask("own")
    code_of(asked, offline(asked.cast, "newcomer", "own"))
    code_of(asked, Parent.objects.get(user=asked.cast.parent))
    number = Code.objects.first().number
    tables = ("request", "answer", "code", "check", "sending", "letterfile")

    def seen(web, typed: str) -> list[int]:
        with web.transaction():
            web.execute("select set_config('portal.day', '2026-11-16', true)")
            web.execute("select set_config('portal.typed_code', %s, true)", [typed])
            counts = (f"select count(*) from consent_{table}" for table in tables)
            return [web.execute(count).fetchone()[0] for count in counts]

    with sign_in_as_web() as web:
        assert seen(web, "") == [0] * 6
        assert seen(web, number) == [0, 0, 1, 0, 0, 0]


def test_a_pupil_who_moved_is_written_about_by_the_new_school_only(asked):
    cast = asked.cast
    parent = offline(cast, "newcomer", "own")
    asked.ask("own")
    old = code_of(asked, parent)
    Enrolment.objects.filter(pupil=cast.pupils["own"]).update(ends_on=cast.today)
    Enrolment.objects.create(
        pupil=cast.pupils["own"], school=cast.other_school, starts_on=cast.today + DAY
    )
    tomorrow = cast.today + DAY
    with pytest.raises(NotAllowed, match="Another school"):
        code_of(asked, parent, on=tomorrow)
    with acting_as(cast.administrator, on=tomorrow, read_only=True):
        assert not people_to_tell(cast.school, on=tomorrow)
    cast.add_person("other_administrator", "administrator", cast.other_school.unit)
    new = code_of(
        asked, parent, school=cast.other_school, by="other_administrator", on=tomorrow
    )  # fmt: skip
    with acting_as(None, on=tomorrow):
        assert try_code(typed=old, by=None, on=tomorrow) is None
        assert try_code(typed=new, by=None, on=tomorrow).school == cast.other_school
