"""Whatever the files and the answers: a file that was applied changes nothing a second time."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from students.roster.edexml import read_edexml
from students.roster.known import KnownFamilies, KnownLink, KnownParent, KnownPupil, KnownSchool
from students.roster.parents_csv import read_parents
from students.roster.plan import Answer, Change, Decision, Line, as_date, texts
from students.roster.plan_parents import plan_parents
from students.roster.plan_pupils import plan_roster
from students.roster.records import PupilRecord
from students.roster.settling import settle_parents, settle_roster
from tests.students.roster.files import ON, edexml_of, parent_row, parents_csv

SOURCE = "parnassys"
CHANGING = {Change.NEW, Change.CHANGED, Change.MOVED, Change.LEFT, Change.RETURNED}

days = st.sampled_from([date(2020, 8, 1), date(2024, 8, 1), date(2026, 9, 1), date(2027, 7, 1)])
records = st.builds(
    PupilRecord,
    line=st.just(0),
    key=st.sampled_from(["a", "b", "c", "d", "#1", "#2"]),
    first_name=st.sampled_from(["Fenna", "Bram", "Fénna"]),
    prefix=st.sampled_from(["", "van"]),
    surname=st.sampled_from(["", "Duin", "Vos"]),
    birth_date=st.sampled_from([None, date(2017, 3, 5), date(2016, 2, 29)]),
    group_key=st.sampled_from(["", "5a", "6a"]),
    combined_group_keys=st.sampled_from([(), ("m",), ("m", "n")]),
    location_key=st.sampled_from(["", "oost"]),
    starts_on=st.none() | days,
    left_on=st.none() | days,
).filter(lambda one: not (one.starts_on and one.left_on and one.left_on < one.starts_on))
files = st.lists(records, min_size=1, max_size=6, unique_by=lambda one: one.key)


def apply_pupils(known: KnownSchool, lines: list[Line]) -> KnownSchool:
    """What persistence promises to do with settled lines, in plain Python."""
    here = {one.id: one for one in known.pupils}
    for line in lines:
        after = line.after
        if line.subject != "pupil":
            continue
        if line.change is Change.NEW:
            identity = f"id{len(here)}"
            here[identity] = KnownPupil(
                identity,
                SOURCE,
                line.key,
                str(after["first_name"]),
                str(after["prefix"]),
                str(after["surname"]),
                as_date(after["birth_date"]),
                str(after.get("group_key") or ""),
                texts(after.get("combined_group_keys")),
                str(after["location_key"]),
                as_date(after["starts_on"]),
                as_date(after["left_on"]),
            )
            continue
        pupil = here[line.target]
        if line.change is Change.RETURNED:
            pupil = replace(
                pupil,
                earlier_left_on=pupil.left_on,
                left_on=None,
                starts_on=as_date(after["starts_on"]),
            )
        else:
            changes = dict(after)
            for name in ("birth_date", "starts_on", "left_on"):
                if name in changes:
                    changes[name] = as_date(changes[name])
            if "combined_group_keys" in changes:
                changes["combined_group_keys"] = texts(changes["combined_group_keys"])
            if "key" in changes:
                changes["source"] = SOURCE
            pupil = replace(pupil, **changes)
        here[pupil.id] = pupil
    return replace(known, pupils=tuple(here.values()))


def import_pupils(
    draw, known: KnownSchool, file: list[PupilRecord]
) -> tuple[KnownSchool, set[str]]:
    """Plan, decide at random, apply; also which keys may be asked about again."""
    roster = read_edexml(edexml_of(file), on=ON)
    lines = plan_roster(roster, known, on=ON).lines
    decisions: dict[int, Decision] = {}
    asked_again: set[str] = set()
    taken: set[str] = set()
    for place, line in enumerate(lines):
        if line.change is Change.DOUBTFUL:
            free = [one for one in line.candidates if one not in taken]
            answer = draw(
                st.sampled_from([Answer.NEW, Answer.LEAVE_OUT, *([Answer.SAME] * bool(free))])
            )
            decisions[place] = Decision(answer, free[0] if answer is Answer.SAME else "")
            taken.update(free[:1] if answer is Answer.SAME else ())
            if answer is Answer.LEAVE_OUT or line.key.startswith("#"):
                asked_again.add(line.key)
        elif line.change is Change.MISSING:
            decisions[place] = Decision(draw(st.sampled_from([Answer.LEFT, Answer.STILL_HERE])))
    pupils = {one.id: one for one in known.pupils}
    settled = list(settle_roster(lines, decisions, pupils, source=SOURCE, on=ON))
    if any(line.after.get("key") == "" for line in settled):
        asked_again.update("abcd")  # whoever lost a key may be meant by another line
    return apply_pupils(known, settled), asked_again


@settings(max_examples=300, deadline=None)
@given(first=files, second=files, data=st.data())
def test_an_edexml_file_that_was_applied_changes_nothing_again(first, second, data):
    known = KnownSchool(SOURCE)
    for file in (first, second):
        known, asked_again = import_pupils(data.draw, known, file)
    lines = plan_roster(read_edexml(edexml_of(second), on=ON), known, on=ON).lines
    pupils = [one for one in lines if one.subject == "pupil" and one.key not in asked_again]
    assert [one for one in pupils if one.change in CHANGING] == []
    assert [one for one in pupils if one.change is Change.DOUBTFUL] == []


@settings(max_examples=100, deadline=None)
@given(file=files, later=st.integers(1, 400))
def test_nothing_changes_by_importing_the_same_file_on_a_later_day(file, later):
    roster = read_edexml(edexml_of(file), on=ON)
    known = KnownSchool(SOURCE)
    plan = plan_roster(roster, known, on=ON)
    new = [one for one in plan.lines if one.change is not Change.DOUBTFUL]
    known = apply_pupils(known, list(settle_roster(new, {}, {}, source=SOURCE, on=ON)))
    again = plan_roster(roster, known, on=ON + timedelta(days=later))
    changing = [one for one in again.lines if one.subject == "pupil" and one.change in CHANGING]
    assert changing == []


rows = st.builds(
    parent_row,
    parent=st.sampled_from(["", "o1", "o2", "o3"]),
    pupil=st.sampled_from(["p1", "p2", "p3"]),
    authority=st.sampled_from(["ja", "nee", "onbekend"]),
    relation=st.sampled_from(["moeder", "vader", "anders"]),
    since=st.sampled_from(["", "01-01-2020", "01-01-2026"]),
)


def apply_parents(known: KnownFamilies, lines: list[Line]) -> KnownFamilies:
    """What persistence promises to do with settled lines, in plain Python."""
    parents = {one.id: one for one in known.parents}
    links = {(one.parent_id, one.pupil_id): one for one in known.links}
    became: dict[str, str] = {}
    for line in lines:
        after = dict(line.after)
        if line.subject == "parent":
            if "parent_key" in after:
                after["key"] = after.pop("parent_key")
                after["source"] = SOURCE
            if line.change is Change.NEW:
                identity = f"q{len(parents)}"
                became[f"line:{line.line}"] = identity
                parents[identity] = KnownParent(id=identity, **after)
            else:
                parents[line.target] = replace(parents[line.target], **after)
            continue
        parent, pupil = str(after.pop("parent")), str(after.pop("pupil"))
        pair = (became.get(parent, parent), pupil)
        changes = {"starts_on": ON, **after}
        changes.pop("starts_on")
        if "since" in changes:
            changes["since"] = as_date(changes["since"])
        if pair in links:
            links[pair] = replace(links[pair], **changes)
        else:
            links[pair] = KnownLink(*pair, **changes)
    return replace(known, parents=tuple(parents.values()), links=tuple(links.values()))


@settings(max_examples=300, deadline=None)
@given(lines=st.lists(rows, min_size=1, max_size=6), data=st.data())
def test_a_parents_file_that_was_applied_changes_nothing_again(lines, data):
    keyed = {tuple(row.split(";")[:2]): row for row in lines if not row.startswith(";")}
    keyless = [row for row in dict.fromkeys(lines) if row.startswith(";")]
    file = read_parents(parents_csv(*keyed.values(), *keyless), on=ON)
    known = KnownFamilies(SOURCE, {"p1": "id1", "p2": "id2", "p3": "id3"})
    plan = plan_parents(file, known)
    decisions = {
        place: Decision(Answer.NEW)
        for place, line in enumerate(plan.lines)
        if line.change is Change.DOUBTFUL
    }
    known = apply_parents(known, list(settle_parents(plan.lines, decisions, {}, {}, source=SOURCE)))
    again = plan_parents(file, known)
    assert [one for one in again.lines if one.change in CHANGING] == []
    assert again.lines == []
