"""Tables of cases: what a parents file means for the parents that are here."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from students.roster.known import KnownFamilies, KnownLink, KnownParent
from students.roster.plan import Answer, Decision, Line, Plan
from students.roster.plan_parents import plan_parents
from students.roster.records import Authority, ParentRecord, ParentsFile, Relation
from students.roster.settling import settle_parents

ROW = ParentRecord(
    line=2,
    parent_key="o1",
    pupil_key="p1",
    first_name="Sanne",
    prefix="van",
    surname="Duinmeijer",
    street="Zeedijkje 12",
    postcode="9999 XX",
    city="Verzonnen",
    is_secret=False,
    email="sanne@voorbeeld.invalid",
    relation=Relation.MOTHER,
    authority=Authority.YES,
    since=date(2017, 3, 5),
    source="formulier",
)
HERE = KnownParent(
    id="q1",
    source="parnassys",
    key="o1",
    first_name="Sanne",
    prefix="van",
    surname="Duinmeijer",
    street="Zeedijkje 12",
    postcode="9999 XX",
    city="Verzonnen",
    email="sanne@voorbeeld.invalid",
)
LINK = KnownLink("q1", "id1", "mother", "yes", date(2017, 3, 5), "formulier")
PUPILS = {"p1": "id1", "p2": "id2"}


def planned(*rows: ParentRecord, parents=(), links=()) -> Plan:
    known = KnownFamilies("parnassys", PUPILS, tuple(parents), tuple(links))
    return plan_parents(ParentsFile(rows=list(rows)), known)


def shape(lines: list[Line]) -> list[tuple[str, str]]:
    return [(str(one.change), str(one.subject)) for one in lines]


def test_what_is_here_already_gives_no_line():
    plan = planned(ROW, parents=[HERE], links=[LINK])
    assert plan.lines == []
    assert plan.unchanged == 1


def test_a_parent_with_a_new_key_is_new_once_for_all_children():
    plan = planned(ROW, replace(ROW, line=3, pupil_key="p2"))
    assert shape(plan.lines) == [("new", "parent"), ("new", "link"), ("new", "link")]
    assert [one.after["parent"] for one in plan.lines[1:]] == ["line:2", "line:2"]
    assert [one.after["pupil"] for one in plan.lines[1:]] == ["id1", "id2"]


def test_a_row_for_an_unknown_pupil_is_left_out():
    plan = planned(replace(ROW, pupil_key="p7"))
    assert [(one.change, one.doubt, one.key) for one in plan.lines] == [
        ("left_out", "unknown_pupil", "p7")
    ]


@pytest.mark.parametrize(
    ("change", "after"),
    [
        ({"email": "s@voorbeeld.invalid"}, {"email": "s@voorbeeld.invalid"}),
        ({"email": ""}, None),
        ({"first_name": ""}, None),
        ({"street": "", "postcode": "", "city": ""}, None),
        ({"street": "Andere weg 1"}, {"street": "Andere weg 1"}),
        ({"surname": "Vos", "prefix": ""}, {"surname": "Vos", "prefix": ""}),
        ({"is_secret": True}, {"is_secret": True}),
    ],
)
def test_a_change_of_the_person_is_named_and_what_is_empty_is_kept(change, after):
    lines = planned(replace(ROW, **change), parents=[HERE], links=[LINK]).lines
    assert [(one.target, one.after) for one in lines] == ([("q1", after)] if after else [])


def test_a_secret_address_does_not_become_public_by_a_file():
    secret = replace(HERE, is_secret=True)
    assert planned(ROW, parents=[secret], links=[LINK]).is_empty


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"authority": Authority.NO, "since": None}, {"authority", "since"}),
        ({"authority": Authority.NO, "since": date(2026, 9, 1)}, {"authority", "since"}),
        ({"authority": Authority.UNKNOWN, "since": None, "source": ""}, set()),
        ({"since": None}, set()),
        ({"source": ""}, set()),
        ({"source": "gezagsregister"}, {"source"}),
        ({"since": date(2018, 1, 1)}, {"since"}),
        ({"relation": Relation.OTHER}, set()),
        ({"relation": Relation.FOSTER}, {"relation"}),
    ],
)
def test_a_change_of_authority_is_named_and_unknown_never_erases_known(change, fields):
    lines = planned(replace(ROW, **change), parents=[HERE], links=[LINK]).lines
    named = set().union(*(one.before for one in lines)) if lines else set()
    assert named == fields


DOUBTS = [
    ("no key, same name elsewhere", {"parent_key": "", "pupil_key": "p2"}, {}, "no_key"),
    ("no key, something differs", {"parent_key": "", "street": "Nieuw 1"}, {}, "no_key"),
    ("new key, one without key here", {"parent_key": "o9"}, {"key": ""}, "other_key"),
    ("new key, one of another system", {}, {"source": "esis"}, "other_key"),
    ("key of somebody else", {"first_name": "Tom", "surname": "Vos"}, {}, "other_person"),
]


@pytest.mark.promise("P5")
@pytest.mark.parametrize(
    ("row", "here", "doubt"), [one[1:] for one in DOUBTS], ids=[one[0] for one in DOUBTS]
)
def test_parents_are_never_merged_by_name(row, here, doubt):
    lines = planned(replace(ROW, **row), parents=[replace(HERE, **here)], links=[LINK]).lines
    assert (lines[0].change, lines[0].doubt) == ("doubtful", doubt)
    assert lines[0].candidates == ("q1",)


def test_a_row_without_key_that_says_exactly_what_is_here_is_known():
    assert planned(replace(ROW, parent_key=""), parents=[HERE], links=[LINK]).is_empty


def test_two_rows_without_key_and_the_same_name_are_linked_by_a_person():
    rows = [replace(ROW, parent_key=""), replace(ROW, parent_key="", line=3, pupil_key="p2")]
    plan = planned(*rows)
    assert shape(plan.lines) == [
        ("new", "parent"),
        ("new", "link"),
        ("doubtful", "parent"),
        ("new", "link"),
    ]
    assert plan.lines[2].candidates == ("line:2",)


def test_the_same_key_with_another_name_known_here_is_a_new_parent_without_doubt():
    lines = planned(replace(ROW, parent_key="o9"), parents=[HERE], links=[LINK]).lines
    assert shape(lines) == [("new", "parent"), ("new", "link")]


def settled(plan: Plan, decisions: dict[int, Decision], parents=(), links=()) -> list[Line]:
    return list(
        settle_parents(
            plan.lines,
            decisions,
            {one.id: one for one in parents},
            {(one.parent_id, one.pupil_id): one for one in links},
            source="parnassys",
        )
    )


def test_a_person_links_two_rows_to_one_new_parent():
    rows = [replace(ROW, parent_key=""), replace(ROW, parent_key="", line=3, pupil_key="p2")]
    lines = settled(planned(*rows), {2: Decision(Answer.SAME, "line:2")})
    assert shape(lines) == [("new", "parent"), ("new", "link"), ("new", "link")]
    assert {one.after["parent"] for one in lines[1:]} == {"line:2"}


def test_a_person_keeps_two_parents_with_one_name_apart():
    rows = [replace(ROW, parent_key=""), replace(ROW, parent_key="", line=3, pupil_key="p2")]
    lines = settled(planned(*rows), {2: Decision(Answer.NEW)})
    assert [one.after["parent"] for one in lines if one.subject == "link"] == ["line:2", "line:3"]


def test_a_linked_parent_takes_the_key_and_what_changed():
    here = replace(HERE, key="", email="")
    plan = planned(replace(ROW, authority=Authority.NO), parents=[here], links=[LINK])
    lines = settled(plan, {0: Decision(Answer.SAME, "q1")}, [here], [LINK])
    assert [(str(one.subject), one.target, one.after) for one in lines] == [
        ("parent", "q1", {"parent_key": "o1"}),
        ("parent", "q1", {"email": "sanne@voorbeeld.invalid"}),
        ("link", "q1", {"authority": "no", "pupil": "id1", "parent": "q1"}),
    ]


def test_a_parent_left_out_takes_the_links_along():
    plan = planned(replace(ROW, parent_key="", pupil_key="p2"), parents=[HERE], links=[LINK])
    assert settled(plan, {0: Decision(Answer.LEAVE_OUT)}, [HERE], [LINK]) == []


def test_a_key_that_went_to_another_parent_leaves_the_one_who_had_it():
    plan = planned(replace(ROW, first_name="Tom", surname="Vos"), parents=[HERE], links=[LINK])
    lines = settled(plan, {0: Decision(Answer.NEW)}, [HERE], [LINK])
    assert [(str(one.change), one.target) for one in lines] == [
        ("changed", "q1"),
        ("new", ""),
        ("new", ""),
    ]


def test_a_link_that_a_person_withdrew_is_not_brought_back_by_a_file():
    known = KnownFamilies("parnassys", PUPILS, (HERE,), (), frozenset({("q1", "id1")}))
    plan = plan_parents(ParentsFile(rows=[ROW]), known)
    assert [(one.change, one.doubt) for one in plan.lines] == [("left_out", "withdrawn_link")]
    doubtful = planned(replace(ROW, parent_key=""), parents=[HERE])
    decided = {0: Decision(Answer.SAME, "q1")}
    lines = settle_parents(
        doubtful.lines, decided, {"q1": HERE}, {}, {("q1", "id1")}, source="parnassys"
    )
    assert [one.subject for one in lines] == []
