"""Two at once, with real connections: two parents, a double click, two windows, two rounds."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.contrib.auth.hashers import make_password
from django.db import DatabaseError, connections

from access.acting import acting_as
from access.errors import NotAllowed, Overtaken, Refused
from access.models import User
from audit.models import LogEntry
from consent.actions.activation import activate
from consent.actions.answering import Choice, answer
from consent.actions.codes import make_code
from consent.actions.rounds import RoundDates, ask_next_batch, start_round
from consent.models import Answer, Request, Round
from consent.rules import Outcome
from students.actions.activation import WayIn
from students.models import Parent

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.promise("P5")]
WAIT = 60  # seconds: a busy machine is slow, a deadlock is forever
DAY = timedelta(days=1)


def at_once(*acts: Callable[[], object]) -> list[object]:
    """Runs each in a thread with a connection of its own; gives what came back or was raised."""
    barrier = Barrier(len(acts))

    def run(act: Callable[[], object]) -> object:
        try:
            barrier.wait(WAIT)
            return act()
        except (Refused, NotAllowed, DatabaseError) as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as pool:
        return [one.result(WAIT) for one in [pool.submit(run, act) for act in acts]]


def answers(asked, who: str, is_yes: bool, request: Request) -> Callable[[], object]:
    """Somebody answers a request they have not answered before, as far as their page knows."""

    def act() -> object:
        user, on = User.objects.get(pk=asked.cast.people[who].pk), asked.cast.today
        with acting_as(user, on=on):
            choices = [Choice(request.pk, is_yes)]
            return answer(choices=choices, language="nl", by=user, on=on)[0]

    return act


@pytest.mark.parametrize(("said", "outcome"), [(True, Outcome.YES), (False, Outcome.NO)])
def test_two_parents_at_the_same_instant_are_both_heard(asked, said, outcome):
    asked.ask("own")
    one, other = (asked.request("own", of=who) for who in ("parent", "parent_teacher"))
    results = at_once(
        answers(asked, "parent", said, one), answers(asked, "parent_teacher", True, other)
    )
    assert {type(result).__name__ for result in results} == {"Answer"}
    assert Answer.objects.count() == 2
    assert asked.holds("own").outcome is outcome


def test_a_double_click_at_the_same_instant_is_one_answer_and_one_event(asked):
    asked.ask("own")
    request = asked.request("own", of="parent")
    click = answers(asked, "parent", True, request)
    results = at_once(click, click, click)
    assert len({result.pk for result in results}) == 1
    assert Answer.objects.count() == 1
    assert LogEntry.objects.filter(event="consent-answered").count() == 1


def test_of_two_windows_that_say_different_things_at_once_one_is_told(asked):
    asked.ask("own")
    request = asked.request("own", of="parent")
    results = at_once(
        answers(asked, "parent", True, request), answers(asked, "parent", False, request)
    )
    assert sorted(type(result).__name__ for result in results) == ["Answer", "Overtaken"]
    assert Answer.objects.count() == 1


def test_one_round_started_twice_at_once_starts_once_and_asks_nobody_twice(asked):
    cast = asked.cast
    dates = RoundDates(*(cast.today + n * DAY for n in (0, 14, 28, 42)))

    def start(who: str) -> Callable[[], object]:
        def act() -> object:
            user = User.objects.get(pk=cast.people[who].pk)
            with acting_as(user, on=cast.today):
                details = {"school": cast.school, "school_year": cast.year, "dates": dates}
                return start_round(**details, by=user, on=cast.today)

        return act

    results = at_once(start("administrator"), start("director"))
    assert sorted(type(result).__name__ for result in results) == ["Overtaken", "Round"]
    assert isinstance(next(r for r in results if not isinstance(r, Round)), Overtaken)

    def carry_out() -> object:
        user = User.objects.get(pk=cast.administrator.pk)
        with acting_as(user, on=cast.today):
            return ask_next_batch(round_id=Round.objects.get().pk, by=user, on=cast.today)

    at_once(carry_out, carry_out)
    row = Round.objects.get()
    people = set(Request.objects.values_list("pupil", "text", "parent", "representative"))
    assert row.carried_out_at is not None
    assert row.requests_made == Request.objects.count() == len(people) > 0
    assert row.pupils_done == row.pupils_total


def test_a_code_brought_twice_at_the_same_instant_opens_one_account(asked):
    cast = asked.cast
    parent = cast.add_parent("letter_parent", "own")
    Parent.objects.filter(pk=parent.pk).update(user=None)
    pupil, school = cast.pupils["own"], cast.school
    details = {"pupil": pupil, "parent": parent, "school": school, "route": "letter"}
    _row, words = asked.act(make_code, by="administrator", **details)

    def brings(name: str) -> Callable[[], object]:
        def act() -> object:
            with acting_as(None, on=cast.today):
                way_in = WayIn(name, make_password("blauw kasteel maandag vork"), "nl")
                return activate(typed=words, way_in=way_in, on=cast.today)

        return act

    results = at_once(brings("one"), brings("two"))
    made = [user for user in results if isinstance(user, User)]
    assert len(made) == 1
    assert [row for row in results if row not in made] == [None]
    assert Parent.objects.get(pk=parent.pk).user == made[0]
    assert User.objects.filter(username__in=("one", "two")).count() == 1
