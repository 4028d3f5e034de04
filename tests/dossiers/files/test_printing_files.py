"""Files in a print: pages as pictures with words, text as text, the others listed."""

from __future__ import annotations

import io
import time

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pypdf import PdfReader
from weasyprint import HTML

from access.acting import acting_as
from audit.models import LogEntry
from dossiers import documents
from dossiers.actions.files import Sent, add_files, withdraw_file
from files import previews
from files.errors import Reason as WhyNot
from files.errors import Unwelcome
from files.intake import take_in
from pdf import making, papers
from tests.files.corpus import picture
from tests.files.documents import office
from vault import blobs

PURPOSE = "overleg met de logopedist"


@pytest.fixture(autouse=True)
def papers_made_here(monkeypatch) -> None:
    monkeypatch.setattr(
        papers, "_made", lambda html, pictures, pages: making.made(html, pictures, pages=pages)
    )


@pytest.fixture
def put(cast, folder):
    """Takes a file in, sandbox and all, and adds it to a part of the counsellor's pupil."""

    def file(data: bytes, name: str, part: str = "guidance"):
        with acting_as(cast.counsellor, on=cast.today):
            (result,) = add_files(
                part=cast.part("own", part),
                sent=[Sent(name, lambda: take_in(data, name=name))],
                by=cast.counsellor,
                on=cast.today,
            )
        assert result.file, result.refusal
        return result.file

    return file


def letter(pages: int) -> bytes:
    """A PDF of so many pages, each with a word of its own."""
    body = "".join(f"<p style='break-after: page'>Bladzij-{n}</p>" for n in range(1, pages + 1))
    return HTML(
        string=f"<style>p:last-child {{ break-after: auto !important }}</style>{body}"
    ).write_pdf()


def address(cast, name="print_part", part="guidance") -> str:
    return reverse(name, args=[cast.dossier("own").pk, part])


def printed(client, cast, **sent) -> PdfReader:
    response = client.post(address(cast), {"purpose": PURPOSE, **sent})
    assert response.headers["Content-Type"] == "application/pdf", response.content.decode()
    return PdfReader(io.BytesIO(response.content))


def text_of(reader: PdfReader) -> str:
    return " ".join("\n".join(page.extract_text() for page in reader.pages).split())


def alternatives(reader: PdfReader) -> list[str]:
    """What a screen reader says for each picture."""
    found, waiting = [], [reader.trailer["/Root"]["/StructTreeRoot"]["/K"]]
    while waiting:
        node = waiting.pop(0)
        node = node.get_object() if hasattr(node, "get_object") else node
        if isinstance(node, list):
            waiting = [*node, *waiting]
        elif isinstance(node, dict) and "/S" in node:
            if node["/S"] == "/Figure":
                found.append(node["/Alt"])
            waiting = [node.get("/K", []), *waiting]
    return found


def test_each_page_of_a_file_is_a_picture_with_words(cast, put, sign_in):
    put(letter(3), "brief.pdf")
    put(picture(), "foto.jpg")
    reader = printed(sign_in(cast.counsellor), cast, everything="on")
    assert alternatives(reader) == [
        "Page 1 of foto.jpg",
        "Page 1 of brief.pdf",
        "Page 2 of brief.pdf",
        "Page 3 of brief.pdf",
    ]
    assert len({image.name for page in reader.pages for image in page.images}) == 4
    text = " ".join("\n".join(page.extract_text() for page in reader.pages).split())
    assert "Page 3 of brief.pdf" in text
    assert "Bladzij" not in text  # a picture, not the file's own text
    for page in reader.pages:
        assert page.extract_text().count(PURPOSE) == 4  # across the page, and in words below
        assert {image.name.rpartition(".")[2] for image in page.images} <= {"jpg"}


def test_text_is_text_and_what_cannot_be_shown_is_listed(cast, put, sign_in):
    put(b"Rekenen gaat goed.\n<b>klok</b> & {{ meer }}", "verslag.txt")
    message = (
        b"From: Jan <jan@example.org>\nTo: els@example.org\nMessage-ID: <1@a>\n"
        b"Date: Mon, 02 Nov 2026 10:15:00 +0100\nSubject: Afspraak\n\nTot morgen."
    )
    put(message, "bericht.eml")
    put(office("xlsx"), "lijst.xlsx")
    reader = printed(sign_in(cast.counsellor), cast, everything="on")
    text = " ".join("\n".join(page.extract_text() for page in reader.pages).split())
    assert "Rekenen gaat goed. <b>klok</b> & {{ meer }}" in text
    assert "From: Jan <jan@example.org> To: els@example.org" in text
    assert "Date: 2 November 2026, 10:15 Subject: Afspraak Tot morgen." in text
    assert "lijst.xlsx" in text
    assert text.count("This file can't be printed here. Download it in the portal.") == 1


def test_only_chosen_files_that_are_still_there_are_printed(cast, put, sign_in):
    wanted, other = put(b"een", "gewenst.txt"), put(b"twee", "anders.txt")
    gone = put(b"drie", "weg.txt")
    with acting_as(cast.counsellor, on=cast.today):
        withdraw_file(file=gone, by=cast.counsellor, on=cast.today)
    elsewhere = put(b"vier", "zorg.txt", part="care")
    client = sign_in(cast.counsellor)
    page = client.get(address(cast, "choose_print") + f"?file={wanted.pk}").content.decode()
    assert "gewenst.txt" in page
    assert "anders.txt" in page
    assert "weg.txt" not in page
    assert page.count(" checked") == 1
    reader = printed(client, cast, documents=[wanted.pk])
    text = "".join(page.extract_text() for page in reader.pages)
    assert "gewenst.txt" in text
    assert "anders.txt" not in text
    for forged in (gone, elsewhere):
        response = client.post(
            address(cast), {"purpose": PURPOSE, "documents": [other.pk, forged.pk]}
        )
        assert "Select a valid" in response.content.decode()


def test_the_files_of_the_agreements_are_printed_too(cast, put, sign_in):
    put(b"ondertekend", "afspraak.txt", part="agreements")
    client = sign_in(cast.counsellor)
    sent = {"purpose": PURPOSE, "everything": "on"}
    response = client.post(address(cast, part="agreements"), sent)
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(response.content)).pages)
    assert "ondertekend" in text


def test_more_pages_than_a_print_can_hold_are_refused_before_any_is_drawn(
    cast, put, sign_in, monkeypatch
):
    put(letter(3), "brief.pdf")
    monkeypatch.setattr(documents, "PRINTED_PICTURES", 2)
    monkeypatch.setattr(previews, "page_picture", lambda *args, **options: pytest.fail("drawn"))
    sent = {"purpose": PURPOSE, "everything": "on"}
    response = sign_in(cast.counsellor).post(address(cast), sent)
    assert response.status_code == 422
    assert "more than 2 pages" in response.content.decode()


def test_pages_that_take_too_long_are_not_drawn_to_the_last(cast, put, sign_in, monkeypatch):
    put(letter(3), "brief.pdf")
    drawn = []

    def slowly(data, kind, *, page, width):
        drawn.append(page)
        time.sleep(0.2)
        return picture()

    monkeypatch.setattr(documents, "PRINTED_SECONDS", 0.1)
    monkeypatch.setattr(previews, "page_picture", slowly)
    sent = {"purpose": PURPOSE, "everything": "on"}
    response = sign_in(cast.counsellor).post(address(cast), sent)
    assert response.status_code == 422
    assert "takes too long" in response.content.decode()
    assert drawn == [1]


@pytest.mark.parametrize("what", ["file", "note"])
def test_more_text_than_fits_is_refused_before_it_is_tried(
    cast, put, write, sign_in, monkeypatch, what
):
    if what == "file":
        put(b"tekst " * 100, "lang.txt")
    else:
        write(facts="tekst " * 100)
    monkeypatch.setattr(documents, "PRINTED_SIGNS", 100)
    monkeypatch.setattr(papers, "make", lambda *args, **options: pytest.fail("tried"))
    sent = {"purpose": PURPOSE, "everything": "on"}
    response = sign_in(cast.counsellor).post(address(cast), sent)
    assert response.status_code == 422


@pytest.mark.parametrize(
    ("reason", "status"), [(WhyNot.BUSY, 503), (WhyNot.UNREADABLE, 200)], ids=["busy", "broken"]
)
def test_a_page_that_cannot_be_drawn_is_waited_for_or_listed(
    cast, put, sign_in, monkeypatch, reason, status
):
    put(picture(), "foto.jpg")

    def refuse(*args, **options):
        raise Unwelcome(reason)

    monkeypatch.setattr(previews, "page_picture", refuse)
    sent = {"purpose": PURPOSE, "everything": "on"}
    response = sign_in(cast.counsellor).post(address(cast), sent)
    assert response.status_code == status
    if status == 200:
        reader = PdfReader(io.BytesIO(response.content))
        assert "can't be printed here" in reader.pages[0].extract_text()


def test_a_sealed_file_that_is_gone_is_missing_on_the_paper_and_the_paper_says_so(
    cast, put, sign_in
):
    kept = put(b"tekst", "a.txt")
    gone = put(b"tekst", "weg.txt")
    blobs.remove(gone.versions.get().blob)
    client = sign_in(cast.counsellor)
    page = client.get(address(cast, "choose_print")).text
    assert "weg.txt" not in page
    assert "1 thing in this part can't be read any more" in page
    text = text_of(printed(client, cast, everything="on"))
    assert "1 thing in this part can't be read any more" in text
    assert LogEntry.objects.filter(event="damage-met").count() == 2
    text = text_of(printed(client, cast, documents=[kept.pk]))
    assert "can't be read" not in text, "it was not asked for"


def test_a_sealed_file_that_was_changed_gives_no_half_print(cast, put, sign_in):
    version = put(b"tekst" * 40_000, "a.txt").versions.get()
    path = blobs._path(version.blob)
    data = bytearray(path.read_bytes())
    data[70_000] ^= 1
    path.write_bytes(bytes(data))
    sent = {"purpose": PURPOSE, "everything": "on"}
    response = sign_in(cast.counsellor).post(address(cast), sent)
    assert response.status_code == 500
    assert {row.event for row in LogEntry.objects.filter(outcome="failed")} == {
        "page-failed",
        "damage-met",
    }


@pytest.mark.parametrize("number", [2, 30])
@pytest.mark.parametrize("name", ["choose_print", "print_part"])
def test_a_print_asks_as_much_for_two_files_as_for_thirty(
    cast, add, write, sign_in, monkeypatch, name, number
):
    monkeypatch.setattr(papers, "make", lambda *args, **options: b"%PDF-")
    monkeypatch.setattr(documents, "PRINTED_PICTURES", 1000)
    monkeypatch.setattr(previews, "page_picture", lambda *args, **options: b"picture")
    write()
    for n in range(number):
        add(name=f"Row-{n}.pdf")
    client, there = sign_in(cast.counsellor), address(cast, name)

    def ask():
        if name == "choose_print":
            return client.get(there)
        return client.post(there, {"purpose": PURPOSE, "everything": "on"})

    ask()
    with (
        CaptureQueriesContext(connection) as content,
        CaptureQueriesContext(connections["keys"]) as opened,
    ):
        assert ask().status_code == 200
    assert (len(content), len(opened)) == (16, 1), [q["sql"][:90] for q in content]
