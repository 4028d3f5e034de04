"""A secret address: seen by administrator and director of the child's school, nowhere else.

Each test first makes what could show, and shows it to somebody who may see it.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from access.errors import Refused
from students import seen
from students.actions import enrolments, families
from students.actions.authority import AuthorityData
from students.actions.enrolments import Transfer
from students.models import Enrolment, Parent, Parenthood

pytestmark = pytest.mark.promise("P22")

SECRET = ("Street-hidden", "City-hidden", "hidden@example.org", "06 12345678")


@pytest.fixture
def hidden(add_relative) -> Parent:
    """A parent of `own` with a secret address."""
    return add_relative("own", "hidden", secret=True)


def _pages(cast, hidden) -> list[str]:
    own = cast.pupils["own"].pk
    return [reverse("school_pupil", args=[own]), reverse("parent", args=[hidden.pk])]


@pytest.mark.parametrize("person", ["administrator", "director", "deputy"])
def test_the_keepers_of_the_school_see_it(cast, hidden, sign_in, person):
    client = sign_in(cast.people[person])
    for address in _pages(cast, hidden):
        text = client.get(address).content.decode()
        assert all(word in text for word in SECRET)


def test_the_board_officer_reads_that_the_school_keeps_it(cast, hidden, add_relative, sign_in):
    add_relative("own", "open")
    client = sign_in(cast.board_officer)
    client.cookies["django_language"] = "en"
    for address in _pages(cast, hidden):
        text = client.get(address).content.decode()
        assert "Secret address: kept by the school" in text
        assert not any(word in text for word in (*SECRET, "Street-open", "open@example.org"))


@pytest.mark.parametrize("person", ["other_director", "counsellor", "privacy_officer", "parent"])
def test_nobody_else_comes_near(cast, hidden, sign_in, person):
    client = sign_in(cast.people[person])
    for address in _pages(cast, hidden):
        page = client.get(address)
        assert page.status_code in (403, 404)
        assert not any(word in page.content.decode() for word in SECRET)


def test_a_search_for_candidates_never_shows_it(cast, hidden, add_relative, sign_in):
    add_relative("own", "open")
    client = sign_in(cast.administrator)
    address = reverse("find_parent", args=[cast.pupils["other"].pk])
    text = client.post(address, {"q": "sur-open"}).content.decode()
    assert "Street-open" in text
    text = client.post(address, {"q": "sur-hidden"}).content.decode()
    assert "Sur-hidden" in text
    assert "First-own Sur-own" in text
    assert not any(word in text for word in SECRET)
    for typed in ("Street-hidden", "City-hidden"):
        text = client.post(address, {"q": typed}).content.decode()
        assert "Sur-hidden" not in text
    link = reverse("link_parent", args=[cast.pupils["other"].pk, hidden.pk])
    text = client.get(link).content.decode()
    assert "Sur-hidden" in text
    assert not any(word in text for word in SECRET)


def test_a_school_the_child_left_sees_it_no_more(cast, hidden, act, stay, sign_in):
    own = stay("own")
    transfer = Transfer(cast.other_school, cast.today - timedelta(days=1), cast.today)
    act(
        enrolments.transfer_pupil,
        enrolment=own,
        transfer=transfer,
        seen_before=seen.of_enrolments(own.pupil),
    )
    there = sign_in(cast.other_director)
    for address in _pages(cast, hidden):
        text = there.get(address).content.decode()
        assert all(word in text for word in SECRET)
    here = sign_in(cast.administrator)
    for address in _pages(cast, hidden):
        page = here.get(address)
        assert page.status_code == 200
        assert not any(word in page.content.decode() for word in SECRET)
    change = reverse("change_parent", args=[hidden.pk])
    assert here.get(change).status_code == 403


def test_after_leaving_without_a_next_school_it_is_shown_to_nobody(cast, hidden, sign_in):
    yesterday = cast.today - timedelta(days=1)
    client = sign_in(cast.administrator)
    assert "Street-hidden" in client.get(_pages(cast, hidden)[1]).content.decode()
    Enrolment.objects.filter(pupil=cast.pupils["own"]).update(ends_on=yesterday)
    for address in _pages(cast, hidden):
        text = client.get(address).content.decode()
        assert not any(word in text for word in SECRET)


def test_the_other_parent_who_works_in_the_office_does_not_see_it(cast, hidden, sign_in):
    cast.add_person("parent", "administrator", cast.school.unit)
    other_office = sign_in(cast.administrator)
    assert "Street-hidden" in other_office.get(_pages(cast, hidden)[1]).content.decode()
    client = sign_in(cast.parent)
    for address in _pages(cast, hidden):
        page = client.get(address)
        assert page.status_code == 200
        assert not any(word in page.content.decode() for word in SECRET)
    for name in ("change_parent", "give_parent_account"):
        page = client.get(reverse(name, args=[hidden.pk]))
        assert page.status_code == 403
        assert not any(word in page.content.decode() for word in SECRET)
    find = reverse("find_parent", args=[cast.pupils["other"].pk])
    text = client.post(find, {"q": "hidden"}).content.decode()
    assert not any(word in text for word in SECRET)


def _go_away(cast, act, stay, pupil: str) -> None:
    """The pupil went to the other school yesterday."""
    own = stay(pupil)
    act(
        enrolments.transfer_pupil,
        enrolment=own,
        transfer=Transfer(cast.other_school, cast.today - timedelta(days=1), cast.today),
        seen_before=seen.of_enrolments(own.pupil),
    )


def test_a_school_the_child_left_cannot_fetch_it_back(cast, hidden, act, stay, sign_in):
    _go_away(cast, act, stay, "own")
    with pytest.raises(Refused, match="another school"):
        act(
            enrolments.return_pupil,
            pupil=cast.pupils["own"],
            school=cast.school,
            starts_on=cast.today,
            seen_before=seen.of_enrolments(cast.pupils["own"]),
        )
    # What a roster file can still say:
    Enrolment.objects.create(pupil=cast.pupils["own"], school=cast.school, starts_on=cast.today)
    Enrolment.objects.filter(pupil=cast.pupils["own"], school=cast.other_school).update(
        starts_on=cast.today - timedelta(days=1)
    )
    text = sign_in(cast.administrator).get(_pages(cast, hidden)[1]).content.decode()
    assert "Sur-hidden" in text
    assert "Street-hidden" not in text
    text = sign_in(cast.other_director).get(_pages(cast, hidden)[1]).content.decode()
    assert "Street-hidden" in text


def test_a_school_the_child_left_cannot_link_its_parent_to_see_it(cast, hidden, act, stay, sign_in):
    _go_away(cast, act, stay, "own")
    client = sign_in(cast.administrator)
    place = reverse("link_parent", args=[cast.pupils["other"].pk, hidden.pk])
    form = {"relation": "father", "authority": "unknown", "starts_on": "16-11-2026"}
    text = client.post(place, form).content.decode()
    assert not Parenthood.objects.filter(parent=hidden, pupil=cast.pupils["other"]).exists()
    assert not any(word in text for word in SECRET)
    with pytest.raises(Refused, match="secret"):
        act(
            families.link_parent,
            pupil=cast.pupils["other"],
            parent=hidden,
            relation="father",
            authority=AuthorityData("unknown", cast.today),
        )
