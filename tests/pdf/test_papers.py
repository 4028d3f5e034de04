"""Papers: readable aloud, marked on every page, made of nothing but what came along."""

import io
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from pypdf import PdfReader
from pypdf.generic import IndirectObject

from pdf import papers
from pdf.errors import NotMade, Reason

Write = Callable[[str], str]


def picture() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (300, 400), "navy").save(file, "WEBP")
    return file.getvalue()


@pytest.fixture
def template(settings: Any, tmp_path: Path) -> Write:
    """Writes a template of one paper and gives its name."""
    settings.TEMPLATES = [
        {**settings.TEMPLATES[0], "DIRS": [*settings.TEMPLATES[0]["DIRS"], tmp_path]}
    ]

    def write(content: str) -> str:
        (tmp_path / "a_paper.html").write_text(
            '{% extends "pdf/paper.html" %}{% block heading %}<p>Kop Noor</p>{% endblock heading %}'
            "{% block foot %}<p>Voet {{ who }}</p>{% endblock foot %}"
            "{% block content %}" + content + "{% endblock content %}"
        )
        return "a_paper.html"

    return write


def made(name: str, **options: Any) -> PdfReader:
    context = {"who": "Dirk <b>", **options.pop("context", {})}
    data = papers.make(name, context, **{"title": "Verslag van Noor", "language": "nl", **options})
    return PdfReader(io.BytesIO(data), strict=True)


def elements(reader: PdfReader) -> list[dict[str, Any]]:
    """Every element of the structure that a screen reader walks."""
    found, waiting = [], [reader.trailer["/Root"]["/StructTreeRoot"]["/K"]]
    while waiting:
        node = waiting.pop()
        node = node.get_object() if isinstance(node, IndirectObject) else node
        if isinstance(node, list):
            waiting += node
        elif isinstance(node, dict) and "/S" in node:
            found.append(node)
            waiting += [node["/K"]] if "/K" in node else []
    return found


def test_the_heads_of_a_table_are_found_and_say_what_they_are_the_head_of(template: Write) -> None:
    reader = made(
        template(
            '<table><tr><th scope="col">Dag</th><th scope="col">Uur</th></tr>'
            '<tr><th scope="row">maandag</th><td>3</td></tr></table>'
        )
    )
    heads = [one for one in elements(reader) if one["/S"] == "/TH"]
    assert sorted(one["/A"]["/Scope"] for one in heads) == ["/Column", "/Column", "/Row"]
    names = list(reader.trailer["/Root"]["/StructTreeRoot"]["/IDTree"]["/Names"])
    found = {name: one.get_object() for name, one in zip(names[::2], names[1::2], strict=True)}
    assert list(found) == sorted(found)
    assert {name: one["/ID"] for name, one in found.items()} == {name: name for name in found}
    (cell,) = (one for one in elements(reader) if one["/S"] == "/TD")
    assert len(cell["/A"]["/Headers"]) == 2
    assert set(cell["/A"]["/Headers"]) < set(found)


def test_a_paper_can_be_read_aloud(template: Write) -> None:
    name = template(
        "<h2>Gesprek</h2><p>Rekenen gaat goed.</p><ul><li>een</li></ul>"
        '<table><tr><th scope="col">Dag</th></tr><tr><td>maandag</td></tr></table>'
        '<img src="picture:one" alt="Pagina 1 van brief.pdf">'
    )
    reader = made(name, pictures={"one": picture()})
    root = reader.trailer["/Root"]
    assert root["/Lang"] == "nl"
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.metadata.title == "Verslag van Noor"
    assert (
        '<rdf:Description rdf:about="" pdfuaid:part="1"/>' in reader.xmp_metadata.rdf_root.toxml()
    )
    kinds = {node["/S"] for node in elements(reader)}
    assert {
        "/Document",
        "/H1",
        "/H2",
        "/P",
        "/L",
        "/LI",
        "/Table",
        "/TH",
        "/TD",
        "/Figure",
    } <= kinds
    figures = [node for node in elements(reader) if node["/S"] == "/Figure"]
    assert [figure["/Alt"] for figure in figures] == ["Pagina 1 van brief.pdf"]
    assert all("/StructParents" in page for page in reader.pages)
    fonts = {
        font["/BaseFont"] for page in reader.pages for font in page["/Resources"]["/Font"].values()
    }
    assert all("Manrope" in font for font in fonts)


def test_each_page_has_heading_foot_number_and_watermark(template: Write) -> None:
    name = template("{% for n in lines %}<p>Regel {{ n }}</p>{% endfor %}")
    reader = made(name, context={"lines": range(120)}, watermark="Dirk & Co <22 november>")
    texts = [page.extract_text() for page in reader.pages]
    assert len(texts) > 2
    for number, text in enumerate(texts, start=1):
        assert "Kop Noor" in text
        assert "Voet Dirk <b>" in text
        assert f"{number} / {len(texts)}" in text
        assert text.count("Dirk & Co <22 november>") == 3
    spoken = [node for node in elements(reader) if node.get("/ActualText") or node.get("/Alt")]
    assert not spoken  # the watermark is drawn, not read aloud on every page


def test_a_picture_over_the_whole_page_does_not_hide_the_watermark(template: Write) -> None:
    name = template('<figure class="page-picture"><img src="picture:one" alt="x"></figure>')
    white = io.BytesIO()
    Image.new("RGB", (1748, 2232), "white").save(white, "WEBP")
    plain = made(name, pictures={"one": white.getvalue()})
    marked = made(name, pictures={"one": white.getvalue()}, watermark="Dirk 22 november 2026")
    assert darkest(plain) == 255
    assert darkest(marked) < 245


def darkest(reader: PdfReader) -> int:
    """The darkest spot in the middle of the last page, as another program draws it."""
    import pypdfium2

    reader.stream.seek(0)
    with pypdfium2.PdfDocument(reader.stream.read()) as document:
        drawn = document[len(document) - 1].render(scale=1).to_pil().convert("L")
    width, height = drawn.size
    middle = drawn.crop((width // 4, height // 4, 3 * width // 4, 3 * height // 4))
    return middle.getextrema()[0]


def test_what_somebody_typed_stays_text(template: Write) -> None:
    reader = made(template("<p>{{ typed }}</p>"), context={"typed": "<img src=x> &amp;"})
    assert "<img src=x> &amp;" in reader.pages[0].extract_text()


def test_nothing_is_fetched(template: Write, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("MARKER")
    name = template(
        f'<link rel="stylesheet" href="file://{secret}"><link rel="attachment" href="file://{secret}">'
        f'<img src="file://{secret}" alt="a"><img src="http://127.0.0.1:9/x.png" alt="b">'
        f'<img src="data:image/svg+xml,<svg><text>MARKER</text></svg>" alt="c">'
        f'<object data="file://{secret}">d</object><img src="picture:other" alt="e">'
    )
    reader = made(name)
    assert "MARKER" not in "".join(page.extract_text() for page in reader.pages)
    assert not reader.attachments
    assert not [image for page in reader.pages for image in page.images]


def test_a_picture_without_words_is_an_error(template: Write) -> None:
    with pytest.raises(RuntimeError, match="could not be made: 4"):
        made(template('<img src="picture:one" alt=" ">'), pictures={"one": picture()})


def test_a_variable_that_nobody_gave_is_an_error(template: Write) -> None:
    with pytest.raises(LookupError, match="pupil"):
        made(template("<p>{{ pupil.name }}</p>"))


def test_too_many_pages_are_refused_with_a_way_on(template: Write) -> None:
    name = template("{% for n in lines %}<h2 style='break-before: page'>x</h2>{% endfor %}")
    with pytest.raises(NotMade) as refused:
        made(name, context={"lines": range(12)}, pages=10)
    assert refused.value.reason == Reason.TOO_LONG
    assert "more than 10 pages" in refused.value.sentence


@pytest.mark.parametrize(("bound", "value"), [("SECONDS", 1), ("MEMORY_BYTES", 320 * 1024 * 1024)])
def test_time_and_memory_are_bounded(
    bound: str, value: int, template: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(papers, bound, value)
    name = template("{% for n in lines %}<table><tr><td>{{ n }}</td></tr></table>{% endfor %}")
    with pytest.raises(NotMade) as refused:
        made(name, context={"lines": range(6_000)})
    assert refused.value.reason == Reason.TOO_LONG


def test_too_many_at_once_wait_and_are_told(
    template: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(papers, "_WAIT_SECONDS", 0.1)
    for _place in range(papers.AT_ONCE):
        papers._room.acquire()
    try:
        with pytest.raises(NotMade) as refused:
            made(template("<p>x</p>"))
    finally:
        for _place in range(papers.AT_ONCE):
            papers._room.release()
    assert refused.value.reason == Reason.BUSY
    assert "try again" in refused.value.sentence


def test_a_note_of_a_hundred_thousand_signs_is_made(template: Write) -> None:
    text = "\n".join(f"{n}: {'woorden over rekenen ' * 4}" for n in range(1200))[:100_000]
    reader = made(template("<pre>{{ text }}</pre>"), context={"text": text})
    assert "1100: woorden" in "".join(page.extract_text() for page in reader.pages)


def test_the_library_is_loaded_in_the_other_process_only(template: Write) -> None:
    import subprocess
    import sys

    code = "import sys; from pdf import papers; print('weasyprint' in sys.modules)"
    said = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={}
    )
    assert said.stdout.strip() == "False"


def test_what_goes_wrong_says_nothing_of_the_text(
    template: Write, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.DEBUG), pytest.raises(RuntimeError) as failed:
        made(template('<p>MARKER</p><img src="picture:MARKER">'))
    said = "".join(capfd.readouterr())
    assert "MARKER" not in f"{failed.value} {said} {caplog.text}"
