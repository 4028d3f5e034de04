"""Codes for one person: shown once, mailed or in a letter; which one stands; ending one."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from consent.actions.codes import try_code
from consent.models import Code
from consent.views.pupil import codes
from students.models import Parent

pytestmark = pytest.mark.promise("P13")
_WORDS = re.compile(r">\s*[a-z2-9]{5}-[a-z2-9]{4}-[a-z2-9]{4}\s*<")


@pytest.fixture
def slug(asked) -> str:
    """A parent as an address says it."""
    return f"parent-{Parent.objects.get(user=asked.cast.parent).pk}"


def test_the_words_of_a_code_show_once_and_the_page_afterwards_says_only_that_it_stands(
    asked, at, slug
):
    page = at("administrator", "give_code", slug, data={"way": "hand"})
    words = page.context["words"]
    assert len(_WORDS.findall(page.content.decode())) == page.content.decode().count(words) == 1
    assert asked.act(try_code, by="parent", typed=words) == Code.objects.get()
    again = at("administrator", "give_code", slug).content.decode()
    assert "A code is open" in again
    assert words not in again
    assert not _WORDS.findall(again)
    assert "open until" in at("director", "pupil_consent_at").content.decode()


def test_a_second_press_makes_another_and_ends_the_first(asked, at, slug):
    pages = [at("administrator", "give_code", slug, data={"way": "hand"}) for _press in range(2)]
    first, second = (page.context["words"] for page in pages)
    assert asked.act(try_code, by="parent", typed=first) is None
    assert asked.act(try_code, by="parent", typed=second) is not None


def test_a_code_is_withdrawn_once_and_only_where_consent_is_kept(asked, at, slug, client, sign_in):
    at("administrator", "give_code", slug, data={"way": "hand"})
    code = Code.objects.get()
    address = reverse("withdraw_code", args=[code.pk])
    asked.cast.add_person("parent_teacher", "director", asked.cast.school.unit)
    for who in ("counsellor", "other_director", "parent", "parent_teacher"):
        sign_in(asked.cast.people[who])
        assert client.post(address).status_code in {403, 404}, who
    sign_in(asked.cast.deputy)
    assert b"It opens nothing any more." in client.post(address, follow=True).content
    assert client.post(address).status_code == 404
    code.refresh_from_db()
    assert code.withdrawn_by == asked.cast.deputy


def test_who_can_have_no_code_has_no_page_for_it(asked, at):
    voogd = asked.cast.pupils["eleven"].representatives.get()
    other = Parent.objects.get(user=asked.cast.parent)
    for pupil, person in [
        ("eleven", "pupil"),
        ("eleven", f"representative-{voogd.pk}"),
        ("other", f"parent-{other.pk}"),
    ]:
        assert at("administrator", "give_code", person, pupil=pupil).status_code == 404, person
    page = at("administrator", "give_code", "pupil", pupil="twelve", data={"way": "hand"})
    assert _WORDS.findall(page.content.decode())


def test_a_mail_goes_only_to_an_address_of_ones_own_and_a_letter_downloads_once(
    asked, at, slug, mailoutbox, monkeypatch
):
    Parent.objects.filter(user=asked.cast.parent).update(email="demo@example.org", user=None)
    page = at("administrator", "give_code", slug, data={"way": "mail"}, follow=True)
    assert b"The code is on its way by e-mail." in page.content
    assert "First-own" not in mailoutbox[0].body + mailoutbox[0].subject
    Parent.objects.filter(user=asked.cast.parent_teacher).update(email="demo@example.org")
    page = at("administrator", "give_code", slug, data={"way": "mail"}, follow=True)
    assert b"No code was made" in page.content
    assert b"the same e-mail address" in page.content
    monkeypatch.setattr(codes, "write_letter", lambda **details: b"%PDF letter")
    letter = at("administrator", "give_code", slug, data={"way": "letter"})
    assert letter.content == b"%PDF letter"
    assert letter.headers["Content-Disposition"].startswith("attachment")
