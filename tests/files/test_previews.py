"""Pages as pictures: what a browser is given is drawn, never the file itself."""

import io
import os
import time
from pathlib import Path

import pypdfium2
import pytest
from pikepdf import Name
from PIL import Image

from files import limits, sandbox
from files.errors import Reason, Unwelcome
from files.intake import take_in
from files.kinds import Kind
from files.previews import page_picture
from tests.files import corpus, heavy_pdfs, pdfs
from tests.files.pdfs import saved, with_pages
from tests.files.sandboxes import children_of, comes_true


def drawn(data: bytes, kind=Kind.PDF, *, page=1, width=600) -> Image.Image:
    return Image.open(io.BytesIO(page_picture(data, kind, page=page, width=width)))


def darkness(image: Image.Image, box: tuple[int, int, int, int]) -> int:
    """How many dark points there are in a part of it."""
    return image.convert("L").crop(box).point(lambda value: value < 128 and 255).histogram()[255]


def test_each_page_of_a_pdf_is_drawn_as_wide_as_asked():
    clean = take_in(saved(with_pages(3)), name="a.pdf")
    pages = [drawn(clean.data, page=page) for page in (1, 2, 3)]
    assert {(page.format, page.width) for page in pages} == {("WEBP", 600)}
    assert abs(pages[0].height - 600 * 842 / 595) < 2
    assert len({page.tobytes() for page in pages}) == 3


@pytest.mark.parametrize("page", [0, -1, 4])
def test_a_page_that_is_not_there_is_said_so(page):
    clean = take_in(saved(with_pages(3)), name="a.pdf")
    with pytest.raises(LookupError):
        page_picture(clean.data, Kind.PDF, page=page, width=600)
    with pytest.raises(LookupError):
        page_picture(corpus.picture(), Kind.PICTURE, page=2, width=600)
    with pytest.raises(LookupError):
        page_picture(b"a", Kind.MAIL, page=1, width=600)


@pytest.mark.parametrize(("asked", "given"), [(1, 64), (10**9, 2_400)])
def test_the_width_is_bounded(asked, given):
    clean = take_in(saved(with_pages()), name="a.pdf")
    assert drawn(clean.data, width=asked).width == given


def test_a_page_that_is_far_higher_than_wide_is_bounded_too():
    pdf = with_pages()
    pdf.pages[0].obj.MediaBox = [0, 0, 10, 14_000]
    image = drawn(take_in(saved(pdf), name="a.pdf").data, width=2_400)
    assert max(image.size) <= 2_400 * 4


def test_what_is_filled_in_and_written_on_a_page_is_drawn():
    pdf = with_pages()
    pdfs.scripts_on_events(pdf)
    clean = take_in(saved(pdf), name="a.pdf")
    field = (50, 842 - 95, 250, 842 - 45)
    assert darkness(drawn(clean.data, width=595), field) > 50
    assert darkness(drawn(saved(with_pages()), width=595), field) == 0


def test_a_picture_is_drawn_smaller_and_never_larger():
    for shape in ("JPEG", "PNG", "WEBP"):
        clean = take_in(corpus.picture(shape, (1200, 800)), name="a")
        assert drawn(clean.data, Kind.PICTURE, width=400).size == (400, 267)
        assert drawn(clean.data, Kind.PICTURE, width=2_400).size == (1200, 800)


def test_a_file_that_nobody_can_draw_is_said_so():
    with pytest.raises(Unwelcome) as why:
        page_picture(b"%PDF-1.7 nothing", Kind.PDF, page=1, width=600)
    assert why.value.reason is Reason.UNREADABLE


def test_a_drawing_that_never_ends_is_given_up():
    """As it is, without having been taken in first."""
    start = time.monotonic()
    try:
        page_picture(heavy_pdfs.forms_in_forms(), Kind.PDF, page=1, width=600)
    except Unwelcome as why:
        start += 0 if why.reason is Reason.UNREADABLE else 10**6
    assert 0 <= time.monotonic() - start < limits.JOB_SECONDS + 5


def long_report() -> bytes:
    """200 pages and 20 MB, each page with a picture of its own."""
    pdf = with_pages(200)
    noise = Image.effect_noise((420, 300), 90)
    for number, page in enumerate(pdf.pages):
        out = io.BytesIO()
        noise.rotate(number).save(out, "JPEG", quality=90)
        image = pdf.make_stream(
            out.getvalue(), Type=Name.XObject, Subtype=Name.Image, Width=420, Height=300,
            ColorSpace=Name.DeviceGray, BitsPerComponent=8, Filter=Name.DCTDecode,
        )  # fmt: skip
        page.obj.Resources.XObject = {"/Im": image}
        page.contents_add(b"q 500 0 0 350 50 100 cm /Im Do Q")
    return saved(pdf, compress_streams=True)


def test_the_first_page_of_a_long_pdf_costs_no_more_than_three_times_drawing_it_alone():
    clean = take_in(long_report(), name="rapport.pdf")
    assert len(clean.data) > 10 * limits.MEGABYTE
    alone = take_in(saved(one_page_of(clean.data)), name="a.pdf").data

    def by_itself() -> None:
        page = pypdfium2.PdfDocument(alone)[0]
        image = page.render(scale=1000 / page.get_width()).to_pil().convert("RGB")
        image.save(io.BytesIO(), "WEBP", quality=85, method=2)

    page_picture(clean.data, Kind.PDF, page=1, width=1000)  # the sandbox has started
    through = work_of(lambda: page_picture(clean.data, Kind.PDF, page=1, width=1000))
    assert through < 3 * work_of(by_itself)


def one_page_of(data: bytes):
    import pikepdf

    one = pikepdf.Pdf.new()
    with pikepdf.open(io.BytesIO(data)) as long:
        one.pages.append(long.pages[0])
        return one


def work_of(act, times: int = 7) -> float:
    """Seconds that processors worked for it, here and in the sandbox: other work adds nothing."""
    before = worked()
    for _ in range(times):
        act()
    return worked() - before


def worked() -> float:
    server = sandbox._sandbox.server
    assert comes_true(lambda: not children_of(server))  # what an ended job worked is its server's
    values = Path(f"/proc/{server}/stat").read_text().rpartition(")")[2].split()
    return time.process_time() + sum(map(int, values[11:15])) / os.sysconf("SC_CLK_TCK")
