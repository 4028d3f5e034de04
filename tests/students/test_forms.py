"""What is sent to the pages: done once, refused with a reason, or made harmless."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from audit.models import LogEntry
from students.models import Authority, Group, Parent, ParentAddress, Pupil, School, SchoolYear

BSN = "111222333"  # passes the test of eleven


def _seen(client, address: str) -> str:
    return re.search(r'name="seen" value="([0-9a-f]*)"', client.get(address).content.decode())[1]


def _change(client, address: str, **data):
    return client.post(address, {"seen": _seen(client, address), **data})


@pytest.fixture
def names(cast):
    """The page that changes the names of `own`."""
    return reverse("change_pupil", args=[cast.pupils["own"].pk])


def test_a_saved_form_goes_back_and_says_so(cast, sign_in, names):
    client = sign_in(cast.administrator)
    page = _change(client, names, first_name="Nieuw", surname="Naam", infix="de")
    back = reverse("school_pupil", args=[cast.pupils["own"].pk])
    assert (page.status_code, page["Location"]) == (302, back)
    assert "Nieuw de Naam" in client.get(back).content.decode()
    assert LogEntry.objects.get(event="pupil-changed").actor_role == "administrator"


def test_a_form_that_changes_nothing_says_so_and_records_nothing(cast, sign_in, names):
    client = sign_in(cast.administrator)
    pupil = cast.pupils["own"]
    page = _change(
        client,
        names,
        first_name=pupil.first_name,
        surname=pupil.surname,
        birth_date=pupil.birth_date.isoformat(),
    )
    assert page.status_code == 302
    client.cookies["django_language"] = "en"
    assert "Nothing was different" in client.get(page["Location"]).content.decode()
    assert not LogEntry.objects.filter(event="pupil-changed").exists()


@pytest.mark.parametrize("saw", ["", "0" * 24, "x" * 64])
def test_a_form_of_what_is_no_longer_so_is_told(cast, sign_in, names, saw):
    client = sign_in(cast.administrator)
    client.cookies["django_language"] = "en"
    page = client.post(names, {"seen": saw, "first_name": "Ander", "surname": "Mens"})
    assert page.status_code == 200
    assert "Somebody else changed this" in page.content.decode()
    assert 'value="Ander"' in page.content.decode()
    assert Pupil.objects.get(pk=cast.pupils["own"].pk).first_name == "First-own"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("<b>Noor</b>", "<b>Noor</b>"),
        ("\u202eNoor\u2066", "Noor"),
        ("No\x00or", "Noor"),
        ("  Noor \t Fatima ", "Noor Fatima"),
        ("\u200fنور", "نور"),
        ("=1+1", "=1+1"),
        ("{{ 7 }}{% now %}", "{{ 7 }}{% now %}"),
    ],
)
def test_hostile_names_become_harmless(cast, sign_in, names, typed, kept):
    client = sign_in(cast.administrator)
    assert _change(client, names, first_name=typed, surname="Naam").status_code == 302
    pupil = Pupil.objects.get(pk=cast.pupils["own"].pk)
    assert pupil.first_name == kept
    for address in (reverse("school_pupil", args=[pupil.pk]), reverse("school_pupils")):
        text = client.get(address).content.decode()
        assert "<b>Noor" not in text
        assert "\u202e" not in text


@pytest.mark.parametrize(
    "data",
    [
        {"first_name": "x" * 10_000, "surname": "Naam"},
        {"first_name": "", "surname": ""},
        {"first_name": "Noor", "surname": "Naam", "birth_date": "31-02-2016"},
        {"first_name": "Noor", "surname": "Naam", "birth_date": "2999-01-01"},
        {"first_name": "Noor", "surname": f"Naam {BSN}"},
        {"first_name": "Noor", "surname": "Naam 1112.22.333"},
    ],
)
def test_what_can_not_be_is_refused_and_nothing_changes(cast, sign_in, names, data):
    client = sign_in(cast.administrator)
    page = _change(client, names, **data)
    assert page.status_code == 200
    assert 'class="error-summary"' in page.content.decode()
    assert Pupil.objects.get(pk=cast.pupils["own"].pk).first_name == "First-own"


def test_a_long_name_of_letters_that_grow_is_kept_whole(cast, sign_in, names):
    long = "\ufdfa" * 200  # one letter that becomes eighteen in plain letters
    assert _change(sign_in(cast.administrator), names, surname=long).status_code == 302
    assert Pupil.objects.get(pk=cast.pupils["own"].pk).surname == long


def _new_parent(**changes) -> dict[str, str]:
    return {
        "relation": "father",
        "first_name": "Ada",
        "surname": "Wit",
        "value": "yes",
        "starts_on": "2025-01-01",
        "source": "register",
        "street": "Laan 1",
    } | changes


def test_a_parent_of_the_same_name_is_shown_before_somebody_is_added(cast, sign_in):
    client = sign_in(cast.administrator)
    client.cookies["django_language"] = "en"
    own, other = (reverse("add_parent", args=[cast.pupils[k].pk]) for k in ("own", "other"))
    assert client.post(own, _new_parent()).status_code == 302
    page = client.post(other, _new_parent(surname="WIT", first_name="ada"))
    text = page.content.decode()
    assert page.status_code == 200
    assert "A parent with this name is known already" in text
    assert "First-own Sur-own" in text
    row = LogEntry.objects.latest("timestamp")
    assert set(row.subjects) == {cast.pupils["own"].log_key, cast.pupils["other"].log_key}
    assert Parent.objects.filter(search_name=" ada wit").count() == 1
    again = client.post(other, _new_parent(is_another="on"))
    assert again.status_code == 302
    assert Parent.objects.filter(search_name=" ada wit").count() == 2


def test_a_source_is_asked_for(cast, sign_in, link):
    client = sign_in(cast.administrator)
    address = reverse("record_authority", args=[link("parent", "own").pk])
    page = _change(client, address, value="no", starts_on="2026-01-01", source=" ")
    assert page.status_code == 200
    assert Authority.objects.filter(parenthood=link("parent", "own")).count() == 1


def test_a_pupil_of_the_same_name_is_shown_before_one_is_enrolled(cast, sign_in):
    client = sign_in(cast.administrator)
    client.cookies["django_language"] = "en"
    address = reverse("enrol_pupil", args=[cast.school.pk])
    data = {"first_name": "First-own", "surname": "Sur-own", "starts_on": "2026-11-16"}
    page = client.post(address, data)
    assert "A pupil with this name is known already" in page.content.decode()
    assert LogEntry.objects.latest("timestamp").subjects == [cast.pupils["own"].log_key]
    page = client.post(address, data | {"is_another": "on"})
    assert page.status_code == 302
    assert Pupil.objects.filter(surname="Sur-own").count() == 2


def test_a_change_of_somebody_elses_pupil_is_refused(cast, sign_in, names):
    client = sign_in(cast.other_director)
    page = client.post(names, {"first_name": "Ander", "surname": "Mens"})
    assert page.status_code == 404
    assert sign_in(cast.board_officer).post(names, {"first_name": "X"}).status_code == 403


def test_a_refusal_to_handle_an_own_child_says_why(cast, sign_in, names):
    cast.add_person("parent", "administrator", cast.school.unit)
    client = sign_in(cast.parent)
    client.cookies["django_language"] = "en"
    page = client.get(names)
    assert page.status_code == 403
    assert "Nobody handles matters of their own child" in page.content.decode()
    text = client.get(reverse("school_pupil", args=[cast.pupils["own"].pk])).content.decode()
    assert "You are a parent of this pupil" in text
    assert names not in text


# --- the organisation ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("brin", "added"),
    [("12ab", True), ("12AB01", True), ("12 ab", True), ("1AB", False), ("AB12", False)],
)
def test_a_school_has_a_brin_code(cast, sign_in, brin, added):
    client = sign_in(cast.board_officer)
    address = reverse("add_school", args=[cast.board.pk])
    page = client.post(address, {"name": "De Nieuwe", "brin": brin, "region": "noord"})
    assert page.status_code == (302 if added else 200)
    assert School.objects.filter(unit__name="De Nieuwe").exists() is added


def test_a_brin_code_belongs_to_one_school(cast, sign_in):
    address = reverse("add_school", args=[cast.board.pk])
    data = {"name": "De Nieuwe", "brin": cast.school.brin, "region": "noord"}
    assert sign_in(cast.board_officer).post(address, data).status_code == 200
    assert School.objects.count() == 2


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "saved"),
    [
        ("2027-08-01", "2028-07-31", True),
        ("2027-08-15", "2028-08-14", True),
        ("2027-07-31", "2028-07-30", False),  # shares a day with this school year
        ("2028-07-31", "2027-08-01", False),
        ("2027-08-01", "2027-09-01", False),
        ("2027-08-01", "2037-07-31", False),
    ],
)
def test_school_years_do_not_overlap(cast, sign_in, starts_on, ends_on, saved):
    client = sign_in(cast.board_officer)
    address = reverse("add_school_year", args=[cast.board.pk])
    page = client.get(address)
    assert 'value="2027-08-01"' in page.content.decode()
    assert 'value="2028-07-31"' in page.content.decode()
    page = client.post(address, {"starts_on": starts_on, "ends_on": ends_on})
    assert page.status_code == (302 if saved else 200)
    assert SchoolYear.objects.filter(name="2027-2028").exists() is saved
    assert LogEntry.objects.filter(event="school-year-added").exists() is saved


def test_the_board_sets_other_dates_for_a_school_year(cast, sign_in):
    client = sign_in(cast.board_officer)
    address = reverse("change_school_year", args=[cast.year.pk])
    data = {"starts_on": "2026-08-17", "ends_on": "2027-08-15"}
    assert _change(client, address, **data).status_code == 302
    cast.year.refresh_from_db()
    assert cast.year.starts_on.isoformat() == "2026-08-17"


def test_a_group_has_a_name_of_its_own_in_its_school_year(cast, sign_in):
    client = sign_in(cast.administrator)
    address = reverse("add_group", args=[cast.school.pk, cast.year.pk])
    assert client.post(address, {"name": "7B", "year_group": "7"}).status_code == 302
    assert client.post(address, {"name": "7b", "year_group": "7"}).status_code == 200
    group = Group.objects.get(name="7B")
    rename = reverse("rename_group", args=[group.pk])
    assert _change(client, rename, name="6a").status_code == 200
    assert _change(client, rename, name="7C").status_code == 302
    group.refresh_from_db()
    assert group.name == "7C"
    events = {"group-added", "group-renamed"}
    assert LogEntry.objects.filter(event__in=events).count() == 2


def test_a_location_is_added_and_renamed(cast, sign_in):
    client = sign_in(cast.director)
    add = reverse("add_location", args=[cast.school.pk])
    assert client.post(add, {"name": "Noord"}).status_code == 302
    assert client.post(add, {"name": "noord"}).status_code == 200
    location = cast.school.locations.get()
    rename = reverse("rename_location", args=[location.pk])
    assert client.post(rename, {"name": "Zuid"}).status_code == 302
    assert client.post(rename, {"name": "Zuid"}).status_code == 302
    events = ("location-added", "location-renamed")
    assert [LogEntry.objects.filter(event=event).count() for event in events] == [1, 1]


def test_an_address_is_kept_with_its_parent(cast, sign_in):
    client = sign_in(cast.administrator)
    add = reverse("add_parent", args=[cast.pupils["own"].pk])
    client.post(add, _new_parent(is_secret="on", phone="06 1234 5678"))
    address = ParentAddress.objects.get(street="Laan 1")
    assert address.is_secret
    change = reverse("change_parent", args=[address.parent_id])
    page = _change(client, change, surname="Wit", first_name="Ada", street="Laan 2", phone="x")
    assert page.status_code == 200
    page = _change(client, change, surname="Wit", first_name="Ada", street="Laan 2")
    assert page.status_code == 302
    address.refresh_from_db()
    assert (address.street, address.is_secret) == ("Laan 2", False)
