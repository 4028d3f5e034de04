"""A colleague who is a parent: the office alone neither disarms a keeper nor frees one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from access.errors import NotAllowed, Refused
from access.models import Membership
from audit.models import LogEntry
from audit.veils import veil
from students import queries, seen
from students.actions import accounts, colleagues, families
from students.actions.authority import AuthorityData
from students.models import Parent, Parenthood, ParentSourceKey, PupilSourceKey, RosterLine
from tests.students.roster import imports
from tests.students.roster.files import parent_row, parents_csv

pytestmark = pytest.mark.promise("P7")


@pytest.fixture
def relative(cast, add_relative):
    """A parent of `own` without an account."""
    return add_relative("own", "somebody")


def link_of(cast, parent, pupil="own") -> Parenthood:
    return Parenthood.objects.get(parent=parent, pupil=cast.pupils[pupil])


@pytest.mark.parametrize("colleague", ["director", "deputy", "board_officer", "counsellor"])
def test_the_office_links_no_colleagues_account_to_a_parent(cast, act, relative, colleague):
    with pytest.raises(Refused, match="works here"):
        act(accounts.link_account_to_parent, parent=relative, username=colleague)
    relative.refresh_from_db()
    assert relative.user_id is None
    assert not queries.is_own_child(cast.people[colleague], cast.pupils["own"])


def test_nor_links_a_director_who_is_a_parent_to_another_child(cast, act):
    parent = cast.add_parent("director", "own")
    with pytest.raises(Refused, match="works here"):
        act(
            families.link_parent,
            pupil=cast.pupils["other"],
            parent=parent,
            relation="father",
            authority=AuthorityData("unknown", cast.today),
        )
    assert not queries.is_own_child(cast.director, cast.pupils["other"])


def test_nor_frees_a_director_by_withdrawing_a_link(cast, act):
    link = link_of(cast, cast.add_parent("director", "own"))
    with pytest.raises(Refused, match="works here"):
        act(families.unlink_parent, link=link, seen_before=seen.of_parenthood(link))
    assert queries.is_own_child(cast.director, cast.pupils["own"])


def test_nor_by_a_file(cast):
    parent = cast.add_parent("director", "own")
    for key, child in (("p1", "own"), ("p2", "other")):
        PupilSourceKey.objects.create(
            pupil=cast.pupils[child], school=cast.school, system=imports.SOURCE, key=key
        )
    ParentSourceKey.objects.create(
        parent=parent, school=cast.school, system=imports.SOURCE, key="d1"
    )
    names = {"first": parent.first_name, "prefix": "", "surname": parent.surname}
    rows = parents_csv(parent_row("d1", "p1", **names), parent_row("d1", "p2", **names))
    made = imports.read(cast.school, rows, by=cast.administrator, on=cast.today)
    left_out = RosterLine.objects.get(roster_import=made, change="left_out")
    assert left_out.doubt == "colleague"
    imports.approve(made, by=cast.administrator, on=cast.today)
    imports.apply(made, by=cast.administrator, on=cast.today)
    assert queries.is_own_child(cast.director, cast.pupils["own"])
    assert not queries.is_own_child(cast.director, cast.pupils["other"])


def test_nor_by_saying_of_a_new_key_that_it_is_the_director(cast):
    parent = cast.add_parent("director", "own")
    PupilSourceKey.objects.create(
        pupil=cast.pupils["other"], school=cast.school, system=imports.SOURCE, key="p2"
    )
    row = parent_row("x9", "p2", first=parent.first_name, prefix="", surname=parent.surname)
    made = imports.read(cast.school, parents_csv(row), by=cast.administrator, on=cast.today)
    line = RosterLine.objects.get(roster_import=made, change="doubtful")
    with imports.acting_as(cast.administrator, on=cast.today):
        imports.actions.decide(
            line=line,
            answer=imports.Answer.SAME,
            candidate=str(parent.pk),
            by=cast.administrator,
            on=cast.today,
        )
    imports.approve(made, by=cast.administrator, on=cast.today)
    imports.apply(made, by=cast.administrator, on=cast.today)
    assert not queries.is_own_child(cast.director, cast.pupils["other"])


def test_the_director_says_it_of_a_teacher(cast, act, relative):
    own = cast.pupils["own"]
    details = {"pupil": own, "username": "Counsellor", "parent": relative}
    assert act(colleagues.name_colleague, **details, by="director") == cast.counsellor
    assert queries.is_own_child(cast.counsellor, own)
    row = LogEntry.objects.get(event="colleague-named-as-parent")
    hidden = veil(own.family_key, cast.counsellor.pk)  # readable as long as the child is here
    assert (row.actor_id, row.object_pk) == (cast.director.pk, str(hidden))
    assert row.subjects == [own.log_key]
    assert Membership.objects.filter(user=cast.counsellor, role="parent").exists()


@pytest.mark.parametrize("colleague", ["deputy", "board_officer", "other_director", "fg"])
def test_about_keepers_and_the_board_only_the_board_officer_says_it(cast, act, relative, colleague):
    details = {"pupil": cast.pupils["own"], "username": colleague, "parent": relative}
    with pytest.raises(Refused, match="board officer"):
        act(colleagues.name_colleague, **details, by="director")
    if colleague == "board_officer":
        with pytest.raises(NotAllowed):
            act(colleagues.name_colleague, **details, by="board_officer")
    else:
        act(colleagues.name_colleague, **details, by="board_officer")
        assert queries.is_own_child(cast.people[colleague], cast.pupils["own"])


def test_a_director_whose_role_begins_tomorrow_counts_already(cast, act, relative):
    cast.add_person("coming", "parent", cast.school.unit)
    Membership.objects.create(
        user=cast.people["coming"],
        role="director",
        unit=cast.school.unit,
        starts_on=cast.today + timedelta(days=1),
    )
    with pytest.raises(Refused, match="works here"):
        act(accounts.link_account_to_parent, parent=relative, username="coming")


def test_a_known_parent_gets_a_further_child_once(cast, act, relative):
    parent = cast.add_parent("director", "other")
    own = cast.pupils["own"]
    details = {"pupil": own, "username": "director", "by": "board_officer"}
    with pytest.raises(Refused, match="known already"):
        act(colleagues.name_colleague, parent=relative, **details)
    act(colleagues.name_colleague, parent=None, **details)
    assert [a.value for a in link_of(cast, parent).authorities.all()] == ["unknown"]
    assert queries.is_own_child(cast.director, own)
    with pytest.raises(Refused, match="already linked"):
        act(colleagues.name_colleague, parent=None, **details)


def test_nobody_frees_themselves_and_the_director_no_deputy(cast, act):
    link = link_of(cast, cast.add_parent("director", "own"))
    for by in ("director", "deputy"):
        with pytest.raises((NotAllowed, Refused)):
            act(colleagues.unname_colleague, link=link, is_other_person=False, by=by)
    act(colleagues.unname_colleague, link=link, is_other_person=False, by="board_officer")
    assert not queries.is_own_child(cast.director, cast.pupils["own"])
    assert LogEntry.objects.filter(event="colleague-no-parent").count() == 1
    with pytest.raises(Refused, match="already"):
        act(colleagues.unname_colleague, link=link, is_other_person=False, by="board_officer")
    act(
        colleagues.name_colleague,
        pupil=cast.pupils["own"],
        username="director",
        parent=None,
        by="board_officer",
    )
    assert queries.is_own_child(cast.director, cast.pupils["own"])


def test_a_wrong_account_is_taken_away_and_the_parent_stays(cast, act, relative):
    act(
        colleagues.name_colleague,
        pupil=cast.pupils["own"],
        username="counsellor",
        parent=relative,
        by="director",
    )
    link = link_of(cast, relative)
    link.refresh_from_db()
    act(colleagues.unname_colleague, link=link, is_other_person=True, by="director")
    assert Parent.objects.get(pk=relative.pk).user_id is None
    assert link_of(cast, relative).withdrawn_at is None
    held = Membership.objects.get(user=cast.counsellor, role="parent")
    assert not held.counts_on(cast.today)


def test_the_pages_name_and_unname_and_say_who_decides(cast, sign_in, relative):
    own = cast.pupils["own"]
    page, name = reverse("school_pupil", args=[own.pk]), reverse("name_colleague", args=[own.pk])
    office = sign_in(cast.administrator)
    assert name not in office.get(page).content.decode()
    assert office.get(name).status_code == 403
    sent = {"username": "deputy", "parent": str(relative.pk)}
    director = sign_in(cast.director)
    assert name in director.get(page).content.decode()
    assert "the board officer" in director.post(name, sent).content.decode()
    officer = sign_in(cast.board_officer)
    assert "as keeper of the dossiers" in officer.get(name).content.decode()
    assert officer.post(name, {"username": "deputy"}).status_code == 200  # which parent?
    assert officer.post(name, sent).status_code == 302
    assert queries.is_own_child(cast.deputy, own)
    unname = reverse("unname_colleague", args=[link_of(cast, relative).pk])
    shown = officer.get(page).content.decode()
    assert "Works here" in shown
    assert unname in shown
    shown = sign_in(cast.administrator).get(page).content.decode()
    assert reverse("unlink_parent", args=[link_of(cast, relative).pk]) not in shown
    officer = sign_in(cast.board_officer)
    assert officer.post(unname, {"what": "other_child"}).status_code == 302
    assert not queries.is_own_child(cast.deputy, own)


def test_of_a_parent_who_does_not_work_here_nobody_says_it(cast, act, relative):
    link = link_of(cast, Parent.objects.get(user=cast.parent))
    for by in ("director", "board_officer"):
        with pytest.raises(Refused, match="does not work here"):
            act(
                colleagues.name_colleague,
                pupil=cast.pupils["other"],
                username="parent",
                parent=None,
                by=by,
            )
        for is_other_person in (True, False):
            with pytest.raises(Refused, match="does not work here"):
                act(
                    colleagues.unname_colleague,
                    link=link,
                    is_other_person=is_other_person,
                    by=by,
                )
    assert queries.is_own_child(cast.parent, cast.pupils["own"])
    assert not queries.is_own_child(cast.parent, cast.pupils["other"])
