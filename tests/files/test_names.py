"""A name that is safe on every device."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from files.names import LONGEST, safe_name


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("verslag.pdf", "verslag.pdf"),
        ("Verslag Jaïr, groep 5.PDF", "Verslag Jaïr, groep 5.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("..\\..\\windows\\system.ini", "system.ini.pdf"),
        ("C:\\Users\\juf\\brief.docx", "brief.pdf"),
        ("/tmp/", "File.pdf"),
        ("..", "File.pdf"),
        ("", "File.pdf"),
        ("   .pdf", "File.pdf"),
        (".htaccess", "htaccess.pdf"),
        ("rapport\u202efdp.exe", "rapportfdp.exe.pdf"),
        ("a\u200fb\u2066c\ufeff.pdf", "abc.pdf"),
        ("a\x00b\r\nSet-Cookie: x.pdf", "ab Set-Cookie- x.pdf"),
        ('a"b<c>d|e?f*g:h.pdf', "a-b-c-d-e-f-g-h.pdf"),
        ("foto.jpg.png.pdf", "foto.pdf"),
        ("facture.pdf.exe", "facture.pdf.exe.pdf"),
        ("versie 1.2", "versie 1.2.pdf"),
        ("CON.pdf", "File.pdf"),
        ("lpt1", "File.pdf"),
        ("e\u0301l\u00e8ve.pdf", "\u00e9l\u00e8ve.pdf"),
        ("punt. .pdf", "punt.pdf"),
        ("\ud800half.pdf", "half.pdf"),
        ("名前.pdf", "名前.pdf"),
    ],
)
def test_only_what_is_harmless_of_a_name_is_kept(sent, kept):
    assert safe_name(sent, "pdf") == kept


def test_the_extension_is_that_of_the_content():
    assert safe_name("photo.html", "jpg").endswith(".jpg")
    assert safe_name("photo.heic", "jpg") == "photo.jpg"


@given(st.text(max_size=400), st.sampled_from(["pdf", "jpg", "docx"]))
def test_every_name_is_short_and_has_no_path_and_no_hidden_sign(sent, extension):
    name = safe_name(sent, extension)
    assert 0 < len(name) <= LONGEST
    assert len(name.encode()) <= 255
    assert name.endswith(f".{extension}")
    assert not set(name) & set('/\\:*?"<>|\r\n\t\0')
    assert not name.startswith((".", " "))
    assert not {unicodedata.category(sign) for sign in name} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert safe_name(name, extension) == name, "safe once is safe for good"
