"""From bytes nobody knows to a file that may be kept."""

import io
import os
import subprocess
import sys
import tracemalloc
from concurrent.futures import Future
from pathlib import Path

import pytest
from pikepdf import Name
from PIL import Image

from files import limits
from files.answers import Outcome
from files.changes import Change
from files.errors import Reason, Unwelcome
from files.intake import take_in
from files.kinds import Kind
from tests.files import corpus, pdfs


@pytest.mark.parametrize(("shape", "media_type"), [("JPEG", "image/jpeg"), ("PNG", "image/png")])
def test_a_picture_is_taken_in_with_a_thumbnail(shape, media_type):
    clean = take_in(corpus.picture(shape, (1200, 800)), name="zwemmen.dat")
    assert (clean.kind, clean.media_type, clean.pages) == (Kind.PICTURE, media_type, 1)
    assert clean.name == f"zwemmen.dat.{clean.extension}"
    assert Image.open(io.BytesIO(clean.data)).size == (1200, 800)
    assert Image.open(io.BytesIO(clean.thumbnail)).size == (320, 213)


@pytest.mark.parametrize(
    "facts",
    [{"media_type": "text/html"}, {"media_type": []}, {"pages": "many"}, {"pages": True},
     {"pages": 0}, {"pages": limits.PDF_PAGES + 1}, {"changes": [[]]}, {"changes": None}],
)  # fmt: skip
def test_a_process_that_says_something_else_is_not_believed(facts, monkeypatch):
    said = {"media_type": "application/pdf", "pages": 1, "changes": []} | facts
    outcome = Outcome(said, [memoryview(b"a"), memoryview(b"")])
    monkeypatch.setattr("files.sandbox.run", lambda *a, **k: outcome)
    with pytest.raises(Unwelcome) as why:
        take_in(b"a", name="a.pdf")
    assert why.value.reason is Reason.UNREADABLE


@pytest.mark.parametrize(
    ("data", "reason"),
    [(b"", Reason.EMPTY), (b"\xff\xd8\xff" + bytes(limits.FILE_BYTES), Reason.TOO_LARGE)],
)
def test_nothing_and_too_much_are_refused(data, reason):
    with pytest.raises(Unwelcome) as refused:
        take_in(data, name="a.jpg")
    assert refused.value.reason is reason
    assert "25 MB" in refused.value.sentence or reason is Reason.EMPTY


def test_exactly_as_much_as_is_allowed_is_taken_in_and_one_byte_more_is_not():
    whole = corpus.picture().ljust(limits.FILE_BYTES, b"\0")
    assert len(take_in(whole, name="a").data) < 10_000
    with pytest.raises(Unwelcome) as refused:
        take_in(whole + b"\0", name="a")
    assert refused.value.sentence == (
        "This file is larger than 25 MB. Send it in parts, or save it smaller."
    )


def test_every_reason_and_every_change_has_a_sentence():
    values = {"pages": 1, "megapixels": 1}
    for reason in Reason:
        assert Unwelcome(reason, **values).sentence.endswith((".", "%"))
    for change in Change:
        assert change.sentence.endswith(".")


def test_a_file_takes_no_more_memory_here_than_it_is_large():
    """Beside what was sent: the same bytes on their way in, then those that come back."""
    pdf = pdfs.with_pages()
    noise = os.urandom(24 * limits.MEGABYTE)
    pdf.pages[0].obj.Resources.XObject = {"/Im": pdf.make_stream(noise, Type=Name.XObject)}
    sent = pdfs.saved(pdf)
    take_in(corpus.picture(), name="a")  # the sandbox has started
    tracemalloc.start()
    clean = take_in(sent, name="a.pdf")
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(clean.data) > 24 * limits.MEGABYTE
    assert most < 1.3 * len(clean.data)


WATCHED = """
import os, sys, tempfile
from django.conf import settings
settings.configure(USE_I18N=False, CLAMD="")
written = []
def watch(event, arguments):
    if event == "open" and arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
        if arguments[0] != os.devnull: written.append(arguments[0])
    if event in {"os.mkdir", "tempfile.mkstemp", "tempfile.mkdtemp", "os.rename"}:
        written.append(event)
from files.intake import take_in
from files.kinds import Kind
from files.paper import one_paper
from files.previews import page_picture
from tests.files import corpus, pdfs
samples = [corpus.photograph("x"), corpus.heic("x"), corpus.scan(2, compression="group4"),
           corpus.scan(1, compression="tiff_lzw"), corpus.animation("GIF"), corpus.picture("WEBP"),
           pdfs.hostile(pdfs.attachment), b"just words"]
sys.addaudithook(watch)
for sample in samples:
    clean = take_in(sample, name="a")
    if clean.kind in {Kind.PDF, Kind.PICTURE}:
        page_picture(clean.data, clean.kind, page=1, width=300)
one_paper(samples[:2], name="a")
print(written, os.listdir(os.environ["TMPDIR"]))
"""


@pytest.mark.promise("P22")
def test_nothing_of_a_file_is_ever_written_to_a_disk(tmp_path):
    """Here; in the sandbox no file can be opened at all, see test_sandbox."""
    ran = subprocess.run(
        [sys.executable, "-c", WATCHED],
        cwd=Path(__file__).resolve().parents[2],
        env={**os.environ, "TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout.strip() == "[] []"


def test_a_pdf_that_cannot_be_drawn_is_handed_over_and_still_refused(monkeypatch):
    later: Future[list[bytes]] = Future()
    later.set_exception(Unwelcome(Reason.UNREADABLE))
    facts = {"media_type": "application/pdf", "pages": 1, "changes": []}
    outcome = Outcome(facts, [memoryview(b"cleaned")], later)
    monkeypatch.setattr("files.sandbox.run", lambda *a, **k: outcome)
    clean = take_in(b"a", name="a.pdf")
    assert clean.data == b"cleaned"
    for asked in (clean.must_show, lambda: clean.thumbnail):
        with pytest.raises(Unwelcome):
            asked()
