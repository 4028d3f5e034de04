"""Who may see who looked, how lines are merged, and who answers: tables, no database."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from oversight.rules.looks import (
    SHOWN,
    Kind,
    Leave,
    Look,
    Reader,
    as_shown,
    is_bounded,
    may_give_leave,
    may_see,
    merged,
    whole_days,
)
from oversight.rules.questions import GoesTo, due_on, goes_to, is_overdue

BORN = date(2010, 11, 16)  # 12 on 16-11-2022, 16 on 16-11-2026, 18 on 16-11-2028
LEAP = date(2008, 2, 29)  # 12 on 29-2-2020, 16 on 29-2-2024, 18 on 1-3-2026
SIXTEEN = date(2026, 11, 16)
YES, NO = Leave(True, SIXTEEN), Leave(False, SIXTEEN)
EARLY = Leave(True, SIXTEEN - timedelta(days=1))

PARENTS = [
    # born, on, authority, leave, sees
    (None, SIXTEEN, True, None, True),  # unknown: as under 12, 16 is never assumed
    (None, SIXTEEN, False, None, False),
    (BORN, date(2022, 11, 15), True, None, True),
    (BORN, date(2022, 11, 15), False, None, False),
    (BORN, date(2026, 11, 15), True, None, True),
    (BORN, date(2026, 11, 15), True, NO, True),  # before 16 a leave doesn't matter
    (BORN, date(2026, 11, 15), False, YES, False),
    (BORN, SIXTEEN, True, None, False),  # on the birthday itself
    (BORN, SIXTEEN, True, YES, True),
    (BORN, SIXTEEN, True, NO, False),
    (BORN, SIXTEEN, True, EARLY, False),  # said before 16: not assumed at 16
    (BORN, SIXTEEN, False, YES, False),  # authority first
    (BORN, date(2028, 11, 15), True, YES, True),
    (BORN, date(2028, 11, 16), True, YES, False),  # grown up: authority ended
    (LEAP, date(2024, 2, 28), True, None, True),
    (LEAP, date(2024, 2, 29), True, None, False),
    (LEAP, date(2024, 2, 29), True, Leave(True, date(2024, 2, 29)), True),
    (LEAP, date(2026, 2, 28), True, Leave(True, date(2024, 2, 29)), True),
    (LEAP, date(2026, 3, 1), True, Leave(True, date(2024, 2, 29)), False),
    (date(2011, 3, 1), date(2027, 2, 28), True, None, True),
    (date(2012, 2, 29), date(2028, 2, 28), True, None, True),
    (date(2012, 2, 29), date(2028, 2, 29), True, None, False),
]


@pytest.mark.promise("P20")
@pytest.mark.parametrize(("born", "on", "authority", "leave", "sees"), PARENTS)
def test_a_parent_sees_who_looked_with_authority_and_from_16_with_leave(
    born, on, authority, leave, sees
):
    assert may_see(Reader.PARENT, born, on, holds_authority=authority, leave=leave) is sees


@pytest.mark.promise("P20")
@pytest.mark.parametrize(
    ("born", "on", "sees"),
    [
        (None, SIXTEEN, False),
        (BORN, date(2022, 11, 15), False),
        (BORN, date(2022, 11, 16), True),
        (BORN, SIXTEEN, True),
        (BORN, date(2030, 1, 1), True),
        (LEAP, date(2020, 2, 28), False),
        (LEAP, date(2020, 2, 29), True),
        (date(2015, 2, 28), date(2027, 2, 28), True),
        (date(2016, 2, 29), date(2028, 2, 28), False),
        (date(2016, 2, 29), date(2028, 2, 29), True),
    ],
)
def test_a_pupil_sees_who_looked_from_12(born, on, sees):
    assert may_see(Reader.PUPIL, born, on) is sees


@pytest.mark.parametrize(
    ("born", "on", "may"),
    [
        (None, SIXTEEN, False),
        (BORN, date(2026, 11, 15), False),
        (BORN, SIXTEEN, True),
        (BORN, date(2028, 11, 15), True),
        (BORN, date(2028, 11, 16), False),
        (LEAP, date(2026, 2, 28), True),
        (LEAP, date(2026, 3, 1), False),
    ],
)
def test_a_pupil_gives_leave_from_16_until_it_is_grown_up(born, on, may):
    assert may_give_leave(born, on) is may


ANNA, BEN = uuid.UUID(int=1), uuid.UUID(int=2)
SCHOOL = uuid.UUID(int=9)
MONDAY = date(2026, 11, 16)


def look(number: int, page="dossier", who=ANNA, day=MONDAY, role="counsellor", ground="assignment"):
    name = {ANNA: "Anna", BEN: "Ben"}[who]
    return Look(uuid.UUID(int=100 + number), day, who, name, role, ground, page, SCHOOL)


def in_short(lines):
    return [(line.day.day, line.name, line.role, str(line.kind), line.times) for line in lines]


@pytest.mark.parametrize(
    ("looks", "lines"),
    [
        ([], []),
        ([look(1)], [(16, "Anna", "counsellor", "dossier", 1)]),
        ([look(3), look(2, "note"), look(1)], [(16, "Anna", "counsellor", "dossier", 3)]),
        # the small pictures come with the page, the pages of a file with the file
        (
            [look(3, "file_thumbnail"), look(2, "file_thumbnail"), look(1)],
            [(16, "Anna", "counsellor", "dossier", 1)],
        ),
        ([look(2, "file_page"), look(1, "file")], [(16, "Anna", "counsellor", "file", 1)]),
        # and asked for alone they still show
        ([look(1, "file_page")], [(16, "Anna", "counsellor", "file", 1)]),
        (
            [look(2, "print_part"), look(1)],
            [(16, "Anna", "counsellor", "print", 1), (16, "Anna", "counsellor", "dossier", 1)],
        ),
        (
            [look(2, who=BEN), look(1)],
            [(16, "Ben", "counsellor", "dossier", 1), (16, "Anna", "counsellor", "dossier", 1)],
        ),
        (
            [look(2, day=MONDAY + timedelta(days=1)), look(1)],
            [(17, "Anna", "counsellor", "dossier", 1), (16, "Anna", "counsellor", "dossier", 1)],
        ),
        (
            [look(2, ground="emergency"), look(1)],
            [(16, "Anna", "counsellor", "dossier", 1)] * 2,
        ),
    ],
)
def test_like_looks_of_one_day_are_one_line_with_a_count(looks, lines):
    assert in_short(merged(looks)) == lines


def test_a_line_keeps_its_key_when_more_looks_come():
    first, later = merged([look(1)]), merged([look(2), look(1)])
    assert first[0].key == later[0].key


@pytest.mark.parametrize(
    ("names", "unnamed", "role", "shown"),
    [
        (True, (), "counsellor", ("Anna", "counsellor")),
        (False, (), "counsellor", ("", "counsellor")),
        (True, (ANNA,), "counsellor", ("", "counsellor")),
        (True, (BEN,), "counsellor", ("Anna", "counsellor")),
        (True, (), "school-doctor", ("Anna", "school-doctor")),
        (False, (), "school-doctor", ("", "school-doctor")),
        (True, (), "safeguarding-officer", ("Anna", "")),  # the word would tell of a suspicion
        (False, (), "safeguarding-officer", ("", "")),
    ],
)
def test_what_a_family_may_not_read_is_left_out_before_lines_are_merged(
    names, unnamed, role, shown
):
    made = as_shown(look(1, role=role), with_names=names, unnamed=unnamed)
    assert (made.name, made.role) == shown


def test_with_roles_only_nobody_can_count_the_people():
    looks = [as_shown(one, with_names=False) for one in (look(2, who=BEN), look(1))]
    assert in_short(merged(looks)) == [(16, "", "counsellor", "dossier", 2)]


def test_a_page_ends_with_a_whole_day():
    days = [look(10 * d + n, who=who, day=MONDAY - timedelta(days=d))
            for d in range(3) for n, who in enumerate((ANNA, BEN))]  # fmt: skip
    lines = merged(days)
    assert (len(lines), whole_days(lines, 6)) == (6, (lines, None))
    assert whole_days(lines, 3) == (lines[:4], MONDAY - timedelta(days=1))
    assert whole_days(lines, 5) == (lines, None)
    assert whole_days(lines, 2) == (lines[:2], MONDAY)


@pytest.mark.parametrize(
    ("days", "is_fine"), [(-1, False), (0, True), (364, True), (365, True), (366, False)]
)
def test_what_is_held_back_ends_within_a_year(days, is_fine):
    assert is_bounded(MONDAY, MONDAY + timedelta(days=days)) is is_fine


DIRECTOR, DEPUTY, TEACHER, MOTHER = (uuid.UUID(int=n) for n in range(10, 14))


@pytest.mark.parametrize(
    ("heads", "lookers", "family", "who"),
    [
        ({DIRECTOR}, {TEACHER}, {MOTHER}, GoesTo.DIRECTOR),
        ({DIRECTOR, DEPUTY}, {TEACHER}, {MOTHER}, GoesTo.DIRECTOR),
        ({DIRECTOR}, {DIRECTOR}, {MOTHER}, GoesTo.BOARD),
        ({DIRECTOR, DEPUTY}, {DIRECTOR}, {MOTHER}, GoesTo.BOARD),  # no deputy about the director
        ({DIRECTOR, DEPUTY}, {TEACHER, DEPUTY}, {MOTHER}, GoesTo.BOARD),
        ({DIRECTOR}, {TEACHER}, {DIRECTOR}, GoesTo.BOARD),  # a director who is the parent
        ({DIRECTOR}, {TEACHER}, {MOTHER, DIRECTOR}, GoesTo.BOARD),
        (set(), {TEACHER}, {MOTHER}, GoesTo.BOARD),
    ],
)
def test_who_answers_a_question(heads, lookers, family, who):
    assert goes_to(heads=heads, lookers=lookers, family=family) is who


@pytest.mark.parametrize(
    ("asked", "due"),
    [
        (date(2026, 11, 16), date(2026, 12, 16)),
        (date(2026, 1, 30), date(2026, 3, 1)),
        (date(2028, 1, 30), date(2028, 2, 29)),
        (date(2026, 12, 10), date(2027, 1, 9)),  # also over the Christmas holidays
    ],
)
def test_the_last_day_is_thirty_days_later_whatever_days_they_are(asked, due):
    assert due_on(asked) == due
    assert not is_overdue(due, due)
    assert is_overdue(due, due + timedelta(days=1))


def test_every_kind_has_a_page():
    assert {page.kind for page in SHOWN.values()} == set(Kind)


_PAGES = sorted(SHOWN)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.tuples(st.integers(0, len(_PAGES) - 1), st.booleans(), st.integers(0, 8))),
    st.integers(1, 10),
)
def test_every_look_stands_in_one_line_and_no_day_is_cut_in_two(made, most):
    looks = [
        look(n, _PAGES[page], ANNA if is_anna else BEN, MONDAY - timedelta(days=days))
        for n, (page, is_anna, days) in enumerate(made)
    ]
    lines = merged(sorted(looks, key=lambda one: one.day, reverse=True))
    assert sum(len(line.looks) for line in lines) == len(looks)
    assert [line.day for line in lines] == sorted((line.day for line in lines), reverse=True)
    shown, following = whole_days(lines, most)
    assert not {line.day for line in shown} & {line.day for line in lines[len(shown) :]}
    assert (following is None) is (len(shown) == len(lines))
