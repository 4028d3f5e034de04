"""Whoever keeps the roster and is a parent changes nothing about their own child by a file."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from access.acting import acting_as
from access.errors import Refused
from students.models import (
    Authority,
    Enrolment,
    Parent,
    Parenthood,
    ParentSourceKey,
    PupilSourceKey,
    RosterLine,
)
from tests.students.roster import imports
from tests.students.roster.files import edexml, parent_row, parents_csv, pupil

pytestmark = pytest.mark.promise("P5")


@pytest.fixture
def keys(cast):
    """`own` has key p1, `other` key p2, and the other parent of `own` key o1."""
    for key, child in (("p1", "own"), ("p2", "other")):
        PupilSourceKey.objects.create(
            pupil=cast.pupils[child], school=cast.school, system=imports.SOURCE, key=key
        )
    ex = Parent.objects.get(user=cast.people["parent_without"])
    ParentSourceKey.objects.create(parent=ex, school=cast.school, system=imports.SOURCE, key="o1")
    cast.add_person("parent", "administrator", cast.school.unit)
    return ex


def row_of(ex: Parent, pupil: str) -> str:
    """Says that the other parent moved, has another address for mail, and full authority."""
    return parent_row(
        "o1", pupil, first=ex.first_name, prefix="", surname=ex.surname, email="new@example.org"
    )


def test_a_parent_in_the_office_changes_neither_authority_nor_contact_data(cast, keys):
    rows = parents_csv(row_of(keys, "p1"), row_of(keys, "p2"))
    made = imports.read(cast.school, rows, by=cast.parent, on=cast.today)
    lines = RosterLine.objects.filter(roster_import=made)
    assert lines.get(change="left_out").doubt == "own_child"
    assert [line.subject for line in lines.exclude(change="left_out")] == ["link"]
    assert not any("email" in {**line.before, **line.after} for line in lines)
    imports.approve(made, by=cast.parent, on=cast.today)
    imports.apply(made, by=cast.parent, on=cast.today)
    keys.refresh_from_db()
    assert keys.email is None
    link = Parenthood.objects.get(parent=keys, pupil=cast.pupils["own"])
    assert [a.value for a in Authority.objects.filter(parenthood=link)] == ["no"]


def test_nor_by_approving_what_a_colleague_read(cast, keys):
    rows = parents_csv(row_of(keys, "p1"))
    made = imports.read(cast.school, rows, by=cast.administrator, on=cast.today)
    assert RosterLine.objects.filter(roster_import=made, subject="link", change="changed").exists()
    with acting_as(cast.parent, on=cast.today), pytest.raises(Refused, match="own child"):
        imports.approve(made, by=cast.parent, on=cast.today)
    imports.approve(made, by=cast.administrator, on=cast.today)


def test_nor_does_a_roster_change_the_birth_date_but_the_group_moves_on(cast, keys):
    own = cast.pupils["own"]
    group = '<groep key="7a"><naam>Groep 7a</naam><jaargroep>7</jaargroep></groep>'
    names = {"roepnaam": own.first_name, "voorvoegsel": "", "achternaam": own.surname}

    def read(born: date):
        one = pupil("p1", **names, geboortedatum=born.isoformat(), groep="7a")
        file = edexml([one], groups=group, school="<schooljaar>2026-2027</schooljaar>")
        return imports.read(cast.school, file, by=cast.parent, on=cast.today)

    made = read(date(2009, 1, 1))
    imports.answer_everything(made, by=cast.administrator, on=cast.today)
    with pytest.raises(Refused, match="own child"):
        imports.approve(made, by=cast.parent, on=cast.today)
    imports.approve(made, by=cast.administrator, on=cast.today)


@pytest.mark.promise("P22")
def test_a_file_links_no_parent_whose_secret_address_another_school_keeps(cast, keys):
    yesterday = cast.today - timedelta(days=1)
    Enrolment.objects.filter(pupil=cast.pupils["own"]).update(ends_on=yesterday)
    rows = parents_csv(row_of(keys, "p2"))
    made = imports.read(cast.school, rows, by=cast.administrator, on=cast.today)
    lines = list(RosterLine.objects.filter(roster_import=made))
    assert [(line.change, line.doubt) for line in lines] == [("left_out", "kept_elsewhere")]
