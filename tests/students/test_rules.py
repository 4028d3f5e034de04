"""Who answers for a pupil, and which periods go together: tables of cases, no database."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from students import rules
from students.rules import Days, Speaks, who_consents

BORN = date(2014, 5, 14)
LEAP = date(2012, 2, 29)


@pytest.mark.promise("P5")
@pytest.mark.parametrize(
    ("born", "on", "speaks"),
    [
        (BORN, date(2014, 5, 14), Speaks.PARENTS),
        (BORN, date(2026, 5, 13), Speaks.PARENTS),
        (BORN, date(2026, 5, 14), Speaks.TOGETHER),
        (BORN, date(2030, 5, 13), Speaks.TOGETHER),
        (BORN, date(2030, 5, 14), Speaks.PUPIL),
        (BORN, date(2060, 1, 1), Speaks.PUPIL),
        # Born on 29 February: on the day itself in a leap year, on 1 March in the others.
        (LEAP, date(2024, 2, 28), Speaks.PARENTS),
        (LEAP, date(2024, 2, 29), Speaks.TOGETHER),
        (LEAP, date(2028, 2, 28), Speaks.TOGETHER),
        (LEAP, date(2028, 2, 29), Speaks.PUPIL),
        (date(1888, 2, 29), date(1900, 2, 28), Speaks.PARENTS),
        (date(1888, 2, 29), date(1900, 3, 1), Speaks.TOGETHER),
        # Unknown: as under 12, never 16.
        (None, date(2026, 5, 14), Speaks.PARENTS),
        (None, date.max, Speaks.PARENTS),
        # A slip of the pen in the year stays under 12 and does not fail.
        (date(9999, 12, 31), date(2026, 1, 1), Speaks.PARENTS),
    ],
)
def test_who_consents_by_age(born, on, speaks):
    assert who_consents(born, on) is speaks


@pytest.mark.parametrize(
    ("born", "age", "day"),
    [
        (LEAP, 11, date(2023, 3, 1)),
        (LEAP, 12, date(2024, 2, 29)),
        (date(2012, 2, 28), 13, date(2025, 2, 28)),
        (date(2012, 3, 1), 13, date(2025, 3, 1)),
        (date(9990, 1, 1), 12, date.max),
    ],
)
def test_a_birthday_is_the_day_itself(born, age, day):
    assert rules.birthday(born, age) == day


@pytest.mark.parametrize(
    ("born", "on", "age"),
    [
        (LEAP, date(2025, 2, 28), 12),
        (LEAP, date(2025, 3, 1), 13),
        (BORN, date(2026, 5, 13), 11),
        (BORN, date(2026, 5, 14), 12),
        (BORN, BORN, 0),
        (BORN, date(2010, 1, 1), 0),
    ],
)
def test_age_counts_from_the_birthday(born, on, age):
    assert rules.age_on(born, on) == age


days = st.dates(date(1990, 1, 1), date(2090, 12, 31))


@pytest.mark.promise("P5")
@given(born=days, on=days)
def test_age_and_who_consents_never_contradict_each_other(born, on):
    age = rules.age_on(born, on)
    expected = Speaks.PARENTS if age < 12 else Speaks.TOGETHER if age < 16 else Speaks.PUPIL
    assert who_consents(born, on) is expected


@pytest.mark.promise("P5")
@given(born=days, on=days)
def test_it_changes_on_the_day_it_says_and_not_a_day_earlier(born, on):
    day = rules.changes_on(born, on)
    if day is None:
        assert who_consents(born, on) is Speaks.PUPIL
    else:
        assert who_consents(born, day - timedelta(days=1)) is who_consents(born, on)
        assert who_consents(born, day) is not who_consents(born, on)


@given(born=days, first=days, later=days)
def test_a_say_once_got_is_never_lost(born, first, later):
    order = [Speaks.PARENTS, Speaks.TOGETHER, Speaks.PUPIL]
    first, later = sorted((first, later))
    assert order.index(who_consents(born, first)) <= order.index(who_consents(born, later))


def test_an_unknown_birth_date_never_changes_by_itself():
    assert rules.changes_on(None, date(2026, 1, 1)) is None


@pytest.mark.promise("P5")
@pytest.mark.parametrize(
    ("kind", "born", "answers"),
    [
        ("voogd", date(2010, 11, 17), True),  # 16 tomorrow
        ("voogd", date(2010, 11, 16), False),  # 16 today: the pupil alone
        ("voogd", None, True),
        ("curator", date(2006, 1, 1), True),
        ("mentor", date(2006, 1, 1), True),
    ],
)
def test_a_voogd_answers_until_sixteen_a_curator_and_a_mentor_longer(kind, born, answers):
    assert rules.may_answer_for(kind, born, date(2026, 11, 16)) is answers


@pytest.mark.parametrize(
    ("born", "possible"),
    [
        (date(2026, 11, 16), True),
        (date(2026, 11, 17), False),
        (date(1996, 11, 17), True),
        (date(1996, 11, 16), False),
    ],
)
def test_a_birth_date_is_possible_or_a_slip(born, possible):
    assert rules.is_possible_birth_date(born, date(2026, 11, 16)) is possible


JAN, FEB, MAR = date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)


@pytest.mark.parametrize(
    ("periods", "starts_on", "closes"),
    [
        ([], JAN, None),
        ([Days(JAN)], FEB, date(2026, 1, 31)),
        ([Days(JAN)], JAN, date(2025, 12, 31)),  # the same day: the old one counted on no day
        ([Days(JAN, date(2026, 1, 31))], FEB, None),
        ([Days(JAN, date(2026, 1, 31)), Days(FEB)], MAR, date(2026, 2, 28)),
        ([Days(FEB, date(2026, 1, 31))], JAN, None),  # an empty one is in nobody's way
    ],
)
def test_a_new_period_closes_the_running_one_the_day_before(periods, starts_on, closes):
    assert rules.closing_day(periods, starts_on) == closes


@pytest.mark.parametrize(
    "periods", [[Days(FEB)], [Days(JAN, FEB)], [Days(JAN, date(2026, 1, 20)), Days(FEB)]]
)
def test_periods_that_would_overlap_are_refused(periods):
    with pytest.raises(ValueError):
        rules.closing_day(periods, date(2026, 1, 15))


periods = st.builds(
    lambda day, length: Days(day, None if length is None else day + timedelta(days=length)),
    days,
    st.none() | st.integers(-1, 4000),
)


@given(one=periods, other=periods, day=days)
def test_periods_that_do_not_overlap_share_no_day(one, other, day):
    assert rules.overlap(one, other) == rules.overlap(other, one)
    if rules.covers(one, day) and rules.covers(other, day):
        assert rules.overlap(one, other)


@pytest.mark.parametrize(
    ("enrolments", "keeps"),
    [
        ([("a", None)], {"a"}),
        ([("a", JAN), ("b", None)], {"b"}),  # left for b: a keeps what it had, and no more
        ([("a", JAN), ("b", FEB)], {"b"}),
        ([("a", FEB), ("b", FEB)], {"a", "b"}),
        ([("a", date(2026, 12, 31))], {"a"}),  # leaves later this year
        ([("a", None), ("b", None)], {"a", "b"}),
        ([], set()),
    ],
)
def test_the_school_where_a_pupil_is_or_was_last_keeps_the_administration(enrolments, keeps):
    assert rules.keeping(enrolments, date(2026, 6, 1)) == keeps


def test_a_school_year_runs_from_august_to_july():
    year = rules.school_year_days(2026)
    assert year == Days(date(2026, 8, 1), date(2027, 7, 31))
    assert rules.school_year_name(year.starts_on) == "2026-2027"
