"""Text comes out as UTF-8 in which everything can be seen; web pages are refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from files import kinds, text
from files.changes import Change
from files.errors import Reason, Unwelcome
from files.intake import take_in
from files.kinds import Kind
from files.previews import text_of

SENTENCE = "Zoë kreeg € 5 voor het schoolreisje – leuk."


@pytest.mark.parametrize(
    ("encoding", "changes"),
    [
        ("utf-8", ()),
        ("utf-8-sig", (Change.BECAME_UTF8,)),
        ("utf-16", (Change.BECAME_UTF8,)),
        ("utf-16-be", (Change.BECAME_UTF8,)),
        ("cp1252", (Change.BECAME_UTF8,)),
    ],
)
def test_text_reads_the_same_whatever_wrote_it(encoding: str, changes: tuple[Change, ...]) -> None:
    mark = b"\xfe\xff" if encoding == "utf-16-be" else b""
    clean = take_in(mark + SENTENCE.encode(encoding), name="verslag.txt")
    assert (clean.kind, clean.media_type, clean.name) == (Kind.TEXT, "text/plain", "verslag.txt")
    assert text_of(clean.data) == SENTENCE
    assert clean.changes == changes


def test_signs_that_cannot_be_seen_go_and_are_told() -> None:
    clean = take_in("Pay \u202egpj.exe\u202c now\u200b\x1b[2J\x07 ok 👨‍👩‍👧".encode(), name="a.txt")
    assert clean.data.decode() == "Pay gpj.exe now[2J ok 👨‍👩‍👧"
    assert clean.changes == (Change.SIGNS_REMOVED,)


def test_line_endings_are_no_change_that_is_told() -> None:
    clean = take_in(b"one\r\ntwo\rthree\n", name="a.md")
    assert clean.data == b"one\ntwo\nthree\n"
    assert clean.changes == ()
    assert clean.name == "a.txt"


@pytest.mark.parametrize(
    "page",
    [
        "<!DOCTYPE html><p>hi</p>",
        "  \n<html><script>alert(1)</script>",
        "<!-- x --><script>alert(1)</script>",
        '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
        "<svg onload=alert(1)>",
        "<SCRIPT>alert(1)</SCRIPT>",
        "\ufeff<iframe src=x>",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_web_page_is_refused_whatever_it_is_called(page: str, encoding: str) -> None:
    with pytest.raises(Unwelcome) as refused:
        take_in(page.encode(encoding), name="photo.jpg")
    assert refused.value.reason == Reason.WEB_PAGE
    assert "print it to PDF" in refused.value.sentence


def test_text_about_markup_is_only_text() -> None:
    said = "In de les over <b> en <i> leerden zij dat 3 < 5."
    clean = take_in(said.encode(), name="les.html")
    assert clean.data.decode() == said
    assert (clean.media_type, clean.extension) == ("text/plain", "txt")


@pytest.mark.parametrize("data", [bytes(range(256)) * 4, b"text\0text" * 50, b"\xff\xfe\x00"])
def test_what_is_no_text_is_refused(data: bytes) -> None:
    with pytest.raises(Unwelcome) as refused:
        take_in(data, name="a.txt")
    assert refused.value.reason in (Reason.UNKNOWN, Reason.UNREADABLE)


@pytest.mark.parametrize(
    "cell",
    [
        "-2+3+cmd|' /C calc'!A0",
        "+1+HYPERLINK(A1)",
        "- cmd|'/c calc'!A0",
        "\"-1+\ncmd|'/c calc'!A0\"",
        "-1" + "+1" * 200 + "+cmd|'/c calc'!A0",
        "＝cmd|'/c calc'!A0",
    ],
)
@pytest.mark.parametrize("begin", ["", "a;"])
def test_a_formula_that_begins_as_a_number_is_stopped_too(begin: str, cell: str) -> None:
    table = "a;b\n" * 60 + f"{begin}{cell};b\n"
    stopped = text.clean(table.encode(), kinds.TXT)
    assert stopped.file_type is kinds.CSV
    sign = "\"'" if cell.startswith('"') else "'"
    last = stopped.data.decode("utf-8-sig").removeprefix("a;b\n" * 60)
    assert last == f"{begin}{sign}{cell.removeprefix(chr(34))};b\n"
    assert stopped.changes == {Change.FORMULAS_STOPPED}


def test_numbers_and_remarks_in_a_table_stay_as_they_are() -> None:
    table = 'a;b\n-5;+31 6 12345678\n-1,5;"-2"\n- leest goed;-10 graden\n-3;wil (soms) meer!\n'
    assert text.clean(table.encode(), kinds.TXT).data.decode("utf-8-sig") == table


def test_a_table_opens_well_and_reckons_nothing() -> None:
    table = "naam;bedrag;tel\n=cmd|'/c calc'!A0;-5;+31 6 12345678\n@SUM(1);+x;\"=1+1\"\n"
    clean = take_in(table.encode("cp1252"), name="lijst.csv")
    assert (clean.media_type, clean.name) == ("text/csv", "lijst.csv")
    assert clean.data.startswith(b"\xef\xbb\xbf")
    lines = text_of(clean.data).splitlines()
    assert lines[1] == "'=cmd|'/c calc'!A0;-5;+31 6 12345678"
    assert lines[2] == "'@SUM(1);'+x;\"'=1+1\""
    assert Change.FORMULAS_STOPPED in clean.changes


@given(st.text(max_size=300))
def test_plain_text_stays_plain(given_text: str) -> None:
    once = text.plain(given_text)
    assert text.plain(once) == once
    assert not [sign for sign in once if text._is_hidden(sign) and sign not in text._KEPT]
    assert "\n" not in text.plain_line(given_text, most=50)
