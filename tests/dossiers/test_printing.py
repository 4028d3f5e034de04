"""A print of a part: what stands on the paper, what on every page, and what the log says."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pypdf import PdfReader

from access.acting import acting_as
from audit.models import LogEntry
from dossiers import documents
from dossiers.actions.notes import NoteText, correct_note, withdraw_note
from pdf import making, papers
from pdf.errors import NotMade, Reason

PURPOSE = "overleg met de logopedist"


@pytest.fixture
def in_its_own_process():
    """As it is used: the paper is made in a process of its own."""


@pytest.fixture(autouse=True)
def papers_made_here(request, monkeypatch) -> None:
    """The others make it in this process: loading the library each time takes two seconds."""
    if "in_its_own_process" not in request.fixturenames:
        monkeypatch.setattr(
            papers, "_made", lambda html, pictures, pages: making.made(html, pictures, pages=pages)
        )


def choose(cast, part="guidance", pupil="own") -> str:
    return reverse("choose_print", args=[cast.dossier(pupil).pk, part])


def make(cast, part="guidance", pupil="own") -> str:
    return reverse("print_part", args=[cast.dossier(pupil).pk, part])


def printed(response) -> PdfReader:
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/pdf", response.content.decode()
    return PdfReader(io.BytesIO(response.content))


def text_of(reader: PdfReader) -> str:
    return " ".join("\n".join(page.extract_text() for page in reader.pages).split())


def test_the_print_says_what_the_notes_say_facts_apart_from_opinions(
    cast, write, sign_in, in_its_own_process
):
    write(title="Gesprek", facts="Rekenen gaat goed.\n\n- sommen\n- klok", opinion="Dit is fijn.")
    client = sign_in(cast.counsellor)
    reader = printed(client.post(make(cast), {"everything": "on", "purpose": PURPOSE}))
    text = text_of(reader)
    for said in ("Gesprek", "Rekenen gaat goed.", "sommen", "klok", "Dit is fijn."):
        assert said in text
    assert text.index("Facts") < text.index("Rekenen") < text.index("Opinion") < text.index("fijn")
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    assert cast.pupils["own"].name in reader.metadata.title


def test_who_when_and_what_for_stand_on_every_page(cast, write, sign_in):
    for number in range(6):
        write(title=f"Gesprek {number}", facts="Een lange regel over rekenen. " * 150)
    client = sign_in(cast.counsellor)
    reader = printed(client.post(make(cast), {"everything": "on", "purpose": PURPOSE}))
    assert len(reader.pages) > 3
    for number, page in enumerate(reader.pages, start=1):
        text = " ".join(page.extract_text().split())
        assert f"Printed by {cast.counsellor.name} on 16 November 2026" in text
        assert f"For: {PURPOSE}" in text
        assert f"{number} / {len(reader.pages)}" in text
        mark = rf"{cast.counsellor.name} · 16 November 2026, \d\d:\d\d · {PURPOSE}"
        assert len(re.findall(mark, text)) == 3
        for heading in (cast.pupils["own"].name, "Guidance", cast.school.name):
            assert heading in text


def test_a_passage_about_somebody_else_is_marked_and_a_correction_is_noted(cast, write, sign_in):
    note = write(facts="Hij speelt met [[Broer-marker]] na school.")
    with acting_as(cast.coordinator, on=cast.today):
        correct_note(
            note=note,
            text=NoteText("Nieuw", "Hij speelt met [[Zus-marker]].", ""),
            reason="wrong name",
            seen_number=1,
            by=cast.coordinator,
            on=cast.today,
        )
    client = sign_in(cast.counsellor)
    text = text_of(printed(client.post(make(cast), {"everything": "on", "purpose": PURPOSE})))
    assert "About somebody else: Zus-marker" in text
    assert "Broer-marker" not in text  # the newest version only
    assert f"version 2, corrected on 16 November 2026 by {cast.coordinator.name}" in text


def test_only_what_was_chosen_is_printed_and_nothing_is_chosen_beforehand(cast, write, sign_in):
    wanted, _other = write(title="Gewenst"), write(title="Anders")
    client = sign_in(cast.counsellor)
    page = client.get(choose(cast)).content.decode()
    assert "Gewenst" in page
    assert " checked" not in page
    page = client.get(choose(cast) + f"?note={wanted.pk}").content.decode()
    assert re.findall(r'value="([0-9a-f-]+)"[^>]* checked', page) == [str(wanted.pk)]
    text = text_of(printed(client.post(make(cast), {"notes": [wanted.pk], "purpose": PURPOSE})))
    assert "Gewenst" in text
    assert "Anders" not in text


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"everything": "on"}, "This field is required."),
        ({"everything": "on", "purpose": "  "}, "This field is required."),
        ({"everything": "on", "purpose": "x" * 121}, "at most 120"),
        ({"everything": "on", "purpose": "voor 111222333"}, "citizen service number"),
        ({"purpose": PURPOSE}, "Choose what to print."),
        ({"notes": ["12345678-1234-4234-8234-123456789012"], "purpose": PURPOSE}, "Select a valid"),
    ],
)
def test_without_a_choice_and_a_purpose_nothing_is_printed(cast, write, sign_in, sent, sentence):
    write(title="Gesprek")
    response = sign_in(cast.counsellor).post(make(cast), sent)
    assert response.headers["Content-Type"].startswith("text/html")
    assert sentence in response.content.decode()
    assert LogEntry.objects.latest("timestamp").event == "page-seen"


@pytest.mark.promise("P2")
def test_what_is_not_open_or_not_there_is_not_printed(cast, write, sign_in):
    write(title="Gesprek")
    withdrawn = write(title="Ingetrokken")
    with acting_as(cast.counsellor, on=cast.today):
        withdraw_note(note=withdrawn, by=cast.counsellor, on=cast.today)
    medical = write(by="school_doctor", part="medical", title="Medisch")
    client = sign_in(cast.counsellor)
    text = text_of(printed(client.post(make(cast), {"everything": "on", "purpose": PURPOSE})))
    assert "Gesprek" in text
    assert "Ingetrokken" not in text
    asked = {"notes": [medical.pk], "purpose": PURPOSE}
    assert "Select a valid" in client.post(make(cast), asked).content.decode()
    everything = {"everything": "on", "purpose": PURPOSE}
    assert client.post(make(cast, "medical"), everything).status_code == 404
    assert client.post(make(cast, "emergency"), everything).status_code == 404
    assert client.get(choose(cast, pupil="other")).status_code == 404
    assert sign_in(cast.director).post(make(cast), everything).status_code == 404
    assert sign_in(cast.administrator).post(make(cast), everything).status_code == 403


@pytest.mark.promise("P24")
def test_a_print_is_recorded_as_one_and_its_purpose_is_not_in_the_log(cast, write, sign_in):
    write(title="Gesprek")
    printed(sign_in(cast.counsellor).post(make(cast), {"everything": "on", "purpose": PURPOSE}))
    entry = LogEntry.objects.latest("timestamp")
    assert entry.event == "printed"
    assert entry.subjects == [cast.pupils["own"].log_key]
    assert entry.object_pk == str(cast.part("own", "guidance").pk)
    with connection.cursor() as cursor:
        cursor.execute(
            "select count(*) from audit_logentry e where e::text like %s", ["%logopedist%"]
        )
        assert cursor.fetchone() == (0,)


def test_a_print_is_kept_nowhere_and_says_no_name_outside_it(cast, write, sign_in):
    write(title="Gesprek")
    response = sign_in(cast.counsellor).post(make(cast), {"everything": "on", "purpose": PURPOSE})
    headers = response.headers
    assert headers["Content-Disposition"] == 'attachment; filename="print-guidance-2026-11-16.pdf"'
    assert "no-store" in headers["Cache-Control"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in headers["Content-Security-Policy"]
    assert "Last-Modified" not in headers
    assert "ETag" not in headers


def test_a_print_that_becomes_too_long_says_how_to_go_on(
    cast, write, sign_in, monkeypatch, in_its_own_process
):
    monkeypatch.setattr(documents, "PRINTED_PAGES", 1)
    write(facts="Een lange regel over rekenen. " * 190)
    client = sign_in(cast.counsellor)
    response = client.post(make(cast), {"everything": "on", "purpose": PURPOSE})
    assert response.status_code == 422
    page = response.content.decode()
    assert "more than 1 pages" in page
    assert PURPOSE in page  # what was typed is kept


def test_when_many_papers_are_made_the_page_says_to_wait(cast, write, sign_in, monkeypatch):
    def busy(*args, **options):
        raise NotMade(Reason.BUSY)

    monkeypatch.setattr(papers, "make", busy)
    write()
    client = sign_in(cast.counsellor)
    response = client.post(make(cast), {"everything": "on", "purpose": PURPOSE})
    assert response.status_code == 503
    assert "try again" in response.content.decode()


def test_what_was_typed_is_text_on_the_paper(cast, write, sign_in):
    write(title="<h1>Titel & meer</h1>", facts="{{ chosen }} <img src=x>")
    client = sign_in(cast.counsellor)
    sent = {"everything": "on", "purpose": "<b>doel</b> & meer"}
    text = text_of(printed(client.post(make(cast), sent)))
    for said in ("<h1>Titel & meer</h1>", "{{ chosen }} <img src=x>", "<b>doel</b> & meer"):
        assert said in text


def test_an_empty_part_says_so(cast, sign_in):
    page = sign_in(cast.counsellor).get(choose(cast, "care")).content.decode()
    assert "Nothing to print in this part" in page
    assert "<form" not in page.split("<main", 1)[1]


def test_the_way_to_a_print_stands_on_the_part_and_the_note(cast, write, sign_in):
    note = write()
    client = sign_in(cast.counsellor)
    part = reverse("dossier_part", args=[cast.dossier("own").pk, "guidance"])
    assert f'href="{choose(cast)}"' in client.get(part).content.decode()
    page = client.get(reverse("note", args=[note.pk])).content.decode()
    assert f'href="{choose(cast)}?note={note.pk}"' in page


@pytest.mark.parametrize("number", [2, 30])
@pytest.mark.parametrize("name", ["choose", "make"])
def test_a_print_asks_as_much_for_two_notes_as_for_thirty(
    cast, write, sign_in, monkeypatch, name, number
):
    monkeypatch.setattr(papers, "make", lambda *args, **options: b"%PDF-")
    for n in range(number):
        write(title=f"Row-{n}", happened_on=cast.today - timedelta(days=n))
    client, page, paper = sign_in(cast.counsellor), choose(cast), make(cast)

    def ask():
        if name == "choose":
            return client.get(page)
        return client.post(paper, {"everything": "on", "purpose": PURPOSE})

    ask()
    with (
        CaptureQueriesContext(connection) as content,
        CaptureQueriesContext(connections["keys"]) as opened,
    ):
        assert ask().status_code == 200
    assert (len(content), len(opened)) == (15, 1), [q["sql"][:90] for q in content]
