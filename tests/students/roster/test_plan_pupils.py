"""Tables of cases: what a file means for the pupils, groups and teams that are here."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from students.roster.known import KnownGroup, KnownProposal, KnownPupil, KnownSchool
from students.roster.plan import Answer, Change, Decision, Doubt, Line, Plan, Subject, is_answered
from students.roster.plan_pupils import plan_roster
from students.roster.records import GroupRecord, PupilRecord, RosterFile, TeacherRecord
from students.roster.settling import Undecided, settle_roster
from tests.students.roster.files import ON

BORN = date(2017, 3, 5)

RECORD = PupilRecord(
    line=4,
    key="p1",
    first_name="Fenna",
    prefix="",
    surname="Duinmeijer",
    birth_date=BORN,
    group_key="5a",
    combined_group_keys=(),
    location_key="",
    starts_on=date(2021, 3, 5),
    left_on=None,
)
HERE = KnownPupil(
    id="id1",
    source="parnassys",
    key="p1",
    first_name="Fenna",
    prefix="",
    surname="Duinmeijer",
    birth_date=BORN,
    group_key="5a",
    starts_on=date(2021, 3, 5),
)
GROUPS = {
    "5a": GroupRecord(2, "5a", "Groep 5a", "5", is_combined=False),
    "6a": GroupRecord(3, "6a", "Groep 6a", "6", is_combined=False),
}
KNOWN_GROUPS = {
    "5a": KnownGroup("5a", "Groep 5a", "5"),
    "6a": KnownGroup("6a", "Groep 6a", "6"),
}


def school(*pupils: KnownPupil, **parts: object) -> KnownSchool:
    return KnownSchool("parnassys", pupils, **({"groups": KNOWN_GROUPS} | parts))


def planned(known: KnownSchool, *records: PupilRecord, **parts: object) -> Plan:
    roster = RosterFile(pupils={one.key: one for one in records}, **({"groups": GROUPS} | parts))
    return plan_roster(roster, known, on=ON)


def shape(lines: list[Line]) -> list[tuple[Change, Subject, str]]:
    return [(one.change, one.subject, one.target) for one in lines]


def test_what_is_here_already_gives_no_line():
    plan = planned(school(HERE), RECORD)
    assert plan.lines == []
    assert plan.unchanged == 1
    assert plan.is_empty


def test_a_pupil_nobody_knows_is_new():
    (line,) = planned(school(), RECORD).lines
    assert (line.change, line.subject, line.key, line.line) == ("new", "pupil", "p1", 4)
    assert line.after["birth_date"] == "2017-03-05"
    assert line.after["group_key"] == "5a"


def test_a_new_pupil_without_a_date_starts_on_the_day_of_the_import():
    (line,) = planned(school(), replace(RECORD, starts_on=None)).lines
    assert line.after["starts_on"] == ON.isoformat()


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"surname": "Duinmeyer"}, {"surname"}),
        ({"prefix": "van"}, {"prefix"}),
        ({"first_name": "Fen", "surname": "Ander"}, {"first_name", "surname"}),
        ({"birth_date": date(2017, 5, 3)}, {"birth_date"}),
        ({"starts_on": date(2021, 3, 8)}, {"starts_on"}),
        ({"location_key": "oost"}, {"location_key"}),
    ],
)
def test_a_changed_field_is_named(change, fields):
    known = school(HERE, locations={"oost": "Oost"})
    (line,) = planned(known, replace(RECORD, **change)).lines
    assert (line.change, line.target) == ("changed", "id1")
    assert set(line.after) == set(line.before) == fields


@pytest.mark.parametrize(
    "empty",
    [{"surname": ""}, {"first_name": ""}, {"birth_date": None}, {"starts_on": None}],
)
def test_what_the_file_leaves_empty_is_kept(empty):
    assert planned(school(HERE), replace(RECORD, **empty)).is_empty


def test_a_pupil_can_move_to_another_group_and_to_none():
    (line,) = planned(school(HERE), replace(RECORD, group_key="6a")).lines
    assert (line.change, line.before, line.after) == (
        "moved",
        {"group_key": "5a"},
        {"group_key": "6a"},
    )
    (line,) = planned(school(HERE), replace(RECORD, group_key="")).lines
    assert line.after == {"group_key": ""}


def test_a_file_without_groups_moves_nobody():
    assert planned(school(HERE), replace(RECORD, group_key=""), groups={}).is_empty


def test_the_turn_of_the_school_year_makes_groups_and_moves_everybody():
    of_the_new_year = replace(HERE, group_key="")
    plan = planned(school(of_the_new_year, groups={}), replace(RECORD, group_key="6a"))
    assert shape(plan.lines) == [
        ("new", "group", ""),
        ("new", "group", ""),
        ("moved", "pupil", "id1"),
    ]


def test_a_group_that_pupils_only_refer_to_is_known_by_its_key():
    plan = planned(school(groups={}), RECORD, groups={})
    assert plan.lines[0].after == {"name": "5a", "year_group": "", "is_combined": False}


def test_a_location_that_pupils_only_refer_to_is_known_by_its_key():
    here = replace(HERE, location_key="oost")
    plan = planned(school(here, locations={"oost": "Oost"}), replace(RECORD, location_key="west"))
    assert shape(plan.lines) == [("new", "location", ""), ("changed", "pupil", "id1")]
    assert plan.lines[0].after == {"name": "west"}


def test_a_leaving_date_means_left_and_changes_nothing_else_about_groups():
    (line,) = planned(school(HERE), replace(RECORD, left_on=date(2026, 8, 31), group_key="")).lines
    assert (line.change, line.after) == ("left", {"left_on": "2026-08-31"})


def test_another_leaving_date_is_a_change():
    gone = replace(HERE, left_on=date(2026, 8, 30))
    (line,) = planned(school(gone), replace(RECORD, left_on=date(2026, 8, 31))).lines
    assert (line.change, line.after) == ("changed", {"left_on": "2026-08-31"})


def test_a_pupil_who_left_before_the_portal_came_is_left_out():
    plan = planned(school(), replace(RECORD, left_on=date(2026, 7, 1)))
    assert shape(plan.lines) == [("left_out", "pupil", "")]
    assert plan.is_empty


def test_a_pupil_who_left_and_is_in_the_file_again_returned():
    gone = replace(HERE, left_on=date(2025, 7, 1), group_key="")
    plan = planned(school(gone), replace(RECORD, starts_on=date(2026, 8, 24)))
    assert [one.change for one in plan.lines] == ["returned", "moved"]
    assert plan.lines[0].after == {"starts_on": "2026-08-24"}


def test_a_pupil_who_returned_without_a_new_date_starts_today_and_only_once():
    gone = replace(HERE, left_on=date(2025, 7, 1), group_key="")
    plan = planned(school(gone), RECORD)
    assert plan.lines[0].after == {"starts_on": ON.isoformat()}
    back = replace(HERE, starts_on=ON, earlier_left_on=date(2025, 7, 1))
    assert planned(school(back), RECORD).is_empty


def test_a_coming_leaving_date_that_the_file_does_not_know_stays():
    leaving = replace(HERE, left_on=date(2027, 7, 1))
    assert planned(school(leaving), RECORD).is_empty


def test_absent_from_the_file_is_asked_never_assumed():
    other = replace(HERE, id="id2", key="p2", first_name="Bram")
    plan = planned(school(HERE, other), RECORD)
    assert shape(plan.lines) == [("missing", "pupil", "id2")]
    assert not is_answered(plan.lines, {})
    assert is_answered(plan.lines, {0: Decision(Answer.ASK_LATER)})


@pytest.mark.parametrize(
    "other",
    [
        replace(HERE, id="id2", key="p2", first_name="Bram", left_on=date(2026, 1, 1)),
        replace(HERE, id="id2", key="p2", first_name="Bram", source="esis"),
    ],
)
def test_who_left_or_came_from_another_system_is_not_missed(other):
    assert planned(school(HERE, other), RECORD).is_empty


DOUBTS = [
    (
        "key of another child",
        {"first_name": "Bram", "birth_date": date(2016, 1, 2)},
        {},
        "other_person",
    ),
    ("same child, new key", {"key": "p9"}, {}, "other_key"),
    ("same child, no birth date", {"key": "p9", "birth_date": None}, {}, "other_key"),
    ("accents and spaces aside", {"key": "p9", "first_name": "Fénna "}, {}, "other_key"),
    ("same child, other system", {}, {"source": "esis"}, "other_key"),
    ("same child, no key here", {}, {"source": "", "key": ""}, "other_key"),
    ("dummy key", {"key": "#1"}, {}, "dummy_key"),
]


@pytest.mark.parametrize(
    ("record", "here", "doubt"), [one[1:] for one in DOUBTS], ids=[one[0] for one in DOUBTS]
)
def test_a_doubt_is_for_a_person_to_decide(record, here, doubt):
    plan = planned(school(replace(HERE, **here)), replace(RECORD, **record))
    (line,) = plan.lines
    assert (line.change, line.doubt, line.candidates) == ("doubtful", doubt, ("id1",))


def test_twins_with_keys_of_their_own_are_no_doubt():
    twin = replace(HERE, id="id2", key="p2")
    assert planned(school(HERE, twin), RECORD, replace(RECORD, key="p2")).is_empty
    plan = planned(school(HERE), RECORD, replace(RECORD, key="p2"))
    assert shape(plan.lines) == [("new", "pupil", "")]


def test_a_dummy_key_counts_only_together_with_name_and_birth_date():
    dummy = replace(HERE, key="#1")
    assert planned(school(dummy), replace(RECORD, key="#1")).is_empty
    line, missing = planned(school(dummy), replace(RECORD, key="#1", first_name="Bram")).lines
    assert line.doubt is Doubt.DUMMY_KEY
    assert (missing.change, missing.target) == ("missing", "id1")


def test_a_leaving_date_before_the_enrolment_we_hold_is_asked():
    back = replace(HERE, starts_on=date(2026, 8, 24), earlier_left_on=date(2025, 7, 1))
    stale = replace(RECORD, left_on=date(2025, 7, 1))
    assert planned(school(back), stale).is_empty
    (line,) = planned(school(back), replace(RECORD, left_on=date(2025, 9, 1))).lines
    assert (line.change, line.doubt) == ("missing", "left_before_start")


TEACHER = TeacherRecord(20, "l1", "Ank", "de", "Vos", (), (("5a", ("LRK",)),))


def proposals(known: KnownSchool, *teachers: TeacherRecord) -> list[Line]:
    return planned(known, RECORD, teachers={one.key: one for one in teachers}).lines


def test_teachers_are_proposed_for_their_groups_never_given_a_right():
    (line,) = proposals(school(HERE), TEACHER)
    assert (line.change, line.subject, line.key) == ("new", "proposal", "l1")
    assert line.after == {"name": "Ank de Vos", "roles": ["LRK"], "group_key": "5a"}


@pytest.mark.parametrize(
    ("roles", "groups", "expected"),
    [
        ((), (("5a", ()),), ["5a"]),
        (("LRK",), (("5a", ()), ("6a", ())), ["5a", "6a"]),
        (("IB",), (), [""]),
        (("OUD",), (("5a", ()),), []),
        ((), (("5a", ("ADM",)),), []),
        ((), (("5a", ("OUD", "LRK")),), ["5a"]),
        (("DIR",), (), []),
    ],
)
def test_who_is_proposed_follows_from_groups_and_roles(roles, groups, expected):
    lines = proposals(school(HERE), replace(TEACHER, roles=roles, groups=groups))
    assert [one.after["group_key"] for one in lines] == expected


def test_a_proposal_changes_and_lapses_with_the_file():
    standing = KnownProposal("l1", "5a", "Ank de Vos", ("LRK",))
    gone = KnownProposal("l2", "5a", "Wim Kok", ("LRK",))
    known = school(HERE, proposals=(standing, gone))
    lines = proposals(known, replace(TEACHER, groups=(("5a", ("STA",)),)))
    assert [(one.change, one.key) for one in lines] == [("changed", "l1"), ("left", "l2")]
    assert planned(known, RECORD).is_empty


def settled(plan: Plan, decision: Decision, *pupils: KnownPupil) -> list[Line]:
    known = {one.id: one for one in pupils}
    return list(settle_roster(plan.lines, {0: decision}, known, source="parnassys", on=ON))


def test_a_doubt_without_an_answer_stops_everything():
    plan = planned(school(HERE), replace(RECORD, key="p9"))
    with pytest.raises(Undecided):
        list(settle_roster(plan.lines, {}, {"id1": HERE}, source="parnassys", on=ON))


def test_the_same_child_takes_the_new_key():
    plan = planned(school(HERE), replace(RECORD, key="p9", group_key="6a"))
    lines = settled(plan, Decision(Answer.SAME, "id1"), HERE)
    assert [(one.change, one.target, one.after) for one in lines] == [
        ("changed", "id1", {"key": "p9"}),
        ("moved", "id1", {"group_key": "6a"}),
    ]


def test_another_child_takes_the_key_from_the_one_who_had_it():
    plan = planned(school(HERE), replace(RECORD, first_name="Bram", birth_date=date(2016, 1, 2)))
    lines = settled(plan, Decision(Answer.NEW), HERE)
    assert [(one.change, one.target, one.after.get("key")) for one in lines] == [
        ("changed", "id1", ""),
        ("new", "", None),
    ]


def test_a_doubt_left_out_does_nothing():
    plan = planned(school(HERE), replace(RECORD, key="p9"))
    assert settled(plan, Decision(Answer.LEAVE_OUT), HERE) == []


def test_a_dummy_key_does_not_replace_a_real_one():
    plan = planned(school(HERE), replace(RECORD, key="#1"))
    assert settled(plan, Decision(Answer.SAME, "id1"), HERE) == []


@pytest.mark.parametrize(
    ("decision", "after"),
    [
        (Decision(Answer.LEFT, left_on=date(2026, 7, 10)), [{"left_on": "2026-07-10"}]),
        (Decision(Answer.STILL_HERE), []),
        (Decision(Answer.ASK_LATER), []),
    ],
)
def test_a_missing_pupil_left_or_stays(decision, after):
    other = replace(HERE, id="id2", key="p2", first_name="Bram")
    plan = planned(school(HERE, other), RECORD)
    lines = settled(plan, decision, other)
    assert [one.after for one in lines] == after
    assert all(one.change == "left" and one.target == "id2" for one in lines)
