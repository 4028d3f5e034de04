"""Who may be assigned, by whom, from when and until when: tables of cases, no database."""

from __future__ import annotations

import inspect
from dataclasses import replace
from datetime import date, timedelta

import pytest

from dossiers.kinds import AssignmentKind
from dossiers.rules import assigning
from dossiers.rules.assigning import (
    FOREVER,
    Circumstances,
    Hands,
    No,
    Standing,
    Term,
    Wanted,
    covered_until,
    end_after_leaving_group,
    end_of_teams,
    entitled_until,
    last_day,
    why_not,
    why_not_assigned_by,
    why_not_withdrawn_by,
)

DAY = date(2026, 11, 16)
YEAR = Term(date(2026, 8, 1), date(2027, 7, 31))
ALWAYS = (Term(date(2020, 8, 1)),)
TEACHER = Standing(works=ALWAYS, counsels=ALWAYS)
DOCTOR = Standing(works=ALWAYS, is_doctor=ALWAYS)
COUNSELLOR, SUBSTITUTE, SHORT, MEDICAL, EMERGENCY = AssignmentKind

DIRECTOR = Hands(keeps_school=True)
BOARD = Hands(serves_board=True)


def days(number: int) -> date:
    return DAY + timedelta(days=number)


@pytest.mark.promise("P7")
@pytest.mark.parametrize(
    ("hands", "verdict"),
    [
        (Hands(), No.NOT_KEEPER),
        (DIRECTOR, None),
        (replace(DIRECTOR, is_self=True), No.YOURSELF),
        (replace(DIRECTOR, is_self=True, for_keeper=True), No.YOURSELF),
        (replace(DIRECTOR, is_own_child=True), No.OWN_CHILD),
        (replace(DIRECTOR, for_keeper=True), No.BOARD_DECIDES),
        (replace(DIRECTOR, for_parent=True), No.BOARD_DECIDES),
        (replace(DIRECTOR, child_of_keeper=True), None),
        (BOARD, No.DIRECTOR_DECIDES),
        (replace(BOARD, for_keeper=True), None),
        (replace(BOARD, for_parent=True), None),
        (replace(BOARD, child_of_keeper=True), None),
        (replace(BOARD, has_keeper=False), None),
        (replace(BOARD, is_self=True, for_keeper=True), No.YOURSELF),
        (replace(BOARD, is_own_child=True, child_of_keeper=True), No.OWN_CHILD),
    ],
)
def test_who_may_assign(hands, verdict):
    assert why_not_assigned_by(hands) == verdict


@pytest.mark.promise("P7")
@pytest.mark.parametrize(
    ("hands", "verdict"),
    [
        (Hands(), No.NOT_KEEPER),
        (DIRECTOR, None),
        (BOARD, None),
        (replace(DIRECTOR, for_keeper=True), None),
        (replace(DIRECTOR, is_self=True), No.YOURSELF),
        (replace(BOARD, is_own_child=True), No.OWN_CHILD),
    ],
)
def test_who_may_withdraw(hands, verdict):
    assert why_not_withdrawn_by(hands) == verdict


@pytest.mark.parametrize(
    ("terms", "until"),
    [
        ((), None),
        ((Term(days(1)),), None),
        ((Term(days(-9), days(-1)),), None),
        ((Term(days(0), days(0)),), days(0)),
        ((Term(days(-9)),), FOREVER),
        ((Term(days(-9), days(5)), Term(days(6), days(20))), days(20)),
        ((Term(days(6), days(20)), Term(days(-9), days(5))), days(20)),
        ((Term(days(-9), days(5)), Term(days(7), days(20))), days(5)),
        ((Term(days(-9), days(20)), Term(days(2), days(5))), days(20)),
        ((Term(days(-9)), Term(days(2), days(5))), FOREVER),
    ],
)
def test_terms_count_as_long_as_they_join(terms, until):
    assert covered_until(terms, DAY) == until


@pytest.mark.promise("P6")
@pytest.mark.parametrize(
    ("kind", "standing", "until"),
    [
        (COUNSELLOR, TEACHER, FOREVER),
        (SUBSTITUTE, TEACHER, FOREVER),
        (COUNSELLOR, DOCTOR, None),
        (COUNSELLOR, Standing(works=ALWAYS), None),
        (MEDICAL, DOCTOR, FOREVER),
        (MEDICAL, TEACHER, None),
        (MEDICAL, replace(TEACHER, stands_in=(Term(days(-1), days(9)),)), days(9)),
        (MEDICAL, replace(TEACHER, stands_in=(Term(days(-9), days(-1)),)), None),
        (MEDICAL, Standing(stands_in=ALWAYS), None),
        (MEDICAL, Standing(works=(Term(days(-9), days(3)),), stands_in=ALWAYS), days(3)),
        (EMERGENCY, Standing(works=ALWAYS), FOREVER),
        (EMERGENCY, Standing(), None),
    ],
)
def test_what_a_standing_carries(kind, standing, until):
    assert entitled_until(kind, standing, DAY) == until


ENROLLED = Circumstances(TEACHER)
LEAVES = Circumstances(TEACHER, left_on=days(10))
LEFT = Circumstances(TEACHER, left_on=days(-10))
LONG_GONE = Circumstances(TEACHER, left_on=days(-31))
GROUP = Circumstances(TEACHER, year=YEAR)
TEMPORARY = Circumstances(
    Standing(works=(Term(days(-90), days(40)),), counsels=(Term(days(-90), days(40)),))
)
DOCTOR_GONE = Circumstances(DOCTOR, left_on=days(-31))


@pytest.mark.promise("P2")
@pytest.mark.parametrize(
    ("kind", "start", "end", "it", "verdict"),
    [
        (COUNSELLOR, 0, None, ENROLLED, None),
        (COUNSELLOR, 0, 0, ENROLLED, None),
        (COUNSELLOR, 0, -1, ENROLLED, No.ENDS_BEFORE_START),
        (COUNSELLOR, 0, None, Circumstances(Standing()), No.NOT_STAFF),
        (MEDICAL, 0, None, ENROLLED, No.NO_DOCTOR),
        (COUNSELLOR, 0, 40, TEMPORARY, None),
        (COUNSELLOR, 0, 41, TEMPORARY, No.PAST_MEMBERSHIP),
        (COUNSELLOR, 41, None, TEMPORARY, No.NOT_STAFF),
        (SUBSTITUTE, 0, None, ENROLLED, No.NEEDS_END),
        (SUBSTITUTE, 0, 90, ENROLLED, None),
        (COUNSELLOR, 0, 40, LEAVES, None),
        (COUNSELLOR, 0, 41, LEAVES, No.PAST_LEAVING),
        (COUNSELLOR, 0, 20, LEFT, None),
        (COUNSELLOR, 0, 21, LEFT, No.PAST_LEAVING),
        (COUNSELLOR, 20, 20, LEFT, None),
        (COUNSELLOR, 21, 22, LEFT, No.ONLY_SHORT),
        (COUNSELLOR, 0, None, LONG_GONE, No.ONLY_SHORT),
        (SHORT, 0, 6, LONG_GONE, None),
        (SHORT, 0, 7, LONG_GONE, No.TOO_LONG),
        (SHORT, 0, None, LONG_GONE, No.NEEDS_END),
        (SHORT, 0, 6, LEFT, None),
        (SHORT, 0, 6, ENROLLED, No.STILL_HERE),
        (SHORT, 10, 12, LEAVES, No.STILL_HERE),
        (MEDICAL, 0, 6, DOCTOR_GONE, None),
        (MEDICAL, 0, 7, DOCTOR_GONE, No.TOO_LONG),
        (MEDICAL, 0, None, DOCTOR_GONE, No.NEEDS_END),
        (COUNSELLOR, 0, None, GROUP, None),
        (COUNSELLOR, (date(2026, 6, 6) - DAY).days, None, GROUP, None),
        (COUNSELLOR, (date(2026, 6, 5) - DAY).days, None, GROUP, No.BEFORE_HEAD_START),
        (COUNSELLOR, 0, (date(2027, 9, 30) - DAY).days, GROUP, None),
        (COUNSELLOR, 0, (date(2027, 10, 1) - DAY).days, GROUP, No.PAST_YEAR),
        (COUNSELLOR, (date(2027, 10, 1) - DAY).days, None, GROUP, No.PAST_YEAR),
    ],
)
def test_what_may_be_assigned(kind, start, end, it, verdict):
    wanted = Wanted(kind, days(start), None if end is None else days(end), "teaches")
    assert why_not(wanted, it) == verdict


def test_an_assignment_names_its_reason():
    assert why_not(Wanted(COUNSELLOR, DAY, None, "  "), ENROLLED) is No.NEEDS_REASON


@pytest.mark.parametrize(
    ("end", "it", "ends_on"),
    [
        (None, ENROLLED, None),
        (days(3), ENROLLED, days(3)),
        (None, TEMPORARY, days(40)),
        (None, LEAVES, days(40)),
        (None, GROUP, date(2027, 9, 30)),
        (None, replace(GROUP, left_on=days(-10)), days(20)),
        (days(3), GROUP, days(3)),
    ],
)
def test_without_a_last_day_the_nearest_limit_ends_it(end, it, ends_on):
    assert last_day(Wanted(COUNSELLOR, DAY, end, "teaches"), it) == ends_on


@pytest.mark.parametrize(
    ("year_ends", "teams_end"),
    [
        (date(2027, 7, 31), date(2027, 9, 30)),
        (date(2027, 9, 30), date(2027, 9, 30)),
        (date(2027, 12, 31), date(2028, 9, 30)),
    ],
)
def test_the_teams_of_a_year_end_on_30_september(year_ends, teams_end):
    assert end_of_teams(year_ends) == teams_end


@pytest.mark.parametrize(
    ("left_on", "is_turn", "last"),
    [
        (DAY, False, days(14)),
        (date(2027, 7, 15), False, date(2027, 7, 29)),
        (date(2027, 7, 15), True, date(2027, 9, 30)),
        (date(2027, 7, 31), False, date(2027, 9, 30)),
    ],
)
def test_leaving_a_group_ends_its_assignment(left_on, is_turn, last):
    assert end_after_leaving_group(left_on, YEAR.ends_on, is_turn=is_turn) == last


def test_every_refusal_has_a_sentence_or_is_forbidden():
    from dossiers.actions.giving import _FORBIDDEN, SENTENCES

    assert set(No) == set(SENTENCES) | _FORBIDDEN


def test_the_rules_know_nothing_of_django():
    assert "django" not in inspect.getsource(assigning)
