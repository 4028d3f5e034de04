"""The bytes of a file: whole, by range, under guard, recorded before the first byte."""

from __future__ import annotations

import io
import uuid

import pytest
from django.http import StreamingHttpResponse
from django.urls import reverse

from audit.models import LogEntry
from dossiers.views.files import serving
from dossiers.views.files.ranges import NotThere, Span, asked_range
from vault import blobs
from vault.chunks import CHUNK, SealedFile, seal_file
from vault.sealing import Keyring

DATA = bytes(range(256)) * 2048  # eight chunks


@pytest.fixture
def file(add):
    return add(DATA, name="rapport café.pdf")


def ask(client, file, page="download_file", method="get", **headers):
    return getattr(client, method)(reverse(page, args=[file.pk, 1]), headers=headers)


@pytest.mark.parametrize(
    ("header", "wanted"),
    [
        ("", None),
        ("bytes=0-0", (0, 1)),
        ("bytes=2-5", (2, 6)),
        ("bytes=90-", (90, 100)),
        ("bytes=90-1000", (90, 100)),
        ("bytes=-10", (90, 100)),
        ("bytes=-1000", (0, 100)),
        ("Bytes = 1-2", (1, 3)),
        ("bytes=5-2", None),
        ("bytes=-", None),
        ("bytes=0-1,5-6", None),
        ("bytes=a-b", None),
        ("bytes=٣-٤", None),
        ("pages=1-2", None),
        ("bytes=1-2; drop", None),
        ("bytes=" + "9" * 30 + "-", None),
    ],
)
def test_a_range_is_read_as_the_standard_says(header, wanted):
    span = asked_range(header, 100)
    assert (span and (span.start, span.stop)) == wanted


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=100-200", "bytes=-0"])
def test_a_range_past_the_end_is_not_there(header):
    with pytest.raises(NotThere):
        asked_range(header, 100)
    with pytest.raises(NotThere):
        asked_range("bytes=0-0", 0)
    assert Span(0, 4, 9).content_range == "bytes 0-3/9"


def test_a_download_is_whole_safe_and_recorded_apart(cast, sign_in, file):
    answer = ask(sign_in(cast.counsellor), file)
    row = LogEntry.objects.get(event="file-downloaded")
    assert b"".join(answer) == DATA
    assert row.subjects == [cast.pupils["own"].log_key]
    assert row.object_pk == str(file.pk)
    assert row.ground == "assignment"
    headers = {name.lower(): value for name, value in answer.headers.items()}
    assert headers["content-length"] == str(len(DATA))
    assert headers["cache-control"] == "no-store, private"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"].startswith("default-src 'none'; sandbox")
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["x-frame-options"] == "DENY"
    assert headers["content-disposition"] == (
        "attachment; filename*=utf-8''rapport%20caf%C3%A9.pdf"
    )
    assert not {"etag", "last-modified", "set-cookie"} & set(headers)


@pytest.mark.parametrize(
    "name",
    ['a".pdf', "a\\b.pdf", "a;filename=evil.html.pdf", "café\u202efdp.exe.pdf", "%0d%0a.pdf"],
)
def test_no_name_breaks_out_of_its_header(cast, sign_in, add, name):
    answer = ask(sign_in(cast.counsellor), add(name=name))
    said = answer["Content-Disposition"]
    assert said.startswith("attachment; filename")
    assert "\r" not in said
    assert "\n" not in said
    assert said.isascii()
    plain = said.replace('\\"', "").replace("\\\\", "")
    assert plain.count('"') in {0, 2}


@pytest.mark.parametrize(
    ("header", "start", "stop"),
    [
        ("bytes=0-9", 0, 10),
        (f"bytes={CHUNK - 2}-{CHUNK + 1}", CHUNK - 2, CHUNK + 2),
        ("bytes=-5", len(DATA) - 5, len(DATA)),
        (f"bytes={7 * CHUNK}-", 7 * CHUNK, len(DATA)),
    ],
)
def test_a_range_gives_exactly_that(cast, sign_in, file, header, start, stop):
    answer = ask(sign_in(cast.counsellor), file, Range=header)
    assert answer.status_code == 206
    assert b"".join(answer) == DATA[start:stop]
    assert answer["Content-Range"] == f"bytes {start}-{stop - 1}/{len(DATA)}"
    assert answer["Content-Length"] == str(stop - start)
    assert LogEntry.objects.latest("timestamp").event == "file-downloaded"


def test_a_range_past_the_end_is_416_without_a_byte(cast, sign_in, file):
    answer = ask(sign_in(cast.counsellor), file, Range=f"bytes={len(DATA)}-")
    assert answer.status_code == 416
    assert answer["Content-Range"] == f"bytes */{len(DATA)}"
    assert not answer.content


@pytest.mark.parametrize(
    "headers",
    [
        {"Range": "bytes=0-1,4-5"},
        {"Range": "bytes=0-1", "If-Range": '"anything"'},
        {"Range": "bytes=0-1", "If-Range": "Sat, 21 Nov 2026 10:00:00 GMT"},
        {"If-None-Match": "*"},
        {"If-None-Match": '"anything"'},
        {"If-Modified-Since": "Sat, 21 Nov 2099 10:00:00 GMT"},
        {"If-Match": '"anything"'},
        {"If-Unmodified-Since": "Sat, 21 Nov 1999 10:00:00 GMT"},
    ],
)
def test_a_conditional_request_gets_the_whole_and_never_304(cast, sign_in, file, headers):
    answer = ask(sign_in(cast.counsellor), file, **headers)
    assert answer.status_code == 200
    assert b"".join(answer) == DATA


@pytest.mark.promise("P2")
@pytest.mark.promise("P22")
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Range": "bytes=0-9"},
        {"Range": "bytes=999999999-"},
        {"If-None-Match": "*"},
        {"If-Modified-Since": "Sat, 21 Nov 2099 10:00:00 GMT"},
        {"Range": "bytes=0-9", "If-Range": '"x"'},
    ],
)
@pytest.mark.parametrize("person", ["other_counsellor", "director", "school_doctor", "parent"])
def test_a_stranger_is_told_nothing_whatever_they_send(cast, sign_in, file, person, headers):
    client = sign_in(cast.people[person])
    for page in ("download_file", "file_thumbnail"):
        for method in ("get", "head"):
            answer = ask(client, file, page, method, **headers)
            assert answer.status_code in {403, 404}
            assert not {"Content-Range", "Accept-Ranges", "ETag", "Last-Modified"} & set(
                answer.headers
            )
            assert LogEntry.objects.latest("timestamp").outcome == "refused"


@pytest.mark.promise("P2")
@pytest.mark.promise("P6")
def test_for_a_stranger_no_file_is_even_opened(cast, sign_in, add, monkeypatch):
    """A page that is drawn, or a blob that is read, takes time: that would tell something too."""
    own, medical = add(DATA), add(DATA, part="medical", by="school_doctor")
    opened = []
    monkeypatch.setattr(serving, "page_picture", lambda *a, **k: opened.append(1) or b"drawn")
    monkeypatch.setattr(blobs, "open_blob", lambda name: opened.append(1) or io.BytesIO())
    for person, file in (("other_counsellor", own), ("counsellor", medical), ("director", own)):
        client = sign_in(cast.people[person])
        drawn = client.get(reverse("file_page", args=[file.pk, 1, 1]))
        assert drawn.status_code == 404
        for page in ("download_file", "file_thumbnail"):
            assert ask(client, file, page).status_code == 404
    assert not opened
    monkeypatch.undo()
    assert ask(sign_in(cast.counsellor), own).status_code == 200


def test_head_says_what_get_would_and_sends_nothing(cast, sign_in, file):
    answer = ask(sign_in(cast.counsellor), file, method="head", Range="bytes=0-9")
    assert answer.status_code == 200
    assert answer["Content-Length"] == str(len(DATA))
    assert not b"".join(answer)
    assert LogEntry.objects.filter(event="file-downloaded").exists()


@pytest.mark.parametrize("page", ["download_file", "file_thumbnail"])
@pytest.mark.parametrize("harm", ["missing", "cut", "changed"])
def test_a_missing_or_damaged_file_is_a_clear_page_and_recorded_as_failed(
    cast, sign_in, file, folder, page, harm
):
    for path in folder.glob("*/*"):
        data = path.read_bytes()
        path.unlink()
        if harm == "cut":
            path.write_bytes(data[:-20])
        if harm == "changed":
            path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    answer = ask(sign_in(cast.counsellor), file, page)
    assert answer.status_code == 500
    assert "be read" in answer.text
    assert "Traceback" not in answer.text
    row = LogEntry.objects.latest("timestamp")
    assert (row.outcome, row.subjects) == ("failed", [cast.pupils["own"].log_key])


def test_the_sealed_file_is_let_go_of_when_the_answer_is_closed():
    """Also when nobody read a byte of it, as with HEAD."""
    part, source = uuid.uuid4(), io.BytesIO()
    keys = Keyring({part: bytes(32)})
    source.write(b"".join(seal_file(keys, part, "place", DATA)))
    content = SealedFile(keys, part, "place", source)
    answer = StreamingHttpResponse(serving._Stream(content, Span(0, 5, len(DATA)), list))
    assert [each.__name__ for each in answer._resource_closers] == ["close"]
    answer._resource_closers[0]()
    assert source.closed


def test_the_look_is_recorded_before_the_first_byte(cast, sign_in, file):
    answer = ask(sign_in(cast.counsellor), file)
    assert LogEntry.objects.filter(event="file-downloaded").count() == 1
    assert next(iter(answer))


def test_a_version_that_is_not_there_is_not_found(cast, sign_in, file):
    client = sign_in(cast.counsellor)
    for page in ("download_file", "file_thumbnail"):
        assert client.get(reverse(page, args=[file.pk, 2])).status_code == 404


@pytest.mark.parametrize("width", ["9" * 5000, "-1", "1e3", "٣", "x", ""])
def test_an_odd_width_gets_the_usual_one(cast, sign_in, file, monkeypatch, width):
    drawn = []

    def page_picture(data, kind, *, page, width):
        drawn.append((page, width))
        return b"picture"

    monkeypatch.setattr(serving, "page_picture", page_picture)
    client = sign_in(cast.counsellor)
    address = reverse("file_page", args=[file.pk, 1, 2])
    assert client.get(address, {"width": width}).status_code == 200
    assert drawn == [(2, 1200)]


@pytest.mark.parametrize("page", [0, 4, 10**30])
def test_a_page_that_is_not_there_is_not_even_opened(cast, sign_in, file, monkeypatch, page):
    monkeypatch.setattr(serving, "page_picture", lambda *a, **o: pytest.fail("drawn"))
    address = reverse("file_page", args=[file.pk, 1, page])
    assert sign_in(cast.counsellor).get(address).status_code == 404


def test_the_log_says_which_version_and_page_was_looked_at(cast, sign_in, file, monkeypatch):
    monkeypatch.setattr(serving, "page_picture", lambda *a, **o: b"picture")
    client = sign_in(cast.counsellor)
    client.get(reverse("file_page", args=[file.pk, 1, 2]))
    row = LogEntry.objects.get(event="file-seen")
    assert (row.additional_data["number"], row.additional_data["page_number"]) == (1, 2)
    client.get(reverse("file_page", args=[file.pk, 1, 10**30]))
    assert "page_number" not in LogEntry.objects.get(event="page-refused").additional_data
