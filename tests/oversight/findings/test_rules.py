"""What each rule finds and leaves, as tables: no database, no clock."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oversight.rules.findings import (
    BY_CODE,
    RULES,
    Setting,
    as_usual,
    findings_in,
    what_to_ask,
)
from oversight.rules.findings_days import is_school_day, school_days_before
from oversight.rules.findings_facts import Facts, Kind, Use, without_people
from oversight.rules.findings_names import is_namesake

pytestmark = [pytest.mark.promise("P2"), pytest.mark.promise("P22")]

DAY = date(2026, 11, 12)  # a Thursday in term
HERE = ZoneInfo("Europe/Amsterdam")
ANN, BEN = uuid.UUID(int=1), uuid.UUID(int=2)


def pupil(number: int) -> uuid.UUID:
    return uuid.UUID(int=1000 + number)


def use(at: str = "10:00", kind: Kind = Kind.LOOK, *pupils: int, day: date = DAY, **given) -> Use:
    hour, minute = (int(part) for part in at.split(":"))
    values = {"person": ANN, "ground": "assignment", **given}
    when = datetime(day.year, day.month, day.day, hour, minute, tzinfo=HERE)
    return Use(uuid.uuid4(), when, kind, pupils=tuple(pupil(n) for n in pupils), **values)


def looks(number: int, *, every: int = 1, start: int = 10 * 60, **given) -> list[Use]:
    """One pupil after another, so many minutes apart."""
    times = [start + n * every for n in range(number)]
    return [use(f"{t // 60}:{t % 60}", Kind.LOOK, n, **given) for n, t in enumerate(times)]


def refused(times: int, **given) -> list[Use]:
    return [use(f"10:{n}", Kind.REFUSED, **{"ground": "none", **given}) for n in range(times)]


def found(code: str, uses: list[Use], **facts) -> list:
    only = {rule.code: Setting(rule.code == code, "low", rule.defaults) for rule in RULES}
    return list(findings_in(Facts(day=DAY, uses=uses, **facts), only))


ONE, WEEK = timedelta(days=1), timedelta(days=7)
IN_OFFICE = {"ground": "administration"}
LATE = [use(f"22:{n}", Kind.LOOK, n) for n in range(3)]
LOOK = [use("9:0", Kind.LOOK, 0)]
LAST = {(ANN, pupil(n)): DAY for n in range(12)}
ENDED = {(ANN, pupil(0)): DAY - 2 * ONE}

# rule, uses, what is known beside, how many rows the finding has (0: no finding)
CASES = [
    ("outside-hours", LATE, {}, 3),
    ("outside-hours", LATE[:2], {}, 0),
    ("outside-hours", looks(3), {}, 0),
    ("outside-hours", looks(3), {"is_school_day": False}, 3),
    ("outside-hours", [use("18:59", Kind.LOOK, n) for n in range(3)], {}, 0),
    ("outside-hours", [use("19:0", Kind.LOOK, n) for n in range(3)], {}, 3),
    ("outside-hours", [use("6:59", Kind.PRINT, n, **IN_OFFICE) for n in range(3)], {}, 3),
    ("outside-hours", [use("22:0", Kind.LOOK, n, ground="own") for n in range(3)], {}, 0),
    ("outside-hours", [use("22:0", Kind.LOOK, n, ground="oversight") for n in range(3)], {}, 0),
    ("many-dossiers", looks(12), {}, 12),
    ("many-dossiers", looks(11), {}, 0),
    ("many-dossiers", looks(12), {"habits": {ANN: [4, 4, 4]}}, 0),
    ("many-dossiers", looks(13), {"habits": {ANN: [4, 4, 4]}}, 13),
    ("many-dossiers", looks(13), {"habits": {BEN: [40]}}, 13),
    ("many-dossiers", looks(13), {"habits": {ANN: [1, 4, 90]}}, 13),
    ("many-dossiers", looks(12, every=6), {}, 0),  # spread over more than an hour
    ("many-dossiers", [use("10:0", Kind.LOOK, 1) for _ in range(30)], {}, 0),
    ("many-dossiers", looks(12, ground="custodian"), {}, 0),
    ("refusals", refused(5), {}, 5),
    ("refusals", refused(4), {}, 0),
    ("refusals", [use(f"{h}:0", Kind.REFUSED) for h in range(8, 16)], {}, 0),
    ("refusals", [*refused(5), use("15:0", Kind.REFUSED)], {}, 5),
    ("refusals", refused(30, person=None, address="192.0.2.1"), {}, 0),  # over half an hour
    ("refusals", refused(8, person=None, address="192.0.2.1"), {}, 0),
    ("refusals", refused(1, person=None, address="192.0.2.1", number=30), {}, 1),
    ("around-the-end", looks(10), {"endings": LAST}, 10),
    ("around-the-end", looks(9), {"endings": LAST}, 0),
    ("around-the-end", looks(10), {"endings": dict.fromkeys(LAST, DAY + WEEK)}, 0),
    ("around-the-end", LOOK, {"endings": ENDED}, 1),
    ("around-the-end", [use("9:0", Kind.REFUSED, 0)], {"endings": ENDED}, 1),
    ("around-the-end", [use("9:0", Kind.LOOK, 0, person=BEN)], {"endings": ENDED}, 0),
    ("around-the-end", LOOK, {"endings": {(ANN, pupil(0)): DAY - 5 * WEEK}}, 0),
    ("around-the-end", [], {"endings": LAST, "earlier": looks(10, day=DAY - 2 * ONE)}, 10),
    ("around-the-end", [], {"endings": LAST, "earlier": looks(10, day=DAY - 3 * ONE)}, 0),
    ("after-leaving", LOOK, {"left": {pupil(0): DAY - 8 * ONE}}, 1),
    ("after-leaving", LOOK, {"left": {pupil(0): DAY - WEEK}}, 0),
    ("after-leaving", [use("9:0", Kind.LOOK, 1)], {"left": {pupil(0): DAY - 2 * WEEK}}, 0),
    (
        "after-leaving",
        [use("9:0", Kind.LOOK, 0, ground="administration")],
        {"left": {pupil(0): DAY - 2 * WEEK}},
        0,
    ),
    ("emergency-card", [use("9:0", Kind.CARD, 0)], {}, 1),
    ("emergency-card", [use("9:0", Kind.LOOK, 0, ground="emergency")], {}, 0),
    ("same-surname", LOOK, {"namesakes": {(ANN, pupil(0))}}, 1),
    ("same-surname", [use("9:0", Kind.CARD, 0)], {"namesakes": {(ANN, pupil(0))}}, 1),
    ("same-surname", LOOK, {"namesakes": {(BEN, pupil(0))}}, 0),
    ("bulk", [use("9:0", Kind.EXPORT, *range(40))], {}, 1),
    ("bulk", [use("9:0", Kind.EXPORT, *range(39))], {}, 0),
    ("bulk", [use("9:0", Kind.PRINT, 0, number=20) for _ in range(3)], {}, 3),
    ("bulk", [use("9:0", Kind.LOOK, *range(60))], {}, 0),
    ("bulk", [use("9:0", Kind.EXPORT, *range(60), ground="own")], {}, 0),
    ("rights", [use("9:0", Kind.RIGHTS, ground="none")], {}, 1),
    ("rights", [use("9:0", Kind.ASSIGNING)] * 39, {}, 0),
    ("rights", [use(f"9:{n}", Kind.ASSIGNING) for n in range(40)], {}, 40),
]  # fmt: skip


@pytest.mark.parametrize(("code", "uses", "beside", "rows"), CASES)
def test_a_rule_finds_what_it_is_for_and_leaves_the_rest(code, uses, beside, rows):
    results = found(code, uses, **beside)
    assert [len(one.uses) for one in results] == ([rows] if rows else [])
    assert all(one.rule == code and one.measured["number"] >= 1 for one in results)


def test_every_rule_has_a_case_that_finds_and_one_that_does_not():
    for rule in RULES:
        outcomes = {bool(rows) for code, *_given, rows in CASES if code == rule.code}
        assert outcomes == {True, False}, rule.code


def test_two_people_are_two_findings_and_all_visitors_of_a_day_are_one():
    people = refused(5) + refused(6, person=BEN)
    flood = {"person": None, "number": 30}
    visitors = [*refused(1, address="a", **flood), *refused(2, address="b", **flood)]
    results = found("refusals", [*people, *visitors])
    assert {(one.person, len(one.uses)) for one in results} == {(ANN, 5), (BEN, 6), (None, 3)}
    (of_nobody,) = [one for one in results if one.person is None]
    assert (of_nobody.measured["number"], of_nobody.measured["addresses"]) == (90, 2)


def test_a_rule_that_is_off_finds_nothing_and_a_limit_of_the_board_counts():
    limits = BY_CODE["refusals"].defaults | {"least": 2}
    settings = as_usual() | {"refusals": Setting(True, "high", limits)}
    (one,) = findings_in(Facts(DAY, refused(2)), settings)
    assert one.measured == {"number": 2, "least": 2, "minutes": 10}
    settings["refusals"] = Setting(False, "high", settings["refusals"].limits)
    assert not list(findings_in(Facts(DAY, refused(9)), settings))


def test_without_assent_only_what_is_about_nobody_is_looked_at():
    flood = refused(1, person=None, number=40)
    uses = [*flood, *LATE, *refused(9), use("9:0", Kind.RIGHTS)]
    results = list(findings_in(Facts(DAY, without_people(uses)), as_usual()))
    assert [one.person for one in results] == [None]
    assert results[0].uses == tuple(flood)


def test_only_who_opened_many_is_asked_for_their_habit():
    asked = what_to_ask([*looks(12), use("9:0", Kind.LOOK, 50, person=BEN)], as_usual())
    assert asked.busy == {ANN}
    assert asked.people == {ANN, BEN}
    assert not what_to_ask([use("9:0", Kind.LOOK, 1, ground="administration")], as_usual()).pairs


@pytest.mark.parametrize(
    ("colleague", "surname", "alike"),
    [
        ("Hanna de Wit", "Wit", True),
        ("Hanna de Wit", "de Wit", True),
        ("Mila Sarıkaya", "Sarikaya", True),
        ("Renée Müller", "Muller", True),
        ("Jan van 't Zandt", "Zandt", True),
        ("Joost BAKKERMAN", "Bakkerman", True),
        ("Anouk Bakker-Smit", "Smit", True),
        ("Anouk Bakker", "Bakker-Smit", True),
        ("Shirley O'Neill", "ONeill", True),
        ("Yıldız", "Yildiz", True),
        ("Noor van den Berg", "van den Bos", False),  # a tussenvoegsel is no surname
        ("Bram Oosterwold", "Bram", False),  # a first name is none either
        ("Jan de Boer", "Boerema", False),
        ("Jan de Boer", "", False),
        ("", "Boer", False),
    ],
)
def test_a_namesake_is_known_without_accents_and_tussenvoegsels(colleague, surname, alike):
    assert is_namesake(colleague, surname) is alike


@pytest.mark.parametrize(
    ("day", "region", "comes"),
    [
        (date(2026, 11, 12), "midden", True),
        (date(2026, 11, 14), "midden", False),  # Saturday
        (date(2026, 10, 13), "noord", False),  # autumn: north has it a week before the others
        (date(2026, 10, 13), "midden", True),
        (date(2026, 10, 20), "midden", False),
        (date(2026, 10, 20), "noord", True),
        (date(2026, 12, 25), "zuid", False),
        (date(2027, 1, 1), "zuid", False),
        (date(2026, 4, 27), "zuid", False),  # King's day, in the May holiday or not
        (date(2027, 5, 6), "midden", False),  # Ascension
        (date(2040, 11, 14), "midden", True),  # a Wednesday after the last year of the library
    ],
)
def test_school_days_follow_the_week_the_feasts_and_the_region(day, region, comes):
    assert is_school_day(day, region) is comes


def test_twenty_school_days_back_steps_over_weekends_and_the_autumn_holiday():
    assert school_days_before(date(2026, 11, 2), 1, "midden") == date(2026, 10, 30)
    assert school_days_before(date(2026, 11, 2), 6, "midden") == date(2026, 10, 16)


KINDS = st.sampled_from(list(Kind))
USES = st.lists(
    st.tuples(
        st.integers(0, 24 * 60 - 1),
        KINDS,
        st.sampled_from([ANN, BEN, None]),
        st.lists(st.integers(0, 15), max_size=5, unique=True),
        st.sampled_from(["assignment", "emergency", "administration", "own", "none"]),
        st.integers(1, 40),
    ),
    max_size=60,
)


@given(USES)
@settings(max_examples=60, deadline=None)
def test_a_row_counts_once_a_rule_and_each_person_has_one_finding_of_it(made):
    uses = sorted(
        (
            use(f"{t // 60}:{t % 60}", kind, *pupils, person=who, ground=ground, number=number)
            for t, kind, who, pupils, ground, number in made
        ),
        key=lambda one: one.at,
    )
    pairs = {(ANN, pupil(n)) for n in range(8)}
    facts = Facts(
        DAY,
        uses,
        endings=dict.fromkeys(pairs, DAY),
        namesakes=pairs,
        left={pupil(1): DAY - 3 * WEEK},
    )
    results = list(findings_in(facts, as_usual()))
    rows = [(one.rule, row.key) for one in results for row in one.uses]
    assert len(rows) == len(set(rows))
    people = [(one.rule, one.person) for one in results]
    assert len(people) == len(set(people))
    assert all(row.person == one.person for one in results for row in one.uses)
    assert {row for _rule, row in rows} <= {one.key for one in uses}
