"""Photographed pages become one PDF: upright, on A4, without a word on where or with what."""

import io

import pypdf
import pytest
from PIL import Image, ImageChops

from files import limits, paper
from files.changes import Change
from files.errors import Reason, Unwelcome
from files.kinds import Kind
from files.paper import one_paper
from files.previews import page_picture
from tests.files import corpus
from tests.files.scanner import listening
from tests.files.test_pdfs import all_bytes_of, dangers_in

MARK = "Zwaluwnest"


def test_several_pictures_become_the_pages_of_one_pdf():
    sent = [
        corpus.photograph(MARK, size=(900, 1200)),
        corpus.heic(MARK),
        corpus.png_with_words(MARK),
    ]
    made = one_paper(sent, name="../brief van thuis.heic")
    assert (made.kind, made.pages, made.name) == (Kind.PDF, 3, "brief van thuis.pdf")
    assert made.changes == (Change.BECAME_PDF,)
    assert Image.open(io.BytesIO(made.thumbnail)).size[1] == 320
    assert MARK.encode() not in all_bytes_of(made.data)
    assert not dangers_in(made.data)
    reader = pypdf.PdfReader(io.BytesIO(made.data))
    sizes = [(round(page.mediabox.width), round(page.mediabox.height)) for page in reader.pages]
    assert sizes == [(595, 842), (842, 595), (842, 595)]
    assert not any("exif" in page.images[0].image.info for page in reader.pages)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_each_page_stands_upright_however_the_phone_was_held(orientation):
    """Yellow is at the top left of the picture as the phone showed it."""
    upright = corpus.drawn((1414, 1000))
    turns = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}  # back from what the number says
    held = upright.transpose(turns[orientation]) if orientation in turns else upright
    out = io.BytesIO()
    held.save(out, "JPEG", exif=corpus.exif(MARK, orientation=orientation))
    made = one_paper([out.getvalue()], name="a")
    page = Image.open(io.BytesIO(page_picture(made.data, Kind.PDF, page=1, width=400)))
    assert page.width > page.height
    wanted = upright.resize(page.size)
    difference = ImageChops.difference(page.convert("L"), wanted.convert("L"))
    assert sum(v * n for v, n in enumerate(difference.histogram())) / (page.width * page.height) < 8


def test_a_picture_is_no_larger_than_paper_needs():
    out = io.BytesIO()
    Image.effect_noise((3000, 4000), 60).convert("RGB").save(out, "JPEG", quality=95)
    made = one_paper([out.getvalue()], name="a")
    (image,) = pypdf.PdfReader(io.BytesIO(made.data)).pages[0].images
    assert image.image.size == (1754, 2339)
    assert len(made.data) < len(out.getvalue()) / 3


def test_many_pages_get_smaller_pictures_before_they_are_refused(monkeypatch):
    out = io.BytesIO()
    Image.effect_noise((1500, 2339), 60).convert("RGB").save(out, "JPEG", quality=95)
    sharp = len(one_paper([out.getvalue()], name="a").data)
    monkeypatch.setattr(limits, "FILE_BYTES", limits.MEGABYTE + 3 * sharp)
    made = one_paper([out.getvalue()] * 4, name="a")
    (image,) = pypdf.PdfReader(io.BytesIO(made.data)).pages[0].images
    assert image.image.height == 1520
    with pytest.raises(Unwelcome) as why:
        one_paper([out.getvalue()] * 20, name="a")
    assert why.value.reason is Reason.TOO_LARGE_CLEANED


@pytest.mark.parametrize(
    ("pictures", "reason", "sentence"),
    [
        ([], Reason.EMPTY, "This file is empty."),
        ([corpus.picture(), b""], Reason.EMPTY, "This file is empty."),
        ([corpus.picture(), b"%PDF-1.7\n%%EOF"], Reason.NOT_A_PICTURE, "Only pictures can become"),
        ([corpus.picture(), corpus.truncated_jpeg()], Reason.CUT_OFF, "This file stops"),
        ([corpus.huge_png()], Reason.TOO_MANY_PIXELS, "This picture has more than 52 million"),
        ([b"a"] * 101, Reason.TOO_MANY_PAGES, "This file has more than 100 pages."),
        ([corpus.HTML], Reason.WEB_PAGE, "This is a web page"),
    ],
)
def test_one_that_is_no_whole_picture_refuses_them_all(pictures, reason, sentence):
    with pytest.raises(Unwelcome) as why:
        one_paper(pictures, name="a")
    assert why.value.reason is reason
    assert why.value.sentence.startswith(sentence)


def test_the_scanner_is_asked_about_each_photograph(settings):
    with listening() as scanner:
        settings.CLAMD = scanner.address
        one_paper([corpus.picture(), corpus.picture("PNG")], name="a")
    assert scanner.asked == [corpus.picture(), corpus.picture("PNG")]


def test_a_picture_larger_than_a_file_may_be_is_refused():
    with pytest.raises(Unwelcome) as why:
        paper.one_paper([bytes(limits.FILE_BYTES + 1)], name="a")
    assert why.value.reason is Reason.TOO_LARGE
