"""Parents, authority, representatives and accounts: what changes, and one event each."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from access.errors import NotAllowed, Overtaken, Refused
from access.models import Membership, User
from audit.models import LogEntry
from students import queries, seen
from students.actions import accounts, authority, families, representatives
from students.actions.authority import AuthorityData
from students.actions.families import AddressData, ParentData
from students.actions.representatives import RepresentativeData
from students.models import Authority, Parent, ParentAddress, Parenthood, Pupil, Representative

SINCE = date(2025, 1, 1)
YES = AuthorityData("yes", SINCE, "authority register")
NAMES = ParentData("Ada", "de", "Wit", "ada@example.org", "06 12345678")
HOME = AddressData("Laan 1", "1234 AB", "Demostad")


def _add(cast, act, pupil="own", *, data=NAMES, address=HOME, auth=YES, by="administrator"):
    return act(
        families.add_parent,
        by=by,
        pupil=cast.pupils[pupil],
        data=data,
        address=address,
        relation="father",
        authority=auth,
    )


def test_a_parent_is_added_and_never_merged_by_name(cast, act):
    first, second = _add(cast, act), _add(cast, act, "other")
    assert first.parent_id != second.parent_id
    assert Parent.objects.filter(search_name=" ada wit").count() == 2
    rows = LogEntry.objects.filter(event="parent-added")
    assert {tuple(r.subjects) for r in rows} == {
        (cast.pupils["own"].log_key,),
        (cast.pupils["other"].log_key,),
    }
    assert not any("Wit" in f"{r.changes}{r.additional_data}" for r in rows)


def test_a_known_parent_is_linked_by_a_person_once(cast, act):
    parent = _add(cast, act).parent
    details = {"pupil": cast.pupils["other"], "parent": parent, "relation": "father"}
    act(families.link_parent, **details, authority=YES)
    assert set(parent.children.values_list("pupil", flat=True)) == {
        cast.pupils["own"].pk,
        cast.pupils["other"].pk,
    }
    with pytest.raises(Refused):
        act(families.link_parent, **details, authority=YES)


def test_a_wrong_link_is_withdrawn_at_once_and_can_come_back(cast, act):
    link = _add(cast, act)
    user = cast.add_person("relative", "parent", cast.school.unit)
    Parent.objects.filter(pk=link.parent_id).update(user=user)
    assert queries.is_own_child(user, cast.pupils["own"])
    act(families.unlink_parent, link=link, seen_before=seen.of_parenthood(link))
    assert not queries.is_own_child(user, cast.pupils["own"])
    visible = queries.parents_visible_to(cast.administrator, on=cast.today)
    assert not visible.filter(pk=link.parent_id).exists()
    later = AuthorityData("no", date(2026, 1, 1), "court decision")
    act(
        families.link_parent,
        pupil=cast.pupils["own"],
        parent=link.parent,
        relation="other",
        authority=later,
    )
    rows = list(link.authorities.values_list("value", "starts_on", "ends_on"))
    assert rows == [("yes", SINCE, date(2025, 12, 31)), ("no", date(2026, 1, 1), None)]


@pytest.mark.promise("P5")
def test_new_authority_closes_the_old_and_keeps_it(cast, act, link):
    of = link("parent", "own")
    act(authority.record_authority, link=of, data=YES, seen_before=seen.of_parenthood(of))
    no = AuthorityData("no", cast.today, "court decision 12")
    act(authority.record_authority, link=of, data=no, seen_before=seen.of_parenthood(of))
    rows = list(of.authorities.values_list("value", "starts_on", "ends_on"))
    assert rows == [
        ("yes", date(2020, 8, 1), date(2024, 12, 31)),
        ("yes", SINCE, cast.today - timedelta(days=1)),
        ("no", cast.today, None),
    ]
    row = LogEntry.objects.filter(event="authority-recorded").latest("timestamp")
    assert row.subjects == [cast.pupils["own"].log_key]
    assert "court" not in f"{row.changes}{row.additional_data}"


@pytest.mark.promise("P5")
@pytest.mark.parametrize(
    "data",
    [
        AuthorityData("yes", SINCE, ""),
        AuthorityData("no", SINCE, ""),
        AuthorityData("yes", date(2020, 7, 31), "too early"),
        AuthorityData("unknown", date(2019, 1, 1), ""),
    ],
)
def test_authority_without_source_or_with_overlapping_dates_is_refused(cast, act, link, data):
    of = link("parent", "own")
    with pytest.raises(Refused):
        act(authority.record_authority, link=of, data=data, seen_before=seen.of_parenthood(of))
    assert Authority.objects.filter(parenthood=of).count() == 1


@pytest.mark.promise("P5")
def test_the_second_of_two_who_record_authority_is_told(cast, act, link):
    of = link("parent", "own")
    saw = seen.of_parenthood(of)
    act(authority.record_authority, link=of, data=YES, seen_before=saw)
    no = AuthorityData("no", cast.today, "court decision")
    with pytest.raises(Overtaken):
        act(authority.record_authority, by="director", link=of, data=no, seen_before=saw)
    assert list(of.authorities.values_list("value", flat=True)) == ["yes", "yes"]


@pytest.mark.parametrize("by", ["other_director", "board_officer", "counsellor", "parent", "fg"])
def test_only_who_keeps_the_pupil_changes_its_family(cast, act, link, by):
    of = link("parent", "own")
    with pytest.raises(NotAllowed):
        _add(cast, act, by=by)
    with pytest.raises(NotAllowed):
        act(
            authority.record_authority,
            by=by,
            link=of,
            data=YES,
            seen_before=seen.of_parenthood(of),
        )
    with pytest.raises(NotAllowed):
        _represent(cast, act, by=by)


def test_nobody_handles_the_authority_over_their_own_child(cast, act, link):
    cast.add_person("parent", "administrator", cast.school.unit)
    for of in (link("parent", "own"), link("parent_without", "own")):
        with pytest.raises(NotAllowed, match="own child"):
            act(
                authority.record_authority,
                by="parent",
                link=of,
                data=YES,
                seen_before=seen.of_parenthood(of),
            )
    with pytest.raises(NotAllowed):
        _represent(cast, act, by="parent")
    with pytest.raises(NotAllowed):
        act(accounts.link_account_to_pupil, by="parent", pupil=cast.pupils["own"])
    other = link("parent_without", "own").parent
    with pytest.raises(NotAllowed):
        _change(act, other, NAMES, HOME, by="parent")


def _change(act, parent, data, address, *, by="administrator"):
    return act(
        families.change_parent,
        by=by,
        parent=parent,
        data=data,
        address=address,
        seen_before=seen.of_parent(parent),
    )


@pytest.mark.promise("P11")
def test_contact_data_change_by_name_of_field_only(cast, act):
    parent = _add(cast, act).parent
    new = ParentData("Ada", "de", "Wit", "", "06 87654321")
    changed = _change(act, parent, new, AddressData("Laan 2", "1234 AB", "Demostad", "", True))
    assert changed == ["email", "phone", "street", "is_secret"]
    row = LogEntry.objects.get(event="parent-changed")
    assert row.changes == ["email", "is_secret", "phone", "street"]
    assert "Laan" not in f"{row.changes}{row.additional_data}"
    parent.refresh_from_db()
    assert parent.email is None
    assert ParentAddress.objects.get(parent=parent).is_secret
    home = AddressData("Laan 2", "1234 AB", "Demostad", "", True)
    assert not _change(act, parent, new, home)
    assert LogEntry.objects.filter(event="parent-changed").count() == 1


@pytest.mark.promise("P11")
def test_parents_without_children_are_those_whose_last_child_is_gone(cast, act):
    link = _add(cast, act)
    assert not queries.parents_without_children().exists()
    act(families.unlink_parent, link=link, seen_before=seen.of_parenthood(link))
    assert list(queries.parents_without_children()) == [link.parent]
    lonely = Parent(board=cast.board, surname="Alleen", sort_name="x", search_name=" x")
    lonely.save()
    assert set(queries.parents_without_children()) == {link.parent, lonely}


def _represent(cast, act, *, by="administrator", **changes):
    data = {
        "kind": "voogd",
        "name": "Demo Voogd",
        "institution": "",
        "email": "",
        "court_decision": "C/01/234",
        "covers": "",
        "starts_on": SINCE,
        "ends_on": None,
    } | changes
    pupil = cast.pupils["own"]
    return act(
        representatives.add_representative,
        by=by,
        pupil=pupil,
        data=RepresentativeData(**data),
        seen_before=seen.of_representatives(pupil),
    )


@pytest.mark.promise("P5")
def test_a_representative_needs_a_court_decision(cast, act):
    with pytest.raises(Refused):
        _represent(cast, act, court_decision="")
    with pytest.raises(Refused):
        _represent(cast, act, ends_on=date(2024, 1, 1))
    row = _represent(cast, act)
    last = cast.today
    details = {"representative": row, "last_day": last}
    saw = seen.of_representatives(cast.pupils["own"])
    assert act(representatives.end_representative, **details, seen_before=saw)
    row.refresh_from_db()
    assert row.ends_on == last
    with pytest.raises(Overtaken):
        act(representatives.end_representative, **details, seen_before=saw)
    now = seen.of_representatives(cast.pupils["own"])
    assert not act(representatives.end_representative, **details, seen_before=now)
    assert Representative.objects.filter(pupil=cast.pupils["own"]).count() == 1
    assert LogEntry.objects.filter(event="representative-ended").count() == 1


def test_a_new_account_has_a_role_and_no_way_in_yet(cast, act):
    parent = _add(cast, act).parent
    user = act(accounts.link_account_to_parent, parent=parent, username="")
    assert user.username.startswith("ouder-")
    assert "wit" not in user.username
    assert not user.has_usable_password()
    assert user.email is None
    held = Membership.objects.get(user=user)
    assert (held.role, held.unit_id, held.starts_on) == ("parent", cast.school.pk, cast.today)
    assert Parent.objects.get(pk=parent.pk).user == user
    assert LogEntry.objects.get(event="family-account-linked").subjects == [
        cast.pupils["own"].log_key
    ]
    with pytest.raises(Refused):
        act(accounts.link_account_to_parent, parent=parent, username="")


def test_somebody_who_works_here_keeps_one_account(cast, act):
    parent = _add(cast, act).parent
    link = accounts.link_account_to_parent
    user = act(link, parent=parent, username="Coordinator ", by="director")
    assert user == cast.coordinator
    assert set(user.memberships.values_list("role", flat=True)) == {"care-coordinator", "parent"}
    twin = _add(cast, act, "other").parent
    for taken in ("coordinator", "nobody-here"):
        with pytest.raises(Refused):
            act(link, parent=twin, username=taken, by="director")
    with pytest.raises(NotAllowed):
        act(accounts.link_account_to_parent, parent=twin, username="administrator")


@pytest.mark.promise("P5")
def test_a_pupil_gets_an_account_from_twelve(cast, act):
    cast.add_pupil("new_twelve", age=12)
    cast.add_pupil("unknown", age=None)
    for key in ("own", "unknown"):
        with pytest.raises(Refused):
            act(accounts.link_account_to_pupil, pupil=cast.pupils[key])
    user = act(accounts.link_account_to_pupil, pupil=cast.pupils["new_twelve"])
    assert Pupil.objects.get(user=user).pk == cast.pupils["new_twelve"].pk
    assert User.objects.get(pk=user.pk).memberships.get().role == "pupil"
    with pytest.raises(Refused):
        act(accounts.link_account_to_pupil, pupil=cast.pupils["new_twelve"])


def test_relation_changes_once(cast, act, link):
    of = link("parent", "own")
    for expected in (True, False):
        done = act(
            families.change_relation,
            link=of,
            relation="other",
            seen_before=seen.of_parenthood(of),
        )
        assert done is expected
    assert Parenthood.objects.get(pk=of.pk).relation == "other"
