"""Agreements on paper, chosen like notes; and what the log says of every print."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.urls import reverse
from pypdf import PdfReader

from access.acting import acting_as
from audit.lines import lines
from audit.models import LogEntry
from dossiers.actions.agreements import AgreementText, close_agreement, make_agreement
from pdf import making, papers

PURPOSE = "overleg met de ouders"


@pytest.fixture(autouse=True)
def papers_made_here(monkeypatch) -> None:
    monkeypatch.setattr(
        papers, "_made", lambda html, pictures, pages: making.made(html, pictures, pages=pages)
    )


@pytest.fixture
def agree(cast):
    def agreement(text: str, *, days_ago: int = 0, closed: bool = False):
        with acting_as(cast.counsellor, on=cast.today):
            made = make_agreement(
                part=cast.part("own", "agreements"),
                text=AgreementText(text, "[[moeder]]"),
                made_on=cast.today - timedelta(days=days_ago),
                review_on=cast.today,
                by=cast.counsellor,
                on=cast.today,
            )
            if closed:
                close_agreement(agreement=made, by=cast.counsellor, on=cast.today)
        return made

    return agreement


def address(cast, name, part="agreements") -> str:
    return reverse(name, args=[cast.dossier("own").pk, part])


def text_of(response) -> str:
    assert response.headers["Content-Type"] == "application/pdf", response.text
    reader = PdfReader(io.BytesIO(response.content))
    return " ".join("\n".join(page.extract_text() for page in reader.pages).split())


def test_agreements_are_chosen_like_notes_and_say_how_they_stand(cast, agree, sign_in):
    wanted = agree("Elke week lezen met [[Broer-marker]].", days_ago=3)
    agree("Anders-marker")
    closed = agree("Gesloten-marker", closed=True)
    client = sign_in(cast.counsellor)
    page = client.get(address(cast, "choose_print") + f"?agreement={wanted.pk}").text
    assert "Elke week lezen met Broer-marker." in page
    assert "Gesloten-marker · closed" in page
    assert page.count(" checked") == 1
    sent = {"agreements": [wanted.pk, closed.pk], "purpose": PURPOSE}
    text = text_of(client.post(address(cast, "print_part"), sent))
    assert "Agreement of 13 November 2026" in text
    assert "Elke week lezen met About somebody else: Broer-marker" in text
    assert "look again on 16 November 2026" in text
    assert "closed on 16 November 2026" in text
    assert "Anders-marker" not in text
    everything = {"everything": "on", "purpose": PURPOSE}
    assert "Anders-marker" in text_of(client.post(address(cast, "print_part"), everything))
    assert "Anders-marker" not in client.get(address(cast, "choose_print", "guidance")).text


def test_the_log_names_by_key_what_was_printed_and_nothing_more(cast, agree, write, sign_in):
    first, other = agree("Elke week lezen."), agree("Anders.")
    client = sign_in(cast.counsellor)
    text_of(
        client.post(address(cast, "print_part"), {"agreements": [first.pk], "purpose": PURPOSE})
    )
    row = LogEntry.objects.get(event="printed")
    assert row.additional_data["printed"] == {"agreements": [str(first.pk)]}
    assert lines([row], {})[0].fields == "1 item"
    note = write()
    sent = {"everything": "on", "purpose": PURPOSE}
    text_of(client.post(address(cast, "print_part", "guidance"), sent))
    row = LogEntry.objects.filter(event="printed").latest("timestamp")
    assert row.additional_data["printed"] == {"notes": [str(note.pk)]}
    client.post(address(cast, "print_part"), {"agreements": [other.pk]})  # without a purpose
    assert "printed" not in LogEntry.objects.latest("timestamp").additional_data


@pytest.mark.parametrize("number", [2, 30])
def test_a_print_asks_as_much_for_two_agreements_as_for_thirty(
    cast, agree, sign_in, monkeypatch, number, django_assert_num_queries
):
    monkeypatch.setattr(papers, "make", lambda *args, **options: b"%PDF-")
    for n in range(number):
        agree(f"Row-{n}")
    client = sign_in(cast.counsellor)
    sent = {"everything": "on", "purpose": PURPOSE}
    client.post(address(cast, "print_part"), sent)
    with django_assert_num_queries(15):
        assert client.post(address(cast, "print_part"), sent).status_code == 200
