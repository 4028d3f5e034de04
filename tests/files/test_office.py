"""Documents of Office and OpenDocument: the archive, the XML, macros and passwords."""

import io
import struct
import zipfile
import zlib

import pytest

from files import zips
from files.changes import Change
from files.errors import Reason
from tests.files.cleaning import clean_bytes, cleaned, reason_of
from tests.files.documents import (
    OOXML,
    document,
    odf,
    odf_members,
    office,
    office_members,
    zipped,
)


@pytest.mark.parametrize("kind", ["docx", "xlsx", "pptx"])
def test_a_document_keeps_its_text_and_loses_its_maker(kind: str) -> None:
    found, everything = cleaned(office(kind, document("Rekenen gaat goed")))
    assert found.file_type.extension == kind
    assert found.file_type.media_type.startswith("application/vnd.openxmlformats-officedocument")
    assert found.changes == {Change.METADATA_REMOVED}
    assert b"Rekenen gaat goed" in everything
    assert b"MARKER-AUTHOR" not in everything
    assert clean_bytes(found.data).data == found.data  # and nothing more to do


@pytest.mark.parametrize(
    ("kind", "extension"),
    [("text", "odt"), ("spreadsheet", "ods"), ("presentation", "odp"), ("graphics", "odg")],
)
def test_an_open_document_keeps_its_text_and_loses_its_maker(kind: str, extension: str) -> None:
    found, everything = cleaned(odf(kind))
    assert found.file_type.extension == extension
    assert found.changes == {Change.METADATA_REMOVED}
    assert b"Hello" in everything
    assert b"MARKER-AUTHOR" not in everything
    with zipfile.ZipFile(io.BytesIO(found.data)) as archive:
        first = archive.infolist()[0]
        assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED)
    assert clean_bytes(found.data).data == found.data


# --- the archive itself -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        lambda data: b"<html><script>alert(1)</script>" + data,
        lambda data: data + b"%PDF-1.7",
        lambda data: data[:-2] + b"\x05\x00hello",
        lambda data: data[: len(data) // 2],
    ],
    ids=["before", "behind", "comment", "cut off"],
)
def test_an_archive_that_is_something_else_as_well_is_refused(change) -> None:
    data = change(office())
    assert reason_of(data) in (Reason.UNREADABLE, Reason.UNKNOWN)


def test_an_archive_with_something_hidden_between_its_members_is_refused() -> None:
    data = office()
    end = data.rindex(b"PK\x05\x06")
    (start,) = struct.unpack_from("<L", data, end + 16)
    hidden = b"MZ hidden program"
    moved = data[:start] + hidden + data[start:end] + data[end : end + 16]
    moved += struct.pack("<L", start + len(hidden)) + data[end + 20 :]
    assert zipfile.ZipFile(io.BytesIO(moved)).testzip() is None  # any other reader takes it
    assert reason_of(moved) == Reason.UNREADABLE


@pytest.mark.parametrize(
    "name",
    ["../outside.xml", "/etc/passwd", "word\\document.xml", "C:evil.xml", "a/./b", "a//b",
     "word/\u202egpj.xml", "word/a\x07b.xml", "x" * 300],
)  # fmt: skip
def test_a_member_whose_name_leads_elsewhere_is_refused(name: str) -> None:
    assert reason_of(zipped({**office_members(), name: "x"})) == Reason.UNREADABLE


def test_two_members_of_one_name_are_refused() -> None:
    assert reason_of(zipped({**office_members(), "WORD/document.xml": "x"})) == Reason.UNREADABLE


def test_a_member_that_says_another_name_in_its_own_heading_is_refused() -> None:
    data = office()
    assert data.count(b"word/document.xml") == 2
    assert reason_of(data.replace(b"word/document.xml", b"word/documenT.xml", 1)) == (
        Reason.UNREADABLE
    )


def test_a_bomb_in_a_document_is_refused() -> None:
    bomb = office(more={"word/bomb.xml": b"\0" * (30 * 1024 * 1024)})
    assert len(bomb) < 100_000
    assert reason_of(bomb) == Reason.UNPACKS_TOO_LARGE


def test_a_bomb_that_lies_about_its_size_is_refused() -> None:
    data = bytearray(office(more={"word/bomb.xml": b"\0" * (30 * 1024 * 1024)}))
    wrong = struct.pack("<L", 1000)
    for place in (i for i in range(len(data)) if data[i : i + 4] == struct.pack("<L", 31457280)):
        data[place : place + 4] = wrong
    assert reason_of(bytes(data)) == Reason.UNPACKS_TOO_LARGE


def test_many_members_that_are_large_together_are_refused() -> None:
    noise = bytes(range(256)) * 4096  # a megabyte that packs to a little
    data = zipped({**office_members(), **{f"word/{n}.xml": noise for n in range(200)}})
    assert len(data) < 5_000_000
    assert reason_of(data) == Reason.UNPACKS_TOO_LARGE


def test_thousands_of_empty_members_are_refused() -> None:
    many = {f"word/{n}.xml": b"" for n in range(5000)}
    assert reason_of(zipped({**office_members(), **many})) == Reason.UNPACKS_TOO_LARGE


def test_a_wrong_sum_is_refused() -> None:
    data = office()
    right = struct.pack("<L", zlib.crc32(document("Hello").encode()))
    assert right in data
    assert reason_of(data.replace(right, b"\1\2\3\4")) == Reason.UNREADABLE


def test_an_encrypted_member_is_refused() -> None:
    data = bytearray(office())
    data[6] |= 1  # in the first heading
    directory = bytes(data).index(b"PK\x01\x02")
    data[directory + 8] |= 1
    assert reason_of(bytes(data)) == Reason.ENCRYPTED


def test_an_archive_that_is_no_document_is_refused() -> None:
    assert reason_of(zipped({"photo.jpg": b"x", "index.html": "<p>"})) == Reason.ARCHIVE


def test_what_is_packed_anew_says_nothing_of_when_or_where() -> None:
    with zipfile.ZipFile(io.BytesIO(zips.packed({"a.xml": b"x"}))) as archive:
        (info,) = archive.infolist()
    assert (info.date_time, info.create_system, info.extra) == ((1980, 1, 1, 0, 0, 0), 0, b"")


# --- XML ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        '<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><d>&b;</d>',
        '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><d>&x;</d>',
        '<!DOCTYPE d SYSTEM "http://192.0.2.1/x.dtd"><d/>',
        "<d>" * 5000 + "</d>" * 5000,
        "<d",
        "",
    ],
    ids=["bomb", "file", "network", "deep", "broken", "empty"],
)
@pytest.mark.parametrize("make", ["office", "odf"])
def test_xml_with_a_dtd_or_without_an_end_is_refused(text: str, make: str) -> None:
    if make == "office":
        data = zipped({**office_members(), "word/document.xml": text})
    else:
        data = zipped({**odf_members(), "content.xml": text})
    assert reason_of(data) == Reason.UNREADABLE


def test_a_dtd_in_another_encoding_is_refused_too() -> None:
    text = '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE d [<!ENTITY a "x">]><d>&a;</d>'
    data = zipped({**office_members(), "word/document.xml": text.encode("utf-16")})
    assert reason_of(data) == Reason.UNREADABLE


# --- macros and passwords -------------------------------------------------------------------------


def test_macros_are_refused_however_they_are_called() -> None:
    macro_type = "application/vnd.ms-word.document.macroEnabled.main+xml"
    assert reason_of(office(main_type=macro_type)) == Reason.MACROS
    assert reason_of(office(more={"word/vbaProject.bin": b"x"})) == Reason.MACROS
    renamed = office(
        rows=(
            ("rId9", "http://schemas.microsoft.com/office/2006/relationships/vbaProject", "a.bin"),
        ),
        more={"word/a.bin": b"x"},
    )
    assert reason_of(renamed) == Reason.MACROS
    typed = office(
        more={"word/b.bin": b"x"}, types={"/word/b.bin": "application/vnd.ms-office.vbaProject"}
    )
    assert reason_of(typed) == Reason.MACROS
    sheet = office("xlsx", more={"xl/macrosheets/sheet1.xml": "<m/>"})
    assert reason_of(sheet) == Reason.MACROS
    assert (
        reason_of(office("xlsx", main_type="application/vnd.ms-excel.sheet.macroEnabled.main+xml"))
        == Reason.MACROS
    )


@pytest.mark.parametrize(
    "name", ["Basic/Standard/Module1.xml", "Scripts/python/a.py", "Dialogs/d.xml"]
)
def test_macros_of_open_documents_are_refused(name: str) -> None:
    assert reason_of(odf(more={name: "x"})) == Reason.MACROS


@pytest.mark.parametrize(
    ("kind", "main_type"),
    [
        ("docx", f"{OOXML}.wordprocessingml.template.main+xml"),
        ("pptx", f"{OOXML}.presentationml.slideshow.main+xml"),
        ("xlsx", "application/vnd.ms-excel.sheet.binary.main"),
    ],
)
def test_templates_and_forms_that_cannot_be_checked_are_refused(kind: str, main_type: str) -> None:
    assert reason_of(office(kind, main_type=main_type)) == Reason.SAVE_AS_DOCUMENT


def test_a_template_of_open_document_is_refused() -> None:
    assert reason_of(odf("text-template")) == Reason.SAVE_AS_DOCUMENT


def test_an_encrypted_open_document_is_refused() -> None:
    entry = '<m:file-entry m:full-path="a"><m:encryption-data/></m:file-entry>'
    assert reason_of(odf(manifest=entry)) == Reason.ENCRYPTED
