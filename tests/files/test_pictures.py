"""Pictures: what can be seen stays, upright and in its colours; everything else is gone."""

import io

import pypdf
import pytest
from PIL import Image, ImageChops, ImageCms, ImageOps

from files import limits
from files.changes import Change
from files.errors import Reason, Unwelcome
from files.intake import take_in
from files.kinds import Kind
from tests.files import corpus

MARK = "Zwaluwnest"


def seen(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def far_apart(one: Image.Image, other: Image.Image) -> float:
    """The mean difference of two pictures, a point being 0 to 255."""
    difference = ImageChops.difference(one.convert("RGB"), other.convert("RGB"))
    return sum(value * count for value, count in enumerate(difference.convert("L").histogram())) / (
        one.width * one.height
    )


def refused(data: bytes, name: str = "a.jpg") -> Unwelcome:
    with pytest.raises(Unwelcome) as why:
        take_in(data, name=name)
    return why.value


@pytest.mark.promise("P24")
@pytest.mark.parametrize(
    ("sent", "media_type"),
    [
        (corpus.photograph(MARK), "image/jpeg"),
        (corpus.jpeg_with_everything(MARK), "image/jpeg"),
        (corpus.photograph(MARK, "PNG"), "image/png"),
        (corpus.png_with_words(MARK), "image/png"),
        (corpus.photograph(MARK, "WEBP"), "image/webp"),
        (corpus.photograph(MARK, "WEBP", lossless=True), "image/webp"),
        (corpus.heic(MARK), "image/jpeg"),
    ],
)
def test_where_and_by_whom_it_was_taken_is_removed_and_told(sent, media_type):
    assert MARK.encode() in sent, "the corpus holds nothing to find"
    clean = take_in(sent, name="foto.jpg")
    assert clean.media_type == media_type
    for kept in (clean.data, clean.thumbnail):
        assert MARK.encode() not in kept
        assert not set(seen(kept).getexif()), "EXIF is left"
        assert not set(seen(kept).info) & {"exif", "xmp", "comment", "photoshop", "icc_profile"}
    assert {Change.LOCATION_REMOVED, Change.METADATA_REMOVED} <= set(clean.changes)
    assert far_apart(seen(clean.data), corpus.drawn()) < 3


def test_the_maker_of_a_scan_is_removed_and_told():
    sent = corpus.photograph(MARK, "TIFF")
    assert MARK.encode() in sent
    clean = take_in(sent, name="scan.tif")
    assert MARK.encode() not in clean.data
    assert clean.changes == (Change.METADATA_REMOVED, Change.BECAME_PNG)


@pytest.mark.parametrize("shape", ["JPEG", "PNG", "WEBP", "GIF", "TIFF"])
def test_a_picture_that_hides_nothing_is_kept_without_a_word_on_it(shape):
    clean = take_in(corpus.picture(shape), name="a")
    assert not {Change.LOCATION_REMOVED, Change.METADATA_REMOVED} & set(clean.changes)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("shape", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_a_picture_is_turned_as_it_was_held(shape, orientation):
    sent = corpus.photograph(MARK, shape, orientation=orientation)
    upright = ImageOps.exif_transpose(seen(sent))
    assert far_apart(seen(take_in(sent, name="a").data), upright) < 3


def test_the_picture_of_an_iphone_becomes_jpeg_and_that_is_told():
    clean = take_in(corpus.heic(MARK), name="IMG_0001.HEIC")
    assert (clean.media_type, clean.name) == ("image/jpeg", "IMG_0001.jpg")
    assert Change.BECAME_JPEG in clean.changes


@pytest.mark.parametrize(
    "sent",
    [
        corpus.picture("PNG", (300, 200)),
        corpus.picture("WEBP", (300, 200), lossless=True),
        corpus.picture("GIF", (300, 200)),
        corpus.picture("TIFF", (300, 200), compression="tiff_lzw"),
    ],
)
def test_what_was_without_loss_stays_so(sent):
    kept, before = seen(take_in(sent, name="a").data), seen(sent)
    assert ImageChops.difference(kept.convert("RGBA"), before.convert("RGBA")).getbbox() is None


def test_holes_in_a_picture_stay_holes():
    for mode in ("RGBA", "LA", "P"):
        drawn = Image.new("RGBA", (60, 40), (0, 0, 0, 0))
        drawn.paste((255, 0, 0, 255), (0, 0, 30, 40))
        out = io.BytesIO()
        drawn.convert(mode).save(out, "PNG")
        kept = seen(take_in(out.getvalue(), name="a").data).convert("RGBA")
        assert (kept.getpixel((50, 20))[3], kept.getpixel((5, 5))[3]) == (0, 255)


def test_sixteen_bits_of_grey_stay_and_show_in_the_thumbnail():
    out = io.BytesIO()
    Image.new("I;16", (600, 400), 30_000).save(out, "PNG")
    clean = take_in(out.getvalue(), name="a")
    assert seen(clean.data).getpixel((0, 0)) == 30_000
    assert abs(seen(clean.thumbnail).getpixel((0, 0))[0] - 117) < 3


def test_colours_come_out_as_every_browser_shows_them():
    """In this profile red is what sRGB calls blue, and the other way around."""
    for shape, mode in (("JPEG", "RGB"), ("PNG", "RGBA"), ("WEBP", "RGB"), ("TIFF", "RGB")):
        out = io.BytesIO()
        Image.new(mode, (60, 40), "red").save(
            out, shape, icc_profile=corpus.swapped_profile(), quality=95
        )
        kept = seen(take_in(out.getvalue(), name="a").data)
        assert "icc_profile" not in kept.info
        red, green, blue = kept.convert("RGB").getpixel((30, 20))
        assert (red < 40, green < 40, blue > 215) == (True, True, True), shape


def test_a_profile_that_fits_no_picture_is_left_out():
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB", 5000)).tobytes()
    for profile in (lab, b"not a profile"):
        kept = seen(take_in(corpus.picture("JPEG", icc_profile=profile), name="a").data)
        assert "icc_profile" not in kept.info
        assert far_apart(kept, corpus.drawn()) < 3


def test_the_colours_of_print_become_those_of_a_screen():
    printed = io.BytesIO()
    corpus.drawn(mode="CMYK").save(printed, "JPEG")
    kept = seen(take_in(printed.getvalue(), name="a").data)
    assert kept.mode == "RGB"
    assert far_apart(kept, corpus.drawn()) < 12


@pytest.mark.parametrize("shape", ["GIF", "PNG", "WEBP"])
def test_of_an_animation_the_first_picture_is_kept_and_that_is_told(shape):
    clean = take_in(corpus.animation(shape), name="a")
    assert Change.FIRST_FRAME_KEPT in clean.changes
    assert getattr(seen(clean.data), "n_frames", 1) == 1
    assert far_apart(seen(clean.data), corpus.drawn()) < 4


@pytest.mark.parametrize(
    ("mode", "settings"), [("1", {"compression": "group4"}), ("L", {}), ("RGB", {})]
)
def test_a_scan_of_several_pages_becomes_a_pdf(mode, settings):
    clean = take_in(corpus.scan(3, mode, **settings), name="scan.tiff")
    assert (clean.kind, clean.pages, clean.name) == (Kind.PDF, 3, "scan.pdf")
    assert clean.changes == (Change.BECAME_PDF,)
    reader = pypdf.PdfReader(io.BytesIO(clean.data))
    assert len(reader.pages) == 3
    drawn = reader.pages[2].images[0].image
    assert far_apart(drawn, corpus.drawn((1240, 1754), mode)) < 2
    assert reader.metadata is None


def test_a_scan_of_one_page_becomes_a_picture():
    clean = take_in(corpus.scan(1, "1", compression="group4"), name="scan.tiff")
    assert (clean.media_type, clean.changes) == ("image/png", (Change.BECAME_PNG,))


def test_a_scan_of_too_many_pages_is_refused():
    out = io.BytesIO()
    page = Image.new("1", (8, 8))
    page.save(out, "TIFF", save_all=True, append_images=[page] * limits.TIFF_PAGES)
    assert refused(out.getvalue()).sentence == (
        "This file has more than 200 pages. Send it in parts."
    )


@pytest.mark.parametrize("sent", [corpus.huge_png(), corpus.huge_jpeg()])
def test_a_picture_that_would_fill_the_memory_is_refused_before_it_is_drawn(sent):
    assert len(sent) < 100_000
    why = refused(sent)
    assert why.reason is Reason.TOO_MANY_PIXELS
    assert why.sentence == (
        "This picture has more than 52 million pixels. Save it smaller and send it again."
    )


def test_the_largest_picture_that_is_accepted_fits_in_the_memory_of_a_job():
    """In the shape that takes most of it, to be turned and with colours to be changed."""
    shade = Image.linear_gradient("L").resize((8200, 6300))
    out = io.BytesIO()
    holes = shade.point(lambda value: 255 if value > 99 else 0)
    Image.merge("RGBA", (shade, shade, shade, holes)).save(
        out, "WEBP", method=0, exif=corpus.exif(MARK, orientation=6),
        icc_profile=corpus.swapped_profile(),
    )  # fmt: skip
    assert seen(take_in(out.getvalue(), name="a").data).size == (6300, 8200)


@pytest.mark.parametrize(
    "sent",
    [
        corpus.truncated_jpeg(),
        corpus.picture("PNG", (800, 600))[:900],
        corpus.picture("WEBP", (800, 600))[:-60],
        corpus.picture("TIFF", (800, 600))[:-900],
    ],
)
def test_a_picture_that_breaks_off_is_refused(sent):
    assert refused(sent).sentence == (
        "This file stops before its end. Open it on your device to see whether it is whole, "
        "and send it again."
    )


@pytest.mark.parametrize("what", corpus.NOT_ACCEPTED)
@pytest.mark.parametrize("name", ["vakantie.jpg", "rapport.pdf", "index.html"])
def test_the_name_decides_nothing_and_what_is_not_known_is_refused(what, name):
    why = refused(corpus.NOT_ACCEPTED[what], name)
    assert why.reason is Reason.UNKNOWN
    assert why.sentence.startswith("This kind of file is not accepted. You can send: PDF, JPEG,")


@pytest.mark.parametrize("what", corpus.WEB_PAGES)
@pytest.mark.parametrize("name", ["vakantie.jpg", "logo.svg"])
def test_a_web_page_or_drawing_with_scripts_is_refused_whatever_its_name(what, name):
    assert refused(corpus.WEB_PAGES[what], name).reason is Reason.WEB_PAGE


def test_a_picture_that_is_a_script_too_is_only_a_picture_afterwards():
    sent = corpus.picture("GIF") + b"*/=1;alert(document.cookie)//<script>"
    clean = take_in(sent, name="a.js")
    assert clean.name == "a.js.png"
    assert b"alert" not in clean.data
    assert refused(corpus.GIF_THAT_IS_SCRIPT).reason in {Reason.UNREADABLE, Reason.CUT_OFF}


def test_a_jpeg_that_is_a_zip_too_is_only_a_jpeg_afterwards():
    clean = take_in(corpus.jpeg_with_everything(MARK), name="a.zip")
    assert b"PK\x05\x06" not in clean.data
