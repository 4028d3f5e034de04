"""Adding files by form, seeing them, moving and withdrawing them."""

from __future__ import annotations

import io

import pytest
from django.urls import reverse
from PIL import Image

from audit.models import LogEntry
from dossiers.models import File
from tests.dossiers.files.conftest import upload

MESSAGE = (
    b"Received: from mail.example.org\r\nMessage-ID: <1@example.org>\r\nMIME-Version: 1.0\r\n"
    b"From: Demo Sender <sender@example.org>\r\nTo: school@example.org\r\n"
    b"Date: Mon, 16 Nov 2026 09:00:00 +0100\r\nSubject: About Monday\r\n"
    b"Content-Type: text/plain; charset=utf-8\r\n\r\nHe was ill.\r\n"
)


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (1200, 800), (200, 30, 30)).save(out, "JPEG")
    return out.getvalue()


def address(cast, part="guidance", pupil="own") -> str:
    return reverse("add_files", args=[cast.dossier(pupil).pk, part])


@pytest.mark.promise("P1")
def test_a_picture_goes_from_the_form_to_the_page(cast, sign_in):
    """With the real sandbox: what comes back is a picture, drawn anew."""
    client = sign_in(cast.counsellor)
    page = client.get(address(cast))
    assert 'capture="environment"' in page.text
    assert "multiple" in page.text
    answer = client.post(address(cast), {"uploads": upload("photo.jpg", picture())})
    assert answer.status_code == 200
    assert "badge yes" in answer.text
    file = File.objects.get()
    assert reverse("file", args=[file.pk]) in answer.text
    shown = client.get(reverse("file", args=[file.pk]))
    assert "photo.jpg" in shown.text
    small = client.get(reverse("file_thumbnail", args=[file.pk, 1]))
    assert Image.open(io.BytesIO(small.content)).width <= 320
    preview = client.get(reverse("file_page", args=[file.pk, 1, 1]) + "?width=600")
    assert Image.open(io.BytesIO(preview.content)).size == (600, 400)
    assert client.get(reverse("file_page", args=[file.pk, 1, 2])).status_code == 404
    events = set(LogEntry.objects.values_list("event", flat=True))
    assert {"file-added", "file-seen", "thumbnail-seen"} <= events


def test_several_at_once_each_with_what_became_of_it(cast, sign_in, quick):
    answer = sign_in(cast.counsellor).post(
        address(cast),
        {"uploads": [upload("a.pdf"), upload("secret.pdf"), upload("b.pdf")]},
    )
    assert answer.status_code == 200
    assert answer.text.count("badge yes") == 2
    assert "Programs in the file (scripts) were removed." in answer.text
    assert "secret.pdf" in answer.text
    assert "asks for a password" in answer.text
    assert File.objects.count() == 2


def test_when_none_is_kept_the_form_comes_back_with_why(cast, sign_in, quick, stored):
    answer = sign_in(cast.counsellor).post(
        address(cast), {"uploads": upload("secret.pdf"), "paper_name": "Kept words"}
    )
    assert answer.status_code == 422
    assert "asks for a password" in answer.text
    assert "Kept words" in answer.text
    assert not stored()
    assert LogEntry.objects.latest("timestamp").outcome == "refused"


def test_pictures_of_one_paper_become_one_pdf(cast, sign_in):
    client = sign_in(cast.counsellor)
    answer = client.post(
        address(cast),
        {
            "uploads": [upload("1.jpg", picture()), upload("2.jpg", picture())],
            "is_one_paper": "on",
            "paper_name": "Report of the speech therapist",
        },
    )
    assert answer.status_code == 200
    file = File.objects.get()
    page = client.get(reverse("file", args=[file.pk])).text
    assert "Report of the speech therapist.pdf" in page
    assert "2 pages" in page
    assert client.get(reverse("file_page", args=[file.pk, 1, 2])).status_code == 200
    assert b"".join(client.get(reverse("download_file", args=[file.pk, 1]))).startswith(b"%PDF")


def test_a_page_of_a_paper_that_is_no_picture_keeps_nothing(cast, sign_in, stored):
    answer = sign_in(cast.counsellor).post(
        address(cast),
        {"uploads": [upload("1.jpg", picture()), upload("2.jpg", b"text")], "is_one_paper": "on"},
    )
    assert answer.status_code == 422
    assert not stored()


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.txt", b"What happened <b>there</b>\n\nand then", "What happened &lt;b&gt;there"),
        (
            "a.eml",
            MESSAGE,
            "About Monday",
        ),
    ],
)
def test_a_text_and_a_message_are_read_on_the_page(cast, sign_in, name, data, said):
    client = sign_in(cast.counsellor)
    assert client.post(address(cast), {"uploads": upload(name, data)}).status_code == 200
    page = client.get(reverse("file", args=[File.objects.get().pk])).text
    assert said in page
    assert "<b>there" not in page


def test_without_a_file_the_form_asks_for_one(cast, sign_in):
    answer = sign_in(cast.counsellor).post(address(cast), {"paper_name": ""})
    assert "Choose a file first." in answer.text


def test_files_of_a_note_stand_with_it_and_in_its_part(cast, sign_in, quick, write):
    note = write()
    client = sign_in(cast.counsellor)
    place = reverse("add_files_to_note", args=[note.pk])
    assert client.get(place).status_code == 200
    client.post(place, {"uploads": upload("with-note.pdf")})
    assert File.objects.get().note_id == note.pk
    dossier = cast.dossier("own").pk
    for page in (
        reverse("note", args=[note.pk]),
        reverse("dossier", args=[dossier]),
        reverse("files_of_part", args=[dossier, "guidance"]),
    ):
        assert "with-note.pdf" in client.get(page).text


@pytest.mark.promise("P6")
def test_files_of_the_medical_part_are_the_doctors(cast, sign_in, quick):
    assert sign_in(cast.counsellor).get(address(cast, "medical")).status_code == 404
    client = sign_in(cast.school_doctor)
    client.post(address(cast, "medical"), {"uploads": upload("medical.pdf")})
    assert File.objects.get().part.kind == "medical"
    assert client.get(address(cast, "guidance")).status_code == 404


def test_the_emergency_card_has_no_page_for_files(cast, sign_in):
    client = sign_in(cast.counsellor)
    assert client.get(address(cast, "emergency")).status_code == 404
    part = reverse("files_of_part", args=[cast.dossier("own").pk, "emergency"])
    assert client.get(part).status_code == 404


def test_a_file_is_moved_by_form_to_another_open_part_only(cast, sign_in, add):
    file = add(name="moves.pdf")
    client = sign_in(cast.counsellor)
    place = reverse("move_file", args=[file.pk])
    page = client.get(place).text
    assert 'value="care"' in page
    assert 'value="medical"' not in page
    assert 'value="guidance"' not in page
    assert client.post(place, {"part": "medical"}).status_code == 200
    answer = client.post(place, {"part": "care"})
    moved = File.objects.get(moved_from=file)
    assert answer["Location"] == reverse("file", args=[moved.pk])
    assert client.get(reverse("file", args=[file.pk])).status_code == 404
    assert "moves.pdf" in client.get(answer["Location"]).text


def test_who_may_open_one_part_only_has_nowhere_to_move_to(cast, sign_in, add):
    file = add(part="medical", by="school_doctor")
    client = sign_in(cast.school_doctor)
    assert client.get(reverse("move_file", args=[file.pk])).status_code == 403
    assert (
        reverse("move_file", args=[file.pk]) not in client.get(reverse("file", args=[file.pk])).text
    )


def test_the_author_withdraws_by_form_and_others_may_not(cast, sign_in, add):
    file = add()
    place = reverse("withdraw_file", args=[file.pk])
    assert sign_in(cast.coordinator).get(place).status_code == 403
    client = sign_in(cast.counsellor)
    assert "Withdraw the file" in client.get(place).text
    assert client.post(place).status_code == 302
    assert client.get(reverse("file", args=[file.pk])).status_code == 404
    assert client.get(reverse("download_file", args=[file.pk, 1])).status_code == 404


@pytest.mark.promise("P7")
def test_the_keeper_sees_that_a_file_exists_and_withdraws_it_unseen(cast, sign_in, add):
    file = add(name="secretname.pdf")
    dossier = cast.dossier("own").pk
    client = sign_in(cast.director)
    page = client.get(reverse("note_headers", args=[dossier])).text
    place = reverse("withdraw_file_as_keeper", args=[dossier, file.pk])
    assert place in page
    assert "secretname" not in page + client.get(place).text
    assert client.post(place).status_code == 302
    file.refresh_from_db()
    assert file.withdrawn_by_id == cast.director.pk
    elsewhere = reverse("withdraw_file_as_keeper", args=[cast.dossier("other").pk, file.pk])
    assert client.get(elsewhere).status_code == 404


@pytest.mark.parametrize(
    "page", ["file", "replace_file", "move_file", "withdraw_file", "download_file"]
)
@pytest.mark.promise("P2")
def test_a_key_of_a_file_of_another_dossier_or_part_finds_nothing(cast, sign_in, add, page):
    other = add(pupil="other", by="other_counsellor")
    medical = add(part="medical", by="school_doctor")
    client = sign_in(cast.counsellor)
    for file in (other, medical):
        number = [1] if page == "download_file" else []
        answer = client.get(reverse(page, args=[file.pk, *number]))
        assert answer.status_code == 404
        assert LogEntry.objects.latest("timestamp").outcome == "refused"


def test_a_note_of_another_dossier_takes_no_file_of_mine(cast, sign_in, quick, write, stored):
    note = write(pupil="other", by="other_counsellor")
    answer = sign_in(cast.counsellor).post(
        reverse("add_files_to_note", args=[note.pk]), {"uploads": upload()}
    )
    assert answer.status_code == 404
    assert not stored()


def test_the_number_of_queries_does_not_grow_with_the_files(
    cast, sign_in, add, django_assert_num_queries
):
    client = sign_in(cast.counsellor)
    place = reverse("files_of_part", args=[cast.dossier("own").pk, "guidance"])
    add()
    client.get(place)
    with django_assert_num_queries(COUNT):
        assert client.get(place).text.count("file-name") == 1
    for _ in range(14):
        add()
    with django_assert_num_queries(COUNT):
        assert client.get(place).text.count("file-name") == 15


COUNT = 15
