"""A message becomes a note with its attachments as files, in one go (P24)."""

from __future__ import annotations

from email.message import EmailMessage

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from access.acting import acting_as
from audit.models import LogEntry
from dossiers import queries
from dossiers.forms.messages import known_by
from dossiers.models import File, Note, NoteVersion
from files import intake
from files.errors import Reason, Unwelcome
from files.mail import read_mail
from tests.dossiers.files.conftest import clean
from vault.sealing import keyring

BSN = "123456782"


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Attachments are taken in without the sandbox; secret.pdf is refused. Messages are read."""

    def take_in(data: bytes, *, name: str):
        if name == "secret.pdf":
            raise Unwelcome(Reason.ENCRYPTED)
        return clean(data, name=name)

    monkeypatch.setattr("dossiers.actions.files.take_in", take_in)
    assert intake


def message(text: str = "He was ill on Monday-marker.", *names: str, **headings: str) -> bytes:
    """A message as a mail program saves it."""
    mail = EmailMessage()
    mail["Received"] = "from mail.example.org"
    mail["Message-ID"] = "<1@example.org>"
    mail["From"] = "Demo Ouder <ouder@example.org>"
    mail["To"] = "school@example.org"
    mail["Date"] = headings.get("date", "Thu, 12 Nov 2026 09:30:00 +0100")
    mail["Subject"] = headings.get("subject", "About Monday")
    mail.set_content(text)
    for name in names:
        mail.add_attachment(b"%PDF marker", maintype="application", subtype="pdf", filename=name)
    return mail.as_bytes()


@pytest.fixture
def address(cast) -> str:
    return reverse("add_message", args=[cast.dossier("own").pk])


def sent(data: bytes, **fields):
    """The form with this message chosen."""
    file = SimpleUploadedFile("message.eml", data, content_type="message/rfc822")
    return {"message": file, "part": "guidance", **fields}


def said(cast) -> dict[str, str]:
    """What the only note says."""
    version = NoteVersion.objects.get()
    return keyring([version.part_id]).open_json(version.part_id, version.place, version.sealed)


@pytest.mark.promise("P1")
def test_in_one_step_the_note_says_what_the_message_says(cast, sign_in, address):
    answer = sign_in(cast.counsellor).post(address, sent(message("Ill-marker", "a.pdf", "b.pdf")))
    assert answer.status_code == 200
    assert answer.text.count("badge yes") == 2
    note = Note.objects.get()
    assert str(note.happened_on) == "2026-11-12"
    text = said(cast)
    assert text["title"] == "About Monday"
    assert "ouder@example.org" in text["facts"]
    assert text["facts"].endswith("Ill-marker")
    assert not text["opinion"]
    with acting_as(cast.counsellor, on=cast.today):
        files = list(queries.files_visible_to(cast.counsellor, on=cast.today))
    assert {file.note_id for file in files} == {note.pk}
    assert len(files) == 2
    events = list(LogEntry.objects.values_list("event", flat=True))
    assert events.count("note-written") == 1
    assert events.count("file-added") == 2


def test_reading_first_keeps_nothing_and_fills_the_note_in(cast, sign_in, address):
    client = sign_in(cast.counsellor)
    page = client.post(address, sent(message("Ill-marker", "a.pdf"), do="read"))
    assert page.status_code == 200
    assert 'value="About Monday"' in page.text
    assert 'value="2026-11-12"' in page.text
    assert "Ill-marker" in page.text
    assert "a.pdf" in page.text
    assert not Note.objects.exists()
    assert not File.objects.exists()
    part = client.post(address, sent(message(), do="read"), headers={"HX-Request": "true"})
    assert "data-note-form" in part.text
    assert "<html" not in part.text


def test_what_was_looked_over_counts_and_what_was_left_out_stays_out(cast, sign_in, address):
    data = message("Long", "logo.pdf", "report.pdf")
    looked_over = {
        "was_read": known_by(read_mail(data)),
        "title": "Ill",
        "facts": "Shorter-marker",
        "opinion": "Needs rest",
        "happened_on": "2026-11-09",
        "attachments": ["1"],
    }
    client = sign_in(cast.counsellor)
    other = client.post(address, sent(message("Other", "secret.pdf", "b.pdf"), **looked_over))
    assert "This is another message" in other.text
    assert not Note.objects.exists()
    answer = client.post(address, sent(data, **looked_over))
    assert answer.status_code == 200
    assert said(cast) == {"title": "Ill", "facts": "Shorter-marker", "opinion": "Needs rest"}
    assert str(Note.objects.get().happened_on) == "2026-11-09"
    assert "report.pdf" in answer.text
    assert "logo.pdf" not in answer.text
    assert File.objects.count() == 1


def test_a_refused_attachment_is_said_and_loses_neither_note_nor_the_others(cast, sign_in, address):
    answer = sign_in(cast.counsellor).post(address, sent(message("x", "secret.pdf", "b.pdf")))
    assert "asks for a password" in answer.text
    assert answer.text.count("badge no") == 1
    assert Note.objects.count() == 1
    assert File.objects.count() == 1


@pytest.mark.promise("P24")
def test_a_citizen_service_number_in_a_message_is_refused_and_nothing_is_kept(
    cast, sign_in, address
):
    client = sign_in(cast.counsellor)
    answer = client.post(address, sent(message(f"His number is {BSN}", "a.pdf")))
    assert "citizen service number" in answer.text
    assert "His number is" in answer.text  # to be taken out
    in_subject = client.post(address, sent(message("x", subject=f"bsn {BSN}")))
    assert "citizen service number" in in_subject.text
    assert not Note.objects.exists()
    assert not File.objects.exists()
    named = client.post(address, sent(message("x", f"{BSN}.pdf")))
    assert "Rename it first." in named.text
    assert not File.objects.exists()


def test_a_message_longer_than_a_note_comes_back_to_be_shortened(cast, sign_in, address):
    answer = sign_in(cast.counsellor).post(address, sent(message("word " * 2000)))
    assert "error-summary" in answer.text
    assert answer.text.count("word ") > 1990
    assert not Note.objects.exists()


def test_a_pasted_message_becomes_a_note_as_well(cast, sign_in, address):
    pasted = (
        "Van: Demo Ouder <ouder@example.org>\nDatum: 12 november 2026 09:30\n"
        "Onderwerp: Over maandag\n\nZiek-marker"
    )
    answer = sign_in(cast.counsellor).post(address, {"part": "guidance", "pasted": pasted})
    assert answer.status_code == 302
    assert said(cast)["title"] == "Over maandag"
    assert "Ziek-marker" in said(cast)["facts"]
    assert str(Note.objects.get().happened_on) == "2026-11-12"


def test_a_message_from_the_future_is_dated_today(cast, sign_in, address):
    data = message("x", date="Fri, 01 Jan 2100 09:30:00 +0100")
    sign_in(cast.counsellor).post(address, sent(data))
    assert Note.objects.get().happened_on == cast.today


@pytest.mark.parametrize(
    ("posted", "words"),
    [
        ({"part": "guidance"}, "Choose a message or paste one first."),
        ({"part": "guidance", "facts": "x", "attachments": ["0"]}, "Choose the message once more"),
    ],
)
def test_what_is_missing_is_asked_for(cast, sign_in, address, posted, words):
    answer = sign_in(cast.counsellor).post(address, posted)
    assert answer.status_code == 200
    assert words in answer.text
    assert not Note.objects.exists()


def test_a_file_that_is_no_message_is_refused_in_words(cast, sign_in, address):
    answer = sign_in(cast.counsellor).post(address, sent(b"%PDF-1.4 no message"))
    assert answer.status_code == 200
    assert "error-summary" in answer.text
    assert not Note.objects.exists()


def test_a_part_that_is_not_open_to_add_to_is_never_written_in(cast, sign_in, address):
    client = sign_in(cast.counsellor)
    answer = client.post(address, sent(message(), part="medical"))
    assert answer.status_code == 200
    assert not Note.objects.exists()
    theirs = reverse("add_message", args=[cast.dossier("other").pk])
    assert client.post(theirs, sent(message())).status_code == 404
