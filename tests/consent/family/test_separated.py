"""Separated parents: whatever the other does, a parent's own pages are the same to the letter."""

from __future__ import annotations

import io
import re

import pytest
from django.core import mail
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pypdf import PdfReader

from consent.actions import matters
from consent.models import Answer, Receipt
from pdf import making, papers
from students.models import Parent, ParentAddress

pytestmark = [pytest.mark.promise("P5"), pytest.mark.promise("P20"), pytest.mark.promise("P22")]
SECRETS = ("Qother", "Street-Qother", "Qother@example.org", "0612345678", "Demo parent_teacher")
_CHANGES = re.compile(
    r'data-seconds="[^"]+"'
    r"|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|(?:[a-z2-9]{4}-){4}[a-z2-9]{4}"
    r"|\d\d:\d\d"
)


@pytest.fixture(autouse=True)
def papers_made_here(monkeypatch) -> None:
    monkeypatch.setattr(
        papers, "_made", lambda html, pictures, pages: making.made(html, pictures, pages=pages)
    )


@pytest.fixture
def other(asked):
    """The other parent of the child, with authority and a secret address."""
    row = asked.cast.parent_teacher.known_as_parent.get()
    Parent.objects.filter(pk=row.pk).update(
        first_name="Qother", surname="Qother", email="Qother@example.org", phone="0612345678"
    )
    ParentAddress.objects.filter(parent=row).update(street="Street-Qother 1", is_secret=True)
    return row


def refuses(asked) -> None:
    asked.says("parent_teacher", "own", False)


def agrees_and_withdraws(asked) -> None:
    asked.says("parent_teacher", "own", True)
    asked.says("parent_teacher", "own", False)


def about(asked, words: str) -> matters.About:
    return matters.About(asked.cast.pupils["own"], asked.cast.school, words)


def objects(asked) -> None:
    what = about(asked, "The pupil does not want this at all")
    asked.act(matters.record_objection, by="counsellor", about=what, comes_from="pupil")


def is_threatened(asked) -> None:
    what = about(asked, "There is a threat against the family")
    asked.act(matters.place_safety_block, by="director", about=what)


def stays_silent(asked) -> None:
    """Nothing."""


def all_pages(family) -> tuple[dict[str, str], dict[str, int], str]:
    """Everything a parent gets on the way from home to a paper, with what differs by itself out."""
    client, seen, counts = family.client, {}, {}

    def look(name: str, answer) -> None:
        counts[name] = len(asked)
        headers = "\n".join(f"{key}: {value}" for key, value in answer.headers.items())
        seen[name] = answer.content.decode(errors="replace") + headers

    pages = {name: reverse(name) for name in ("home", "my_children", "my_data")}
    pages["questions"] = family.questions("own")
    chosen = family.choose("parent", "own", website=True)["Location"]
    for name, address in {**pages, "sign": chosen}.items():
        with CaptureQueriesContext(connection) as asked:
            answer = client.get(address)
        look(name, answer)
    with CaptureQueriesContext(connection) as asked:
        signed = client.post(chosen)
    look("signed", signed)
    receipt = Receipt.objects.get(signed_by=family.asked.cast.parent)
    pages |= {
        "receipt": reverse("receipt", args=[receipt.pk]),
        "earlier": reverse("earlier_answers", args=[family.asked.cast.pupils["own"].pk]),
    }
    for name, address in pages.items():
        with CaptureQueriesContext(connection) as asked:
            answer = client.get(address)
        look(f"{name} afterwards", answer)
    paper = client.post(reverse("receipt_paper", args=[receipt.pk])).content
    read = PdfReader(io.BytesIO(paper))
    said = "\n".join(page.extract_text() for page in read.pages) + str(read.metadata)
    return {name: _CHANGES.sub("", page) for name, page in seen.items()}, counts, said


def test_whatever_the_other_parent_does_the_own_pages_are_the_same_to_the_letter(
    asked, family, enter, other
):
    asked.ask("own")
    enter("parent")
    family.client.get(reverse("home"))
    found = {}
    for does in (
        stays_silent, refuses, agrees_and_withdraws, objects, is_threatened,
    ):  # fmt: skip
        point = transaction.savepoint()
        does(asked)
        found[does.__name__] = all_pages(family)
        transaction.savepoint_rollback(point)
    pages, counts, paper = found.pop("stays_silent")
    everything = "".join(pages.values()) + paper + "".join(str(sent.body) for sent in mail.outbox)
    assert not [word for word in SECRETS if word in everything]
    assert "may not" in pages["my_children"]
    for name, (others, their_counts, their_paper) in found.items():
        for page, text in pages.items():
            assert others[page] == text, f"{name} tells on {page}"
        assert their_counts == counts, f"{name} asks the database another number of times"
        assert _CHANGES.sub("", their_paper) == _CHANGES.sub("", paper)


def test_what_would_show_the_difference_is_there(asked, other):
    """Otherwise the test above compared nothing with nothing."""
    asked.ask("own")
    held = {}
    for does in (stays_silent, refuses, objects, is_threatened):
        point = transaction.savepoint()
        does(asked)
        held[does.__name__] = asked.holds("own").reason
        transaction.savepoint_rollback(point)
    assert len(set(held.values())) == 4
    assert not Answer.objects.exists()
