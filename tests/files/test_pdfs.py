"""PDFs: what can be read stays, what acts or tells is gone. Looked at with another library."""

import base64
import io
import zlib

import pikepdf
import pypdf
import pypdfium2
import pytest
from PIL import Image, ImageChops
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, StreamObject

from files.changes import Change
from files.intake import take_in
from files.kinds import Kind
from files.previews import page_picture
from tests.files import corpus, pdfs

NEVER = {
    "/AA", "/OpenAction", "/JS", "/JavaScript", "/XFA", "/EmbeddedFiles", "/EF", "/RF", "/AF",
    "/Launch", "/RichMediaContent", "/3DD", "/Metadata", "/PieceInfo", "/Thumb", "/Info",
    "/Collection", "/URI",
}  # fmt: skip
ACTS = {
    "/Launch", "/JavaScript", "/SubmitForm", "/ImportData", "/GoToR", "/GoToE", "/Rendition",
    "/Movie", "/Sound", "/RichMediaExecute", "/ResetForm", "/Hide", "/Named",
}  # fmt: skip


def everything_in(data: bytes):
    """Each object of a file that its trailer can reach, and each that it lists."""
    reader = pypdf.PdfReader(io.BytesIO(data), strict=True)
    waiting, seen = [reader.trailer], set()
    waiting += [IndirectObject(number, 0, reader) for number in reader.xref_objStm]
    waiting += [
        IndirectObject(number, generation, reader)
        for generation, numbers in reader.xref.items()
        for number in numbers
    ]
    while waiting:
        thing = waiting.pop()
        if isinstance(thing, IndirectObject):
            if thing.idnum in seen:
                continue
            seen.add(thing.idnum)
            thing = thing.get_object()
        yield thing
        if isinstance(thing, DictionaryObject):
            waiting += thing.values()
        elif isinstance(thing, ArrayObject):
            waiting += thing


def dangers_in(data: bytes) -> list[str]:
    """What acts, or tells of the maker; a link to the web is neither."""
    found = []
    for thing in everything_in(data):
        if not isinstance(thing, DictionaryObject):
            continue
        web = thing.get("/S") == "/URI" and str(thing.get("/URI", "")).startswith("https://")
        names_only = "/AA" in thing and thing["/AA"].get_object().get("/Type") == "/Font"
        keys = set(thing) & NEVER - ({"/URI"} if web else set()) - (
            {"/AA"} if names_only else set()
        )
        found += sorted(keys)
        if thing.get("/S") in ACTS:
            found.append(f"/S {thing['/S']}")
    return found


def all_bytes_of(data: bytes) -> bytes:
    """The file, and every string and unpacked stream in it."""
    pieces = [data]
    for thing in everything_in(data):
        pieces.append(str(thing).encode())
        if isinstance(thing, StreamObject) and thing.get("/Filter") != "/DCTDecode":
            pieces.append(thing.get_data())
    return b"\n".join(pieces)


@pytest.mark.promise("P22")
@pytest.mark.parametrize("add", pdfs.HOSTILE, ids=lambda add: add.__name__)
def test_nothing_that_acts_or_tells_is_left(add):
    sent = pdfs.hostile(add)
    assert pdfs.MARK.encode() in all_bytes_of(sent), "the corpus holds nothing to find"
    clean = take_in(sent, name="brief.pdf")
    assert not dangers_in(clean.data)
    assert pdfs.MARK.encode() not in all_bytes_of(clean.data)
    assert {str(change) for change in clean.changes} == pdfs.HOSTILE[add]
    text = pypdf.PdfReader(io.BytesIO(clean.data)).pages[0].extract_text()
    assert "Page 1" in text or add is pdfs.photograph_with_a_place


@pytest.mark.parametrize(
    ("made", "how"),
    [
        (corpus.photograph, "DCTDecode"),
        (corpus.jpeg_with_everything, "DCTDecode"),
        (corpus.two_in_one, "DCTDecode"),
        (corpus.restless_jpeg, "DCTDecode"),
        (corpus.jpeg_2000, "JPXDecode"),
    ],
)
def test_a_photograph_in_a_pdf_keeps_its_points_and_tells_nothing(made, how):
    sent = made(pdfs.MARK)
    assert pdfs.MARK.encode() in sent
    pdf = pdfs.with_pages()
    pdfs.photograph_with_a_place(pdf, sent, how)
    clean = take_in(pdfs.saved(pdf), name="a.pdf")
    assert pdfs.MARK.encode() not in clean.data
    assert Change.METADATA_REMOVED in clean.changes
    with pikepdf.open(io.BytesIO(clean.data)) as kept:
        raw = kept.pages[0].obj.Resources.XObject.Im.read_raw_bytes()
    before, after = Image.open(io.BytesIO(sent)), Image.open(io.BytesIO(raw))
    assert not dict(after.getexif())
    assert ImageChops.difference(before.convert("RGB"), after.convert("RGB")).getbbox() is None


@pytest.mark.parametrize(
    ("names", "written"),
    [
        (["ASCII85Decode"], lambda raw: base64.a85encode(raw, wrapcol=70) + b"\n~>"),
        (["ASCII85Decode"], lambda raw: base64.a85encode(raw, adobe=True)),
        (["ASCIIHexDecode"], lambda raw: raw.hex(" ", 30).encode() + b">"),
        (["AHx", "A85"], lambda raw: (base64.a85encode(raw) + b"~>").hex().encode() + b">"),
        (["A85", "FlateDecode"], lambda raw: base64.a85encode(zlib.compress(raw)) + b"~>"),
    ],
)
def test_a_photograph_written_in_letters_tells_nothing_either(names, written):
    pdf = pdfs.with_pages()
    pdfs.photograph_with_a_place(pdf)
    photo = pdf.pages[0].obj.Resources.XObject.Im
    filters = pikepdf.Array([pikepdf.Name(f"/{name}") for name in [*names, "DCTDecode"]])
    photo.write(written(photo.read_raw_bytes()), filter=filters)
    clean = take_in(pdfs.saved(pdf), name="a.pdf")
    assert {Change.METADATA_REMOVED, Change.LOCATION_REMOVED} <= set(clean.changes)
    with pikepdf.open(io.BytesIO(clean.data)) as kept:
        raw = kept.pages[0].obj.Resources.XObject.Im.read_raw_bytes()
    assert not dict(Image.open(io.BytesIO(raw)).getexif())


def _a85(raw: bytes) -> bytes:
    return base64.a85encode(raw, wrapcol=70) + b"\n~>"


def _hex(raw: bytes) -> bytes:
    return raw.hex().encode() + b">"


@pytest.mark.parametrize(
    ("words", "written", "packed"),
    [
        ("/W 120 /H 80 /BPC 8 /CS /RGB /F /DCT", bytes, True),
        ("/Width 120/Height 80/BPC 8/CS/RGB/Filter[/DCTDecode]/L 7", bytes, False),
        ("/W 120 /H 80 /BPC 8 /CS /RGB /F [/A85 /DCT]", _a85, True),
        ("/W 120 /H 80 /BPC 8 /CS /RGB /F [/ASCIIHexDecode /DCT]", _hex, False),
        ("/W 120 /H 80 /BPC 8 /CS /RGB /F [/Fl /DCT]", zlib.compress, True),
    ],
)
def test_a_photograph_in_the_middle_of_a_page_tells_nothing_either(words, written, packed):
    pdf = pdfs.with_pages()
    photo = f"q 120 0 0 80 50 300 cm BI {words} ID ".encode()
    photo += written(corpus.photograph(pdfs.MARK)) + b"\nEI Q\n"
    text = b"BT /AA 40 Tf 60 700 Td (Page /DCT BI ID 1) Tj ET\n"
    pdf.pages[0].Contents = pdf.make_stream(text + photo + text + photo)
    sent = pdfs.saved(pdf, compress_streams=packed)
    clean = take_in(sent, name="a.pdf")
    with pikepdf.open(io.BytesIO(clean.data)) as kept:
        drawing = kept.pages[0].Contents.read_bytes()
        pictures = [
            step
            for step in pikepdf.parse_content_stream(kept.pages[0])
            if isinstance(step, pikepdf.ContentStreamInlineImage)
        ]
    assert pdfs.MARK.encode() not in drawing
    assert drawing.startswith(text)
    assert drawing.count(text) == 2
    assert len(pictures) == 2
    assert {Change.METADATA_REMOVED, Change.LOCATION_REMOVED} <= set(clean.changes)
    before, after = (pypdfium2.PdfDocument(one)[0].render().to_pil() for one in (sent, clean.data))
    assert ImageChops.difference(before, after).getbbox() is None


def test_all_hostile_things_at_once_are_taken_out_of_one_file():
    pdf = pdfs.with_pages()
    for add in pdfs.HOSTILE:
        add(pdf)
    clean = take_in(pdfs.saved(pdf), name="alles.pdf")
    assert not dangers_in(clean.data)
    assert pdfs.MARK.encode() not in all_bytes_of(clean.data)
    assert Change.SCRIPTS_REMOVED in clean.changes


def test_an_ordinary_pdf_is_kept_without_a_word():
    clean = take_in(pdfs.saved(pdfs.with_pages(3)), name="brief.pdf")
    assert (clean.media_type, clean.pages, clean.changes) == ("application/pdf", 3, ())
    assert clean.data.startswith(b"%PDF-")


def test_a_tagged_report_looks_and_reads_the_same_afterwards():
    """One as this portal makes them, with headings, a link, a table and words for a picture."""
    import weasyprint

    text = """<html lang="nl"><title>Verslag</title><h1>Verslag</h1><p>Zie <a
        href="https://school.example/">de school</a> en <a href="#b">hieronder</a>.</p>
        <table><tr><th>Vak</th></tr><tr><td>Rekenen</td></tr></table>
        <h2 id="b" style="break-before: page">Bijlage</h2><svg width="40" height="40" role="img"
        aria-label="Een huis"><rect width="40" height="40" fill="navy"/></svg></html>"""
    sent = weasyprint.HTML(string=text).write_pdf(pdf_variant="pdf/ua-1")
    clean = take_in(sent, name="verslag.pdf")
    assert clean.changes == (Change.METADATA_REMOVED,)
    assert not dangers_in(clean.data)
    before, after = (pypdf.PdfReader(io.BytesIO(data)) for data in (sent, clean.data))
    assert [page.extract_text() for page in after.pages] == [
        page.extract_text() for page in before.pages
    ]
    assert after.outline[0]["/Title"] == "Verslag"
    root = after.trailer["/Root"]
    assert root["/Lang"] == "nl"
    assert (len(root["/StructTreeRoot"]["/K"]), root["/MarkInfo"]["/Marked"]) == (1, True)
    for page in (1, 2):
        was = page_picture(sent, Kind.PDF, page=page, width=500)
        assert page_picture(clean.data, Kind.PDF, page=page, width=500) == was
