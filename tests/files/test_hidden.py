"""What a document holds without showing it is told; what stands behind pivot tables goes."""

import pytest

from files.changes import Change
from tests.files.cleaning import cleaned
from tests.files.documents import OOXML, document, odf, office

S = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
P = (
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
)
STYLE = 'xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"'
KEPT = {change for change in Change if change.endswith("_kept")} - {Change.FIRST_FRAME_KEPT}


def sheet(body: str) -> bytes:
    return _with_part("xlsx", "worksheet", f"<worksheet {S}>{body}</worksheet>")


def _with_part(kind: str, what: str, part: str) -> bytes:
    folder, name = {"xlsx": ("xl", "worksheets/a.xml"), "pptx": ("ppt", "slides/a.xml")}[kind]
    return office(
        kind,
        rows=(("rId3", what, name),),
        more={f"{folder}/{name}": part},
        types={f"/{folder}/{name}": f"{OOXML}.a+xml"},
    )


def book(sheets: str) -> bytes:
    return office("xlsx", f"<workbook {S}><sheets>{sheets}</sheets></workbook>")


def slide(attributes: str = "", root: str = "sld", body: str = "") -> bytes:
    kind = "slide" if root == "sld" else "notesSlide"
    return _with_part("pptx", kind, f"<p:{root} {P} {attributes}>{body}</p:{root}>")


def words(run: str) -> bytes:
    return office(body=document(inside=f"<w:p>{run}<w:r><w:t>a</w:t></w:r></w:p>"))


def styled(what: str) -> bytes:
    return odf(body=f"<style:style {STYLE}>{what}</style:style>")


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (book('<sheet name="a"/>'), set()),
        (book('<sheet name="a" state="hidden"/>'), {Change.HIDDEN_SHEETS_KEPT}),
        (book('<sheet name="a" state="veryHidden"/>'), {Change.HIDDEN_SHEETS_KEPT}),
        (sheet('<row r="1"/><col min="1" width="9"/>'), set()),
        (sheet('<row r="1" hidden="1"/>'), {Change.HIDDEN_ROWS_KEPT}),
        (sheet('<col min="1" hidden="true"/>'), {Change.HIDDEN_ROWS_KEPT}),
        (sheet('<col min="1" width="0"/>'), {Change.HIDDEN_ROWS_KEPT}),
        (sheet('<sheetFormatPr zeroHeight="1"/>'), {Change.HIDDEN_ROWS_KEPT}),
        (slide(), set()),
        (slide('show="1"'), set()),
        (slide('show="0"'), {Change.HIDDEN_SLIDES_KEPT}),
        (slide(body='<p:cNvPr name="a" hidden="1"/>'), {Change.HIDDEN_TEXT_KEPT}),
        (slide(root="notes", body="<a:fld><a:t>3</a:t></a:fld>"), set()),
        (slide(root="notes", body="<a:r><a:t>Say this</a:t></a:r>"), {Change.NOTES_KEPT}),
        (words("<w:pPr><w:rPr><w:vanish/></w:rPr></w:pPr>"), set()),
        (words('<w:r><w:rPr><w:vanish w:val="0"/></w:rPr></w:r>'), set()),
        (words("<w:r><w:rPr><w:vanish/></w:rPr></w:r>"), {Change.HIDDEN_TEXT_KEPT}),
        (
            words('<w:style w:styleId="Geheim"><w:rPr><w:vanish/></w:rPr></w:style>'),
            {Change.HIDDEN_TEXT_KEPT},
        ),
        (words('<w:style w:styleId="z-Top"><w:rPr><w:vanish/></w:rPr></w:style>'), set()),
        (styled('<style:table-properties table:display="true"/>'), set()),
        (styled('<style:table-properties table:display="false"/>'), {Change.HIDDEN_SHEETS_KEPT}),
        (odf(body='<table:table-row table:visibility="visible"/>'), set()),
        (odf(body='<table:table-row table:visibility="filter"/>'), {Change.HIDDEN_ROWS_KEPT}),
        (
            styled('<style:drawing-page-properties presentation:visibility="hidden"/>'),
            {Change.HIDDEN_SLIDES_KEPT},
        ),
        (styled('<style:text-properties text:display="none"/>'), {Change.HIDDEN_TEXT_KEPT}),
        (odf(body='<text:section text:display="none"/>'), {Change.HIDDEN_TEXT_KEPT}),
        (odf(body="<text:hidden-paragraph/>"), {Change.HIDDEN_TEXT_KEPT}),
        (
            odf(body="<presentation:notes><text:page-number>1</text:page-number></presentation:notes>"),
            set(),
        ),
        (
            odf(body="<presentation:notes><text:p>Say this</text:p></presentation:notes>"),
            {Change.NOTES_KEPT},
        ),
    ],
)  # fmt: skip
def test_what_does_not_show_is_told_and_only_that(data: bytes, told: set[Change]) -> None:
    found, _everything = cleaned(data)
    assert found.changes & KEPT == told


def test_a_sheet_that_no_menu_shows_can_be_shown_afterwards() -> None:
    _found, everything = cleaned(book('<sheet name="a" state="veryHidden"/>'))
    assert b'state="hidden"' in everything
    assert b"veryHidden" not in everything


def test_behind_a_pivot_table_no_copy_of_its_rows_stays() -> None:
    anchor = (
        '<d:wsDr xmlns:d="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing">'
        '<d:twoCellAnchor><s:slicer xmlns:s="x" name="MARKER"/></d:twoCellAnchor>'
        "<d:twoCellAnchor><d:sp/></d:twoCellAnchor></d:wsDr>"
    )
    types = {
        f"/xl/{name}": f"{OOXML}.a+xml"
        for name in ("cache.xml", "records.xml", "pivot.xml", "slicer.xml", "sheet.xml", "d.xml")
    }
    rels = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    base = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    data = office(
        "xlsx",
        f'<workbook {S} xmlns:r="{base}"><pivotCaches><pivotCache r:id="rId3"/></pivotCaches>'
        '<extLst><ext uri="a"><slicerCaches/></ext></extLst></workbook>',
        rows=(("rId3", "pivotCacheDefinition", "cache.xml"), ("rId4", "worksheet", "sheet.xml"),
              ("rId5", "slicerCache", "slicer.xml"), ("rId6", "drawing", "d.xml")),
        more={
            "xl/cache.xml": "<a>MARKER</a>",
            "xl/_rels/cache.xml.rels": rels
            + f'<Relationship Id="r1" Type="{base}/pivotCacheRecords" Target="records.xml"/>'
            "</Relationships>",
            "xl/records.xml": "<a>MARKER</a>",
            "xl/pivot.xml": "<a>MARKER</a>",
            "xl/slicer.xml": "<a>MARKER</a>",
            "xl/d.xml": anchor,
            "xl/sheet.xml": f"<worksheet {S}><sheetData><row><c><v>42</v></c></row></sheetData>"
            '<conditionalFormatting pivot="1"/></worksheet>',
            "xl/_rels/sheet.xml.rels": rels
            + f'<Relationship Id="r1" Type="{base}/pivotTable" Target="pivot.xml"/>'
            "</Relationships>",
        },
        types=types,
    )  # fmt: skip
    found, everything = cleaned(data)
    assert Change.PIVOTS_STOPPED in found.changes
    for gone in (b"MARKER", b"pivot", b"licer", b"extLst"):
        assert gone not in everything, gone
    assert b"<v>42</v>" in everything
    assert everything.count(b"twoCellAnchor") == 2, "the other drawing on the sheet went as well"


def test_behind_a_pivot_table_of_an_open_document_nothing_stays() -> None:
    pivot = '<table:data-pilot-tables><table:data-pilot-table table:name="MARKER"/>'
    found, everything = cleaned(
        odf("spreadsheet", f"<text:p>42</text:p>{pivot}</table:data-pilot-tables>")
    )
    assert Change.PIVOTS_STOPPED in found.changes
    assert b"MARKER" not in everything
    assert b"<text:p>42</text:p>" in everything
