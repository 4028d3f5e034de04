"""A parents file goes from upload to parents, links and authority with its history."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection

from access.acting import acting_as
from audit.models import LogEntry
from students.models import (
    Authority,
    Parent,
    ParentAddress,
    Parenthood,
    PupilSourceKey,
    RosterImport,
    RosterLine,
)
from students.roster import actions
from students.roster.plan import Answer
from tests.students.roster import imports
from tests.students.roster.files import edexml, parent_row, parents_csv, pupil

SCHOOL = "<schooljaar>2026-2027</schooljaar>"


@pytest.fixture
def read(cast):
    """Reads a parents file as the administrator, with two pupils at school."""
    pupils = edexml([pupil("p1"), pupil("p2", roepnaam="Bram")], school=SCHOOL)
    imports.run(cast.school, pupils, by=cast.administrator, on=cast.today)

    def go(*rows: str, on: date | None = None) -> RosterImport:
        return imports.read(
            cast.school, parents_csv(*rows), by=cast.administrator, on=on or cast.today
        )

    return go


@pytest.fixture
def run(cast, read):
    """Takes a parents file through everything."""

    def go(*rows: str, on: date | None = None) -> RosterImport:
        made = read(*rows, on=on)
        day = on or cast.today
        imports.answer_everything(made, by=cast.administrator, on=day)
        imports.approve(made, by=cast.administrator, on=day)
        return imports.apply(made, by=cast.administrator, on=day)

    return go


def parent_with(key: str) -> Parent:
    return Parent.objects.get(source_keys__key=key)


def authorities(key: str) -> list[tuple[str, date, date | None, str]]:
    found = Authority.objects.filter(parenthood__parent__source_keys__key=key)
    return list(
        found.order_by("recorded_at").values_list("value", "starts_on", "ends_on", "source")
    )


def test_a_plan_that_waits_is_read_by_nobody_in_the_database(cast):
    """Names and addresses of people who may never come; the plan itself shows them as before."""
    child = cast.pupils["own"]
    PupilSourceKey.objects.create(pupil=child, school=cast.school, system=imports.SOURCE, key="p1")
    row = parent_row("n1", "p1", first="Qwaits", surname="Qhere", email="qwaits@example.org")
    made = imports.read(cast.school, parents_csv(row), by=cast.administrator, on=cast.today)
    lines = list(RosterLine.objects.filter(roster_import=made))
    assert lines[0].after["first_name"] == "Qwaits"
    assert lines[1].pupil == str(child.pk)
    with connection.cursor() as cursor:
        cursor.execute("select string_agg(l::text, '') from students_rosterline l")
        (stored,) = cursor.fetchone()
    assert len(lines) == 2
    assert str(child.pk) in stored  # the control: this is what is stored
    assert "qwaits" not in stored.lower()
    assert "qhere" not in stored.lower()
    imports.approve(made, by=cast.administrator, on=cast.today)
    imports.apply(made, by=cast.administrator, on=cast.today)
    assert Parent.objects.get(first_name="Qwaits").surname == "Qhere"


def test_a_parent_comes_with_address_links_and_authority(cast, run):
    run(parent_row(), parent_row(pupil="p2", authority="onbekend", source="", since=""))
    found = parent_with("o1")
    assert found.name == "Sanne van Duinmeijer"
    assert found.email == "sanne@voorbeeld.invalid"
    assert (found.address.street, found.address.is_secret) == ("Zeedijkje 12", False)
    assert Parenthood.objects.filter(parent=found).count() == 2
    values = Authority.objects.filter(parenthood__parent=found)
    assert sorted(values.values_list("value", "starts_on", "source", "recorded_by__username")) == [
        ("unknown", cast.today, "", "administrator"),
        ("yes", date(2017, 3, 5), "inschrijfformulier", "administrator"),
    ]
    event = LogEntry.objects.filter(event="roster-applied").latest("timestamp")
    assert len(event.subjects) == 2


def test_the_same_file_twice_changes_nothing(run, read):
    rows = (parent_row(), parent_row(pupil="p2"), parent_row("", "p1", first="Tom", email=""))
    run(*rows)
    assert read(*rows).counts == {}


def test_a_change_of_authority_closes_the_row_before_and_keeps_it(run):
    run(parent_row())
    run(parent_row(authority="nee", since="01-11-2026", source="gezagsregister"))
    assert authorities("o1") == [
        ("yes", date(2017, 3, 5), date(2026, 10, 31), "inschrijfformulier"),
        ("no", date(2026, 11, 1), None, "gezagsregister"),
    ]


def test_an_earlier_start_of_authority_is_a_correction_that_keeps_the_old_row(run, read):
    run(parent_row())
    run(parent_row(since="01-01-2016"))
    assert authorities("o1") == [
        ("yes", date(2017, 3, 5), date(2017, 3, 4), "inschrijfformulier"),
        ("yes", date(2016, 1, 1), None, "inschrijfformulier"),
    ]
    assert read(parent_row(since="01-01-2016")).counts == {}


def test_a_changed_address_and_a_secret_one(run, read):
    run(parent_row())
    run(parent_row(street="Nieuwe Weg", number="3", secret="ja"))
    address = ParentAddress.objects.get(parent=parent_with("o1"))
    assert (address.street, address.is_secret) == ("Nieuwe Weg 3", True)
    assert read(parent_row(street="Nieuwe Weg", number="3", secret="nee")).counts == {}


def test_a_siblings_parent_without_key_is_linked_by_a_person(cast, run, read):
    run(parent_row("", "p1"))
    made = read(parent_row("", "p1"), parent_row("", "p2"))
    line = made.lines.get(change="doubtful")
    assert line.doubt == "no_key"
    with acting_as(cast.administrator, on=cast.today):
        actions.decide(
            line=line,
            answer=Answer.SAME,
            candidate=line.candidates[0],
            by=cast.administrator,
            on=cast.today,
        )
    imports.approve(made, by=cast.administrator, on=cast.today)
    imports.apply(made, by=cast.administrator, on=cast.today)
    found = Parent.objects.get(surname="Duinmeijer")
    assert found.children.count() == 2
    assert read(parent_row("", "p1"), parent_row("", "p2")).counts == {}


def test_two_parents_with_one_name_stay_two(run):
    run(parent_row("", "p1"), parent_row("", "p2"))
    assert Parent.objects.filter(surname="Duinmeijer").count() == 2


def test_a_key_can_go_to_another_parent(run):
    run(parent_row())
    first = parent_with("o1")
    run(parent_row(first="Tom", surname="Vos", prefix=""))
    assert parent_with("o1").surname == "Vos"
    first.refresh_from_db()
    assert first.surname == "Duinmeijer"


def test_rows_of_pupils_who_are_not_here_are_left_out(read):
    assert read(parent_row(pupil="p7")).counts == {"link.left_out": 1}
