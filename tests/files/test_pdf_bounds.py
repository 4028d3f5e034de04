"""PDFs at their limits: too much, without end, protected, signed, or something else as well."""

import io
import time
import zipfile

import pikepdf
import pypdf
import pytest
from pikepdf import Array, Dictionary, Name, String

from files import limits
from files.changes import Change
from files.errors import Reason, Unwelcome
from files.intake import take_in
from tests.files import corpus, heavy_pdfs, pdfs
from tests.files.pdfs import MARK, saved, with_pages
from tests.files.test_pdfs import all_bytes_of, dangers_in

SENTENCES = {
    Reason.UNPACKS_TOO_LARGE: "Unpacked, this file becomes far larger than a document can be. "
    "Print it to PDF and send that.",
    Reason.UNREADABLE: "This file is damaged or too complicated to check. Open it on your device, "
    "save it again or print it to PDF, and send that.",
    Reason.ENCRYPTED: "This file asks for a password, so it can't be checked. "
    "Save it without a password and send it again.",
    Reason.ADOBE_ONLY: "This form shows in Adobe Reader only. Open it there, print it to PDF "
    "and send that.",
    Reason.TOO_MANY_PAGES: "This file has more than 2000 pages. Send it in parts.",
    Reason.CUT_OFF: "This file stops before its end. Open it on your device to see whether it is "
    "whole, and send it again.",
    Reason.FILE_INSIDE: "Another file is hidden in this file. Print it to PDF and send that, "
    "or send both apart.",
}


def refused(data: bytes) -> Reason:
    with pytest.raises(Unwelcome) as why:
        take_in(data, name="a.pdf")
    assert why.value.sentence == SENTENCES[why.value.reason]
    return why.value.reason


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        (heavy_pdfs.bomb, Reason.UNPACKS_TOO_LARGE),
        (heavy_pdfs.bomb_in_a_bomb, Reason.UNPACKS_TOO_LARGE),
        (heavy_pdfs.many_bombs, Reason.UNPACKS_TOO_LARGE),
        (heavy_pdfs.bomb_of_objects, Reason.UNREADABLE),
        (heavy_pdfs.pictures_in_line, Reason.UNPACKS_TOO_LARGE),
        (heavy_pdfs.huge_picture, Reason.UNPACKS_TOO_LARGE),
        (heavy_pdfs.too_many_pages, Reason.TOO_MANY_PAGES),
        (heavy_pdfs.pages_without_end, Reason.UNREADABLE),
        (heavy_pdfs.for_adobe_only, Reason.ADOBE_ONLY),
        (lambda: heavy_pdfs.encrypted("geheim"), Reason.ENCRYPTED),
        (lambda: heavy_pdfs.written(b"<</Type/Catalog>>"), Reason.UNREADABLE),
        (lambda: b"%PDF-1.7\n" + bytes(3000) + b"%%EOF", Reason.UNREADABLE),
        (lambda: saved(with_pages())[:-20], Reason.CUT_OFF),
        (lambda: saved(with_pages(40))[:3000], Reason.CUT_OFF),
    ],
    ids=lambda made: getattr(made, "__name__", str(made)),
)
def test_what_is_too_much_or_cannot_be_read_is_refused(made, reason):
    sent = made()
    assert len(sent) < limits.FILE_BYTES
    start = time.monotonic()
    assert refused(sent) is reason
    assert time.monotonic() - start < limits.JOB_SECONDS


@pytest.mark.parametrize(
    "made",
    [
        heavy_pdfs.form_in_itself, heavy_pdfs.outline_without_end, heavy_pdfs.nested_deep,
        heavy_pdfs.forms_in_forms,
    ],
)  # fmt: skip
def test_what_turns_in_circles_is_kept_or_refused_and_the_next_file_goes_on(made):
    start, ends = time.monotonic(), []
    try:
        clean = take_in(made(), name="a.pdf")
        ends += dangers_in(clean.data)
        assert clean.thumbnail
    except Unwelcome as why:
        ends += {why.reason} - {Reason.UNREADABLE}
    assert not ends
    assert time.monotonic() - start < limits.JOB_SECONDS + 5
    assert take_in(saved(with_pages()), name="a.pdf").pages == 1


def test_without_a_password_to_open_it_the_protection_goes_and_that_is_told():
    clean = take_in(heavy_pdfs.encrypted(user=""), name="a.pdf")
    assert clean.changes == (Change.PROTECTION_REMOVED,)
    reader = pypdf.PdfReader(io.BytesIO(clean.data))
    assert not reader.is_encrypted
    assert "Page 1" in reader.pages[0].extract_text()


def test_a_signature_goes_with_a_word_on_it_and_stays_to_be_seen():
    clean = take_in(heavy_pdfs.signed(), name="a.pdf")
    assert clean.changes == (Change.SIGNATURE_REMOVED,)
    assert clean.changes[0].sentence.startswith("The digital signature was removed")
    assert MARK.encode() not in all_bytes_of(clean.data)
    (field,) = pypdf.PdfReader(io.BytesIO(clean.data)).pages[0]["/Annots"]
    assert "/AP" in field.get_object()


def test_what_was_filled_in_can_be_read_and_not_changed():
    pdf = with_pages()
    pdfs.scripts_on_events(pdf)
    clean = take_in(saved(pdf), name="a.pdf")
    assert Change.FORMS_LOCKED in clean.changes
    reader = pypdf.PdfReader(io.BytesIO(clean.data))
    (field,) = reader.get_fields().values()
    assert (field["/V"], field["/Ff"] & 1) == ("Pip Zeeman", 1)


def test_nothing_of_an_older_revision_is_left():
    sent = heavy_pdfs.with_an_old_revision()
    assert sent.count(MARK.encode()) == 2
    assert "Page 1" in pypdf.PdfReader(io.BytesIO(sent)).pages[0].extract_text()
    clean = take_in(sent, name="a.pdf")
    assert MARK.encode() not in all_bytes_of(clean.data)
    assert "Page 1" in pypdf.PdfReader(io.BytesIO(clean.data)).pages[0].extract_text()


@pytest.mark.parametrize("made", [heavy_pdfs.that_is_html, heavy_pdfs.that_is_a_zip])
def test_what_is_something_else_as_well_is_only_a_pdf_afterwards(made):
    sent = made()
    assert b"<script>" in sent or zipfile.is_zipfile(io.BytesIO(sent))
    clean = take_in(sent, name="a.pdf")
    assert b"<script>" not in clean.data
    assert not zipfile.is_zipfile(io.BytesIO(clean.data))
    assert clean.data.startswith(b"%PDF-")


def test_names_in_disguise_are_known():
    clean = take_in(heavy_pdfs.in_disguise(), name="a.pdf")
    assert not dangers_in(clean.data)
    assert b"zwaluwnest" not in all_bytes_of(clean.data)
    assert set(clean.changes) == {Change.SCRIPTS_REMOVED, Change.ACTIONS_REMOVED}


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)", " JavaScript:alert(1)", "https://a.example/\njavascript:alert(1)",
        "file:///etc/passwd", "\\\\server\\share", "//server/share", "data:text/html,a", "intent://a",
        "ms-word:ofe|u|https://a.example/a", "search-ms:query=a", "a.exe", "", "http://",
        "https://a.example/\u202eelpmaxe.b//:sptth",
    ],
)  # fmt: skip
def test_only_addresses_of_the_web_and_of_mail_stay(address):
    pdf = with_pages()
    pdfs.mark(pdf, "Link", A=Dictionary(S=Name.URI, URI=String(address)))
    clean = take_in(saved(pdf), name="a.pdf")
    assert clean.changes == (Change.ACTIONS_REMOVED,)
    (link,) = pypdf.PdfReader(io.BytesIO(clean.data)).pages[0]["/Annots"]
    assert "/A" not in link.get_object()


def test_a_zip_inside_is_packed_so_that_nobody_finds_it():
    """In a stream that stood open."""
    zipped = corpus.zip_file(MARK)
    sent = heavy_pdfs.that_holds_a_zip(zipped)
    assert zipfile.is_zipfile(io.BytesIO(sent))
    clean = take_in(sent, name="a.pdf")
    assert not zipfile.is_zipfile(io.BytesIO(clean.data))


def test_a_zip_that_would_still_open_is_refused():
    """In a stream that says it is packed, and isn't."""
    sent = heavy_pdfs.that_holds_a_zip(
        heavy_pdfs.kept_unpacked(corpus.zip_file(MARK)), Filter=Name.FlateDecode
    )
    assert refused(sent) is Reason.FILE_INSIDE


def test_links_to_the_web_and_to_places_in_the_document_stay():
    pdf = with_pages(2)
    place = Array([pdf.pages[1].obj, Name.Fit])
    for address in ("https://school.example/a?b=1", "mailto:ib@school.example"):
        pdfs.mark(pdf, "Link", A=Dictionary(S=Name.URI, URI=String(address)))
    pdfs.mark(pdf, "Link", A=Dictionary(S=Name.GoTo, D=place))
    pdfs.mark(pdf, "Link", Dest=place)
    pdf.Root.Names = Dictionary(Dests=Dictionary(Names=[String("here"), Dictionary(D=place)]))
    pdf.Root.OpenAction = place
    clean = take_in(saved(pdf), name="a.pdf")
    assert clean.changes == ()
    links = pypdf.PdfReader(io.BytesIO(clean.data)).pages[0]["/Annots"]
    actions = [link.get_object().get("/A", {}).get("/URI") for link in links]
    assert actions == ["https://school.example/a?b=1", "mailto:ib@school.example", None, None]
    assert sum("/D" in link.get_object().get("/A", {}) for link in links) == 1


def test_what_helps_a_screen_reader_stays():
    pdf = with_pages()
    table = Dictionary(O=Name.Table, Headers=Array([String("a")]))
    figure = Dictionary(S=Name.Figure, Alt=String("A drawing of a house"), A=table, K=0)
    pdf.Root.StructTreeRoot = pdf.make_indirect(Dictionary(Type=Name.StructTreeRoot, K=figure))
    pdf.Root.MarkInfo, pdf.Root.Lang = Dictionary(Marked=True), String("nl")
    root = pypdf.PdfReader(io.BytesIO(take_in(saved(pdf), name="a.pdf").data)).trailer["/Root"]
    assert root["/Lang"] == "nl"
    kept = root["/StructTreeRoot"]["/K"]
    assert (kept["/Alt"], kept["/A"]["/O"]) == ("A drawing of a house", "/Table")


def test_a_comment_stays_to_be_read_and_its_name_is_told():
    pdf = with_pages()
    pdfs.mark(pdf, "Text", Contents=String("Graag bespreken"), T=String("Demo"))
    clean = take_in(saved(pdf), name="a.pdf")
    assert clean.changes == (Change.COMMENTS_KEPT,)
    (note,) = pypdf.PdfReader(io.BytesIO(clean.data)).pages[0]["/Annots"]
    assert note.get_object()["/Contents"] == "Graag bespreken"


@pytest.mark.parametrize("is_off", [True, False])
def test_a_layer_that_does_not_show_is_told(is_off):
    pdf = with_pages()
    layer = pdf.make_indirect(Dictionary(Type=Name.OCG, Name=String("Antwoorden")))
    shown = Dictionary(OFF=[layer] if is_off else [], ON=[layer])
    pdf.Root.OCProperties = Dictionary(OCGs=[layer], D=shown)
    clean = take_in(saved(pdf), name="a.pdf")
    assert clean.changes == ((Change.HIDDEN_TEXT_KEPT,) if is_off else ())


def test_a_damaged_table_of_contents_is_mended():
    whole = saved(with_pages())
    at = whole.rindex(b"startxref")
    clean = take_in(whole[:at] + b"startxref\n7\n%%EOF", name="a.pdf")
    assert "Page 1" in pypdf.PdfReader(io.BytesIO(clean.data)).pages[0].extract_text()


def test_the_result_shows_its_first_page_before_the_rest_has_come():
    with pikepdf.open(io.BytesIO(take_in(saved(with_pages(30)), name="a.pdf").data)) as kept:
        assert kept.is_linearized
    with pikepdf.open(io.BytesIO(take_in(saved(with_pages(1)), name="a.pdf").data)) as kept:
        assert not kept.is_linearized, "of one page there is no rest"
