"""When a kind of record falls due: tables of cases, no database."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retention.rules import (
    Facts,
    Family,
    Span,
    Start,
    Stay,
    Why,
    anniversary,
    began,
    cutoff,
    falls_due,
    fate,
    left_on,
    review_day,
)
from retention.terms import KINDS
from students.rules import birthday

D = date.fromisoformat
THREE = (Span(3),)
LEFT = D("2023-07-14")
DAY = D("2026-07-14")
GONE = (Stay(LEFT),)
DAYS = st.dates(date(2000, 1, 1), date(2060, 12, 31))
SPANS = st.lists(st.builds(Span, st.integers(1, 30), st.sampled_from(Start)), min_size=1)


@pytest.mark.promise("P9")
@pytest.mark.parametrize(
    ("last_day", "years", "due"),
    [
        ("2023-07-14", 3, "2026-07-14"),
        ("2023-02-28", 3, "2026-02-28"),
        ("2024-02-29", 3, "2027-03-01"),
        ("2024-02-29", 4, "2028-02-29"),
        ("2024-03-01", 3, "2027-03-01"),
        ("2023-12-31", 3, "2026-12-31"),
        ("2020-02-29", 5, "2025-03-01"),
    ],
)
def test_it_falls_due_on_the_same_day_some_years_after_leaving(last_day, years, due):
    assert falls_due(D(last_day), [Span(years)]) == D(due)


@pytest.mark.parametrize(
    ("last_day", "start"),
    [
        ("2023-07-14", "2023-07-31"),
        ("2023-07-31", "2023-07-31"),
        ("2023-08-01", "2024-07-31"),
        ("2024-02-29", "2024-07-31"),
        ("2023-12-31", "2024-07-31"),
    ],
)
def test_a_term_can_run_from_the_end_of_the_school_year(last_day, start):
    assert began(D(last_day), Start.YEAR_END) == D(start)
    assert falls_due(D(last_day), [Span(1, Start.YEAR_END)]) == anniversary(D(start), 1)


@pytest.mark.promise("P9")
@pytest.mark.parametrize(
    ("on", "why", "may_be_destroyed"),
    [
        (DAY - timedelta(days=1), Why.TERM_RUNS, False),
        (DAY, Why.DUE, False),  # it may still be opened on that day
        (DAY + timedelta(days=1), Why.DUE, True),
        (DAY + timedelta(days=4000), Why.DUE, True),
    ],
)
def test_it_may_still_be_opened_on_the_day_itself_and_goes_after_it(on, why, may_be_destroyed):
    found = fate("guidance", Facts(GONE), THREE, on)
    assert (found.why, found.day) == (why, DAY)
    assert found.is_due == (why is Why.DUE)
    assert found.may_be_destroyed(on) == may_be_destroyed


@pytest.mark.promise("P9")
@pytest.mark.promise("P11")
@pytest.mark.parametrize(
    ("kind", "facts", "why"),
    [
        ("guidance", Facts(()), Why.AT_SCHOOL),
        ("guidance", Facts((Stay(None),)), Why.AT_SCHOOL),  # still here, or nobody knows
        ("guidance", Facts((*GONE, Stay(None))), Why.AT_SCHOOL),  # came back
        ("guidance", Facts((*GONE, Stay(D("2025-01-10")))), Why.TERM_RUNS),  # came back, left again
        ("guidance", Facts(GONE, is_held=True), Why.HELD),
        ("guidance", Facts(GONE, held_until=DAY + timedelta(days=41)), Why.HELD),
        ("guidance", Facts(GONE, held_until=DAY + timedelta(days=39)), Why.DUE),
        ("parents", Facts(GONE, family=Family(GONE, held_until=D("2030-01-01"))), Why.HELD),
        ("guidance", Facts(GONE, family=Family(GONE, held_until=D("2030-01-01"))), Why.DUE),
        ("guidance", Facts(GONE, has_pictures_up=True), Why.DUE),
        ("consent", Facts(GONE, has_pictures_up=True), Why.PICTURES),
        ("pictures", Facts(GONE, has_pictures_up=True), Why.PICTURES),
        ("consent", Facts(GONE, is_held=True, has_pictures_up=True), Why.HELD),
        ("guidance", Facts(GONE, gone=frozenset({"guidance"})), Why.GONE),
        ("medical", Facts(GONE, gone=frozenset({"guidance"})), Why.DUE),
        ("parents", Facts(GONE), Why.DUE),
        ("parents", Facts(GONE, family=Family((*GONE, Stay(D("2021-01-01"))))), Why.DUE),
        ("parents", Facts(GONE, family=Family((*GONE, Stay(None)))), Why.SIBLING),
        ("guidance", Facts(GONE, family=Family((*GONE, Stay(None)))), Why.DUE),
        ("parents", Facts(GONE, family=Family((Stay(D("2025-01-01")),))), Why.TERM_RUNS),
        ("parents", Facts(GONE, family=Family(GONE, is_held=True)), Why.HELD),
        ("parents", Facts(GONE, family=Family(GONE, has_pictures_up=True)), Why.PICTURES),
        ("guidance", Facts(GONE, family=Family(GONE, is_held=True)), Why.DUE),
        ("administration", Facts(GONE), Why.TERM_RUNS),  # five years by law
    ],
)
def test_what_holds_it_up(kind, facts, why):
    of_kind = KINDS[kind]
    found = fate(
        kind,
        facts,
        (of_kind.default,),
        DAY + timedelta(days=40),
        waits_for_pictures=of_kind.waits_for_pictures,
        follows_family=of_kind.follows_family,
    )
    assert found.why is why
    assert found.may_be_destroyed(DAY + timedelta(days=40)) == (why is Why.DUE)


@pytest.mark.promise("P9")
@pytest.mark.parametrize(
    ("until", "on", "why", "day"),
    [
        (DAY - timedelta(days=1), DAY, Why.DUE, DAY),  # ended before: the term counts
        (DAY + timedelta(days=9), DAY + timedelta(days=8), Why.HELD, DAY + timedelta(days=9)),
        (DAY + timedelta(days=9), DAY + timedelta(days=9), Why.DUE, DAY + timedelta(days=9)),
        (DAY + timedelta(days=9), DAY + timedelta(days=99), Why.DUE, DAY + timedelta(days=9)),
    ],
)
def test_what_is_held_until_a_later_day_falls_due_on_that_day(until, on, why, day):
    found = fate("guidance", Facts(GONE, held_until=until), THREE, on)
    assert (found.why, found.day) == (why, day)
    assert found.may_be_destroyed(on) == (why is Why.DUE and on > day)


@pytest.mark.promise("P9")
def test_without_a_leaving_date_nothing_is_ever_due():
    for years in range(0, 200, 7):
        found = fate("guidance", Facts((Stay(None),)), THREE, date(2026 + years, 1, 1))
        assert (found.is_due, found.day) == (False, None)


def test_the_leaving_date_is_the_last_day_of_the_last_stay():
    assert left_on([Stay(D("2023-07-14")), Stay(D("2021-01-01"))]) == D("2023-07-14")
    assert left_on([]) is None


@given(DAYS, SPANS)
def test_a_list_may_ask_for_last_days_up_to_the_cutoff(on, spans):
    """`falls_due(day) <= on` is `day <= cutoff`: the database's index answers the second."""
    latest = cutoff(on, spans)
    assert falls_due(latest, spans) <= on
    assert falls_due(latest + timedelta(days=1), spans) > on


@given(DAYS, DAYS, SPANS)
def test_who_leaves_later_is_never_due_sooner(one, other, spans):
    first, second = sorted((one, other))
    assert falls_due(first, spans) <= falls_due(second, spans)
    assert all(falls_due(first, spans) >= falls_due(first, [span]) for span in spans)


@given(DAYS, st.integers(1, 30))
def test_years_are_counted_as_birthdays_are(day, years):
    assert anniversary(day, years) == birthday(day, years)
    assert review_day(day) == birthday(day, 1)
