"""Looking at files page by page, and sending them one by one."""

from __future__ import annotations

import time

from django.urls import reverse

from access.acting import acting_as
from dossiers.actions.files import replace_file
from dossiers.models import File
from dossiers.views.files import adding
from dossiers.views.files.viewing import TEXT_A_PAGE, text_pages
from files.errors import Reason, Unwelcome
from tests.dossiers.files.conftest import sent, upload
from tests.dossiers.files.test_file_pages import address


def test_sent_one_by_one_only_what_became_of_the_file_comes_back(cast, sign_in, quick):
    client = sign_in(cast.counsellor)
    one_by_one = {"HX-Request": "true"}
    kept = client.post(address(cast), {"uploads": [upload("a.pdf")]}, headers=one_by_one)
    assert kept.status_code == 200
    assert kept.text.count('data-outcome="kept"') == 1
    assert "<html" not in kept.text
    refused = client.post(address(cast), {"uploads": [upload("secret.pdf")]}, headers=one_by_one)
    assert refused.status_code == 422
    assert 'data-outcome="refused"' in refused.text
    assert "asks for a password" in refused.text
    nothing = client.post(address(cast), {}, headers=one_by_one)
    assert "Choose a file first." in nothing.text
    assert File.objects.count() == 1


def test_when_checking_finds_no_place_the_browser_is_told_to_come_back(cast, sign_in, monkeypatch):
    def take_in(data: bytes, *, name: str):
        raise Unwelcome(Reason.BUSY)

    monkeypatch.setattr(adding, "take_in", take_in)
    answer = sign_in(cast.counsellor).post(
        address(cast), {"uploads": [upload("a.pdf")]}, headers={"HX-Request": "true"}
    )
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert 'data-outcome="busy"' in answer.text
    assert not File.objects.exists()


def test_an_older_version_is_looked_at_and_says_that_it_was_replaced(cast, sign_in, add):
    file = add()
    client = sign_in(cast.counsellor)
    place = reverse("file", args=[file.pk])
    with acting_as(cast.counsellor, on=cast.today):
        replace_file(
            file=file,
            sent=sent(name="Newer-marker.pdf"),
            seen_number=1,
            by=cast.counsellor,
            on=cast.today,
        )
    newest = client.get(place).text
    assert "Newer-marker.pdf" in newest
    assert f"{place}?version=1" in newest
    old = client.get(f"{place}?version=1").text
    assert "This is version 1" in old
    assert f"{place}versions/1/pages/1/" in old
    assert "&amp;version=1" in old
    for wrong in ("3", "x", "-1", "9" * 20):
        assert client.get(f"{place}?version={wrong}").status_code == 404


def test_without_javascript_pages_and_zoom_are_links(cast, sign_in, add):
    client = sign_in(cast.counsellor)
    place = reverse("file", args=[add().pk])
    second = client.get(f"{place}?page=2&zoom=150").text
    assert "versions/1/pages/2/" in second
    assert "?page=1&amp;zoom=150" in second
    assert "?page=3&amp;zoom=150" in second
    assert "?page=2&amp;zoom=200" in second
    assert "Page 2 of 3 of Report-marker.pdf" in second
    for odd in ("page=99", "page=0", "page=x&zoom=7", "zoom=-1"):
        assert client.get(f"{place}?{odd}").status_code == 200


def test_a_note_shows_its_own_files_beside_what_it_says(cast, sign_in, add, write):
    written = write()
    add(name="With-marker.pdf", note=written)
    part = reverse("dossier_part", args=[cast.dossier("own").pk, "guidance"])
    page = sign_in(cast.counsellor).get(part).text
    article = page.split(f'id="note-{written.pk}"')[1].split("</article>")[0]
    assert "With-marker.pdf" in article


def test_a_long_text_is_cut_at_the_ends_of_lines_and_nothing_is_lost():
    text = "".join(f"line {number}\n" for number in range(3000)) + "x" * 14_000
    parts = text_pages(text)
    assert "".join(parts) == text
    assert all(len(part) <= TEXT_A_PAGE for part in parts)
    assert parts[0].endswith("\n")
    assert text_pages("") == [""]


def test_the_longest_text_is_cut_in_a_moment():
    text = "a" * 24_000_000 + "\U0001f600"  # four bytes a character; took three minutes once
    start = time.process_time()
    parts = text_pages(text)
    assert time.process_time() - start < 5
    assert sum(map(len, parts)) == len(text)
    assert parts[-1].endswith("\U0001f600")
