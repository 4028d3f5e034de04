"""Whatever else is sent as a roster is refused, clearly, without harm and without much memory."""

from __future__ import annotations

import gzip
import io
import resource
import time
import zipfile

import pytest

from students.roster.problems import WORDS, BrokenFile
from students.roster.reading import LARGEST_UPLOAD, read_upload
from tests.students.roster.files import ON, edexml, pupil

DECLARATION = b'<?xml version="1.0" encoding="UTF-8"?>\n'


def codes_of(data: bytes) -> set[str]:
    with pytest.raises(BrokenFile) as broken:
        read_upload(data, on=ON)
    assert all(one.words for one in broken.value.problems)
    return {one.code for one in broken.value.problems}


def zipped() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("edex.xml", edexml([pupil()]))
    return target.getvalue()


BOMB = DECLARATION + (
    b'<!DOCTYPE EDEX [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    b'<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>\n<EDEX><leerlingen>&c;</leerlingen></EDEX>'
)
EXTERNAL = DECLARATION + (
    b'<!-- a comment first -->\n<!DOCTYPE EDEX [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    b"<EDEX><leerlingen>&x;</leerlingen></EDEX>"
)
PARAMETER = b'<!DOCTYPE EDEX SYSTEM "http://voorbeeld.invalid/edex.dtd"><EDEX/>'


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b" \r\n\t ", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (zipped(), "zip"),
        (gzip.compress(edexml([pupil()])), "zip"),
        (b"<!DOCTYPE html><html><body>Sign in</body></html>", "html"),
        (b"\n <HTML><body/></HTML>", "html"),
        (BOMB, "doctype"),
        (EXTERNAL, "doctype"),
        (PARAMETER, "doctype"),
        (b"\xef\xbb\xbf" + PARAMETER, "doctype"),
        (edexml([pupil()], encoding="UTF-16"), "unicode_16"),
        (edexml([pupil()]).replace(b"Fenna", b"Fen\x00na"), "nul"),
        (edexml([pupil()]).replace(b"UTF-8", b"UTF-7"), "encoding_unknown"),
        (
            edexml([pupil()]).replace(b' encoding="UTF-8"', b" " * 300 + b'encoding="UTF-7"'),
            "encoding_unknown",
        ),
        (edexml([pupil(roepnaam="Zoë")]).replace("ë".encode(), b"\xeb"), "encoding_wrong"),
        (edexml([pupil()])[:-40], "xml_truncated"),
        (edexml([pupil()]).replace(b"</roepnaam>", b""), "xml_mismatch"),
        (edexml([pupil(extra="&nbsp;")]), "xml_entity"),
        (b"<note><to>nobody</to></note>", "not_edexml"),
        (b"<", "not_edexml"),
        (b"%PDF-1.7 whatever", "unknown_kind"),
        (edexml([]), "no_pupils"),
    ],
)
def test_what_is_no_roster_is_refused_in_plain_words(data, code):
    assert code in codes_of(data)


def test_each_reason_has_words_that_fit_their_details():
    details = dict.fromkeys(
        (
            "megabytes",
            "field",
            "other",
            "group",
            "location",
            "found",
            "expected",
            "allowed",
            "brin",
            "most",
        ),
        "x",
    )
    for words in WORDS.values():
        assert (str(words) % details).endswith((".", "?"))


def test_a_document_type_after_the_start_is_no_way_round():
    data = edexml([pupil()]).replace(b"<leerlingen>", b"<leerlingen><!DOCTYPE x [<!ENTITY a 'b'>]>")
    assert codes_of(data) & {"xml_broken", "xml_mismatch"}


def test_windows_1252_is_read_when_the_file_says_so():
    found = read_upload(edexml([pupil(roepnaam="Zoë €")], encoding="windows-1252"), on=ON)
    assert found.pupils["p1"].first_name == "Zoë €"


def test_more_than_the_limit_is_refused_before_it_is_read():
    data = b"<EDEX>" + b" " * LARGEST_UPLOAD
    started = time.process_time()
    assert codes_of(data) == {"too_large"}
    assert time.process_time() - started < 1


@pytest.mark.parametrize(
    "filling",
    [
        lambda: b"<leerling key='p1'>" + b"<a/>" * 4_000_000,
        lambda: b"<leerling key='p1'><roepnaam>" + b"x" * 16_000_000,
        lambda: b"<leerling key='p1' " + b"".join(b"a%d='' " % n for n in range(800_000)),
        lambda: b"<a>" * 4_000_000,
        lambda: b"&x;" * 4_000_000,
    ],
    ids=["children", "text", "attributes", "depth", "entities"],
)
def test_one_swollen_part_is_refused_within_bounds(filling):
    data = b"<EDEX><leerlingen>" + filling()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.process_time()
    codes_of(data)
    assert time.process_time() - started < 10
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 350 * 1024


HEADER = b"leerling_sleutel;achternaam;gezag\r\n"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (
            b"<EDEX><leerlingen>"
            + b"".join(
                b"<leerling key='%d'><roepnaam>A</roepnaam></leerling>" % n for n in range(1_100)
            ),
            "too_many",
        ),
        (HEADER + b"p1;A;\n" * 1_100, "too_many"),
        (HEADER + b";" * 30_000_000, "part_too_large"),
        (b"leerling_sleutel" + b";x" * 20_000_000, "part_too_large"),
        (HEADER + b'"' + b"x\n" * 900, "quote_open"),
        (HEADER + "p1;Zoë;\n".encode() * 100 + b"p1;Zo\xeb\x81;\n", "encoding_wrong"),
    ],
    ids=["pupils", "rows", "cells", "columns", "quote", "encoding"],
)
def test_far_too_much_of_anything_is_refused_within_bounds(data, code, monkeypatch):
    monkeypatch.setattr("students.roster.edexml.MOST_PARTS", 1000)
    monkeypatch.setattr("students.roster.parents_csv.MOST_ROWS", 1000)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.process_time()
    assert code in codes_of(data)
    assert time.process_time() - started < 20
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 350 * 1024


def test_every_mistake_of_form_is_told_with_those_of_content():
    data = edexml(
        [
            pupil("p1", geboortedatum="x"),
            pupil("p2").replace("</roepnaam>", ""),
            pupil("p3", geboortedatum="y"),
        ]
    )
    with pytest.raises(BrokenFile) as broken:
        read_upload(data, on=ON)
    found = {(one.code, one.line) for one in broken.value.problems}
    assert {("date_wrong", 4), ("xml_mismatch", 5), ("date_wrong", 6)} <= found
