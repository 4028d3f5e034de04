"""What loads by itself under the name of a link that one clicks, or in words of older programs."""

import pytest

from files.changes import Change
from files.pictures_within import clean_picture
from tests.files.cleaning import cleaned
from tests.files.documents import OOXML, document, everything_in, odf, office

OUTSIDE = "External"
LINK = ("rId7", "hyperlink", "https://192.0.2.1/a.png", OUTSIDE)


@pytest.mark.parametrize(
    "inside",
    [
        '<a:blip r:link="rId7"/>',
        '<w:p><w:r><w:pict><v:imagedata r:id="rId7"/></w:pict></w:r></w:p>',
        '<w:subDoc r:id="rId7"/>',
        '<w:sourceFileName r:id="rId7"/>',
        '<a:videoFile r:link="rId7"/>',
        '<a:hlinkMouseOver r:id="rId7"/>',
        '<a:hlinkHover r:id="rId7"/>',
    ],
)
def test_only_a_link_that_is_clicked_leads_outside(inside: str) -> None:
    data = office(body=document("Text", inside=inside), rows=(LINK,))
    assert b"192.0.2.1" in everything_in(data)
    found, everything = cleaned(data)
    assert b"192.0.2.1" not in everything
    assert b'"rId7"' not in everything
    assert Change.LINKS_REMOVED in found.changes
    assert b"Text" in everything


def test_a_link_stays_for_who_clicks_beside_a_picture_that_loads_from_it() -> None:
    inside = '<w:hyperlink r:id="rId7"/><a:hlinkClick r:id="rId7"/><a:blip r:link="rId7"/>'
    _found, everything = cleaned(office(body=document(inside=inside), rows=(LINK,)))
    assert b"https://192.0.2.1/a.png" in everything
    assert everything.count(b'r:id="rId7"') == 2
    assert b"r:link" not in everything


@pytest.mark.parametrize(
    "target",
    [
        "https://192.0.2.1/word/other.xml",
        "file://192.0.2.1/word/other.xml",
        "//192.0.2.1/word/other.xml",
    ],
)
def test_what_stands_inside_is_not_fetched_from_outside(target: str) -> None:
    data = office(
        rows=(("rId5", "footnotes", target),),
        more={"word/other.xml": document("Note")},
        types={"/word/other.xml": f"{OOXML}.wordprocessingml.footnotes+xml"},
    )
    assert b"192.0.2.1" in everything_in(data)
    _found, everything = cleaned(data)
    assert b"192.0.2.1" not in everything


@pytest.mark.parametrize(
    "shape",
    [
        '<v:shape><v:imagedata src="https://192.0.2.1/a.png"/></v:shape>',
        '<v:shape><v:imagedata o:href="https://192.0.2.1/a.png"/></v:shape>',
        '<v:shape href="file://192.0.2.1/a"/>',
        '<v:rect><v:fill src="\\\\192.0.2.1\\a"/></v:rect>',
        '<v:rect o:gfxdata="MTkyLjAuMi4x 192.0.2.1"/>',
    ],
)
def test_drawings_of_older_programs_fetch_nothing(shape: str) -> None:
    data = office(body=document("Text", inside=f"<w:pict>{shape}</w:pict>"))
    _found, everything = cleaned(data)
    assert b"192.0.2.1" not in everything
    assert b"gfxdata" not in everything
    assert b"Text" in everything


def test_a_field_with_a_bare_address_beside_a_quoted_tip_is_looked_at() -> None:
    words = 'HYPERLINK file://192.0.2.1/a \\o "tip"'
    body = document(
        inside=f'<w:p><w:fldSimple w:instr="{words.replace(chr(34), "&quot;")}"/></w:p>'
    )
    found, everything = cleaned(office(body=body))
    assert b"192.0.2.1" not in everything
    assert Change.LINKS_REMOVED in found.changes


def test_a_picture_written_out_in_an_open_document_is_not_kept_unseen() -> None:
    body = (
        "<text:p><draw:frame><draw:image><office:binary-data>TUFSS0VS</office:binary-data>"
        "</draw:image></draw:frame>Hello</text:p>"
    )
    data = odf(body=body)
    assert b"TUFSS0VS" in everything_in(data)
    found, everything = cleaned(data)
    assert b"TUFSS0VS" not in everything
    assert Change.EMBEDDED_REMOVED in found.changes
    assert b"Hello" in everything


def test_a_field_whose_address_another_field_writes_becomes_text() -> None:
    def sign(kind: str) -> str:
        return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'

    def said(words: str) -> str:
        return f"<w:r><w:instrText>{words}</w:instrText></w:r>"

    inner = f"{sign('begin')}{said('QUOTE file://192.0.2.1')}{sign('end')}"
    inside = f"<w:p>{sign('begin')}{said('HYPERLINK ')}{inner}{sign('end')}</w:p>"
    _found, everything = cleaned(office(body=document(inside=inside)))
    assert b"HYPERLINK" not in everything


@pytest.mark.parametrize(
    "style",
    [r"@\69mport 'http://192.0.2.1'", r"fill:u\72l(http://192.0.2.1)", "image-set('//192.0.2.1')"],
)
def test_a_style_that_spells_its_words_otherwise_fetches_nothing(style: str) -> None:
    space = "http://www.w3.org/2000/svg"
    svg = f'<svg xmlns="{space}"><style>{style}</style><rect style="{style}" fill="red"/></svg>'
    drawn = clean_picture(svg.encode())
    assert b"192.0.2.1" not in drawn.data
    assert b'fill="red"' in drawn.data


SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def workbook(inside: str) -> bytes:
    body = f'<workbook xmlns="{SHEET}"><sheets/></workbook>'
    sheet = f'<worksheet xmlns="{SHEET}"><v>Text</v>{inside}</worksheet>'
    return office(
        "xlsx",
        body,
        rows=(("rId1", "worksheet", "worksheets/sheet1.xml"),),
        more={"xl/worksheets/sheet1.xml": sheet},
        types={"/xl/worksheets/sheet1.xml": f"{OOXML}.spreadsheetml.worksheet+xml"},
    )


@pytest.mark.parametrize(
    "inside",
    [
        "<c><f>'\\\\192.0.2.1\\a\\[b.xlsx]c'!A1</f></c>",
        "<c><f>'https://192.0.2.1/[b.xlsx]c'!A1</f></c>",
        '<c><f>HYPERLINK("file://192.0.2.1/a")</f></c>',
        '<c><f>HYPERLINK( "\\\\192.0.2.1\\a","click")</f></c>',
        '<tableColumn><totalsRowFormula>WEBSERVICE("http://192.0.2.1")</totalsRowFormula></tableColumn>',
        '<cfvo type="formula" val="WEBSERVICE(&quot;http://192.0.2.1&quot;)"/>',
    ],
)
def test_a_formula_reaches_no_other_book_and_no_share(inside: str) -> None:
    assert b"192.0.2.1" in everything_in(workbook(inside))
    found, everything = cleaned(workbook(inside))
    assert b"192.0.2.1" not in everything
    assert Change.LINKS_REMOVED in found.changes
    assert b"Text" in everything


def test_formulas_within_the_book_stay() -> None:
    inside = (
        "<c><f>SUM('Groep 7:Groep 8'!A1)</f></c><c><f>Tabel1[Naam]</f></c>"
        '<c><f>HYPERLINK("https://school.example","site")</f></c><cfvo type="num" val="3"/>'
    )
    found, everything = cleaned(workbook(inside))
    assert inside.encode() in everything
    assert Change.LINKS_REMOVED not in found.changes


@pytest.mark.parametrize(
    "inside",
    [
        '<submission action="https://192.0.2.1/a"/>',
        '<instance src="https://192.0.2.1/a"/>',
        '<form:form form:datasource="https://192.0.2.1/a.odb"/>',
        "<table:table-cell table:formula=\"of:=['\\\\192.0.2.1\\a.ods'#$A.A1]\"/>",
        "<table:table-cell table:formula=\"of:=['192.0.2.1.ods'#$A.A1]\"/>",
    ],
)
def test_an_open_document_fetches_and_sends_nothing(inside: str) -> None:
    data = odf(body=f"<text:p>Hello</text:p>{inside}")
    assert b"192.0.2.1" in everything_in(data)
    found, everything = cleaned(data)
    assert b"192.0.2.1" not in everything
    assert Change.LINKS_REMOVED in found.changes
    assert b"Hello" in everything


def test_ordinary_formulas_of_an_open_document_stay() -> None:
    formula = "of:=SUM([.A1:.A3];[$'Groep 7'.B2])&amp;&quot;it's&quot;"
    found, everything = cleaned(odf(body=f'<table:table-cell table:formula="{formula}"/>'))
    assert formula.replace("&quot;", "&quot;").encode() in everything
    assert Change.LINKS_REMOVED not in found.changes


def test_a_pivot_table_tells_not_who_refreshed_it() -> None:
    inside = '<pivot refreshedBy="MARKER-NAME" refreshedDate="45000" count="3"/>'
    found, everything = cleaned(workbook(inside))
    assert b"MARKER-NAME" not in everything
    assert b'count="3"' in everything
    assert Change.METADATA_REMOVED in found.changes
