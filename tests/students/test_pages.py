"""Every page of the administration opens for whom it is meant, and for nobody else."""

from __future__ import annotations

import pytest
from django.urls import reverse

from audit.models import LogEntry
from students.models import Location, Representative

PUPIL_PAGES = ("school_pupil", "change_pupil", "return_pupil", "give_pupil_account")
FAMILY_PAGES = ("find_parent", "add_parent", "add_representative")
STAY_PAGES = ("record_leaving", "undo_leaving", "move_group", "transfer_pupil")
LINK_PAGES = ("record_authority", "change_relation", "unlink_parent")


def _addresses(cast, stay, link) -> dict[str, str]:
    own = cast.pupils["own"]
    parent = link("parent", "own").parent
    addresses = {name: reverse(name, args=[own.pk]) for name in PUPIL_PAGES + FAMILY_PAGES}
    addresses |= {name: reverse(name, args=[stay("own").pk]) for name in STAY_PAGES}
    addresses |= {name: reverse(name, args=[link("parent", "own").pk]) for name in LINK_PAGES}
    for name in ("parent", "change_parent", "give_parent_account"):
        addresses[name] = reverse(name, args=[parent.pk])
    addresses["link_parent"] = reverse("link_parent", args=[cast.pupils["other"].pk, parent.pk])
    addresses["school_pupils"] = reverse("school_pupils")
    addresses["enrol_pupil"] = reverse("enrol_pupil", args=[cast.school.pk])
    return addresses


NEITHER = (
    "counsellor",
    "coordinator",
    "school_doctor",
    "privacy_officer",
    "fg",
    "parent",
    "former",
)
LOOKS = {"school_pupil", "parent", "school_pupils"}


@pytest.mark.promise("P24")
@pytest.mark.parametrize(
    "person", ["administrator", "director", "deputy", "board_officer", "other_director", *NEITHER]
)
def test_each_page_opens_for_whoever_keeps_the_administration(cast, stay, link, sign_in, person):
    client = sign_in(cast.people[person])
    for name, address in _addresses(cast, stay, link).items():
        status = client.get(address).status_code
        if person in ("administrator", "director", "deputy"):
            expected = 200
        elif person == "board_officer":
            expected = 200 if name in LOOKS else 403
        elif person == "other_director":
            expected = 200 if name == "school_pupils" else 404
        else:
            expected = 403
        assert status == expected, name


def test_each_page_names_the_pupil_in_the_log(cast, stay, link, sign_in):
    client = sign_in(cast.administrator)
    for name, address in _addresses(cast, stay, link).items():
        if name == "enrol_pupil":  # nobody is shown yet
            continue
        assert client.get(address).status_code == 200
        row = LogEntry.objects.latest("timestamp")
        assert row.additional_data["page"] == name
        assert cast.pupils["own"].log_key in row.subjects, name
        assert row.ground == "administration"


def test_the_page_shows_the_administration_and_nothing_of_the_dossier(cast, sign_in):
    Representative.objects.create(
        pupil=cast.pupils["own"],
        kind="voogd",
        name="Voogd-marker",
        court_decision="Court-marker",
        starts_on="2024-01-01",
    )
    with_note = _write_a_note(cast)
    page = sign_in(cast.administrator).get(reverse("school_pupil", args=[cast.pupils["own"].pk]))
    text = page.content.decode()
    for seen in ("First-own Sur-own", "15 November 2017", "Voogd-marker", "Court-marker", "6A"):
        assert seen in text
    assert "Sur-parent" in text
    for hidden in ("Title-marker", "Facts-marker", str(with_note)):
        assert hidden not in text


def _write_a_note(cast):
    from access.acting import acting_as
    from dossiers.actions.notes import NoteText, write_note

    with acting_as(cast.counsellor, on=cast.today):
        return write_note(
            part=cast.part("own"),
            text=NoteText("Title-marker", "Facts-marker", "Opinion-marker"),
            happened_on=cast.today,
            by=cast.counsellor,
            on=cast.today,
        ).pk


@pytest.mark.promise("P5")
@pytest.mark.parametrize(
    ("pupil", "words"),
    [
        ("eleven", "Under 12 the parents answer"),
        ("twelve", "From 12 to 16 parents and pupil answer together"),
        ("fifteen", "From 12 to 16 parents and pupil answer together"),
        ("sixteen", "From 16 the pupil alone answers"),
    ],
)
def test_the_page_says_who_answers(cast, sign_in, pupil, words):
    client = sign_in(cast.administrator)
    address = reverse("school_pupil", args=[cast.pupils[pupil].pk])
    text = client.get(address, headers={"Accept-Language": "en"}).content.decode()
    assert words in text


def test_contact_data_of_a_representative_are_for_the_keepers(cast, sign_in):
    Representative.objects.filter(pupil=cast.pupils["eleven"]).update(email="voogd@example.org")
    address = reverse("school_pupil", args=[cast.pupils["eleven"].pk])
    for person, seen in (("administrator", True), ("director", True), ("board_officer", False)):
        text = sign_in(cast.people[person]).get(address).content.decode()
        assert "Demo Voogd" in text
        assert ("voogd@example.org" in text) is seen


@pytest.mark.promise("P5")
def test_an_unknown_birth_date_is_asked_for(cast, sign_in):
    cast.add_pupil("unknown", age=None)
    client = sign_in(cast.administrator)
    address = reverse("school_pupil", args=[cast.pupils["unknown"].pk])
    text = client.get(address, headers={"Accept-Language": "en"}).content.decode()
    assert "treated as under 12" in text
    assert "Fill in the date of birth" in text


def test_the_organisation_is_for_director_administrator_and_board_officer(cast, sign_in):
    location = Location.objects.create(school=cast.school, name="Gebouw Noord")
    board = ("add_school", "add_school_year")
    addresses = {name: reverse(name, args=[cast.board.pk]) for name in board}
    addresses["change_school_year"] = reverse("change_school_year", args=[cast.year.pk])
    addresses["change_region"] = reverse("change_region", args=[cast.school.pk])
    for name in ("school", "add_location"):
        addresses[name] = reverse(name, args=[cast.school.pk])
    addresses["organisation"] = reverse("organisation")
    addresses["rename_location"] = reverse("rename_location", args=[location.pk])
    addresses["rename_group"] = reverse("rename_group", args=[cast.group.pk])
    addresses["add_group"] = reverse("add_group", args=[cast.school.pk, cast.year.pk])
    of_the_board = {"add_school", "add_school_year", "change_school_year", "change_region"}
    both = {"school", "organisation"}
    for person, opens in (
        ("administrator", set(addresses) - of_the_board),
        ("director", set(addresses) - of_the_board),
        ("board_officer", of_the_board | both),
        ("counsellor", set()),
    ):
        client = sign_in(cast.people[person])
        for name, address in addresses.items():
            expected = 200 if name in opens else 403
            assert client.get(address).status_code == expected, (person, name)
    client = sign_in(cast.other_director)
    for name in set(addresses) - of_the_board - {"organisation"}:
        assert client.get(addresses[name]).status_code == 404, name
    text = client.get(addresses["organisation"]).content.decode()
    assert "De Demovijver" in text
    assert "De Demobongerd" not in text
