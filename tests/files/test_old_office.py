"""Old Office files and other things people try: refused, each with the word that helps."""

import struct

import pytest

from files.errors import Reason, Unwelcome
from files.intake import take_in
from tests.files.compound import compound
from tests.files.documents import document, office, photo_with_place, zipped

PLAIN_WORD = struct.pack("<6H", 0xA5EC, 0xC1, 0, 0, 0, 0)
LOCKED_WORD = struct.pack("<6H", 0xA5EC, 0xC1, 0, 0, 0, 0x0100)
PLAIN_BOOK = struct.pack("<HH4xHH", 0x0809, 4, 0x000A, 0)
LOCKED_BOOK = struct.pack("<HH4xHH", 0x0809, 4, 0x002F, 0)

CASES = {
    "an old document": (compound({"WordDocument": PLAIN_WORD}), Reason.OLD_OFFICE),
    "an old book": (compound({"Workbook": PLAIN_BOOK}), Reason.OLD_OFFICE),
    "old slides": (compound({"PowerPoint Document": b""}), Reason.OLD_OFFICE),
    "an old document with macros": (
        compound({"WordDocument": PLAIN_WORD, "Macros": b"", "_VBA_PROJECT": b""}),
        Reason.MACROS,
    ),
    "an old book with macros": (
        compound({"Workbook": PLAIN_BOOK, "_VBA_PROJECT_CUR": b""}),
        Reason.MACROS,
    ),
    "a locked old document": (compound({"WordDocument": LOCKED_WORD}), Reason.ENCRYPTED),
    "a locked old book": (compound({"Workbook": LOCKED_BOOK}), Reason.ENCRYPTED),
    "a locked new document": (
        compound({"EncryptionInfo": b"", "EncryptedPackage": b""}),
        Reason.ENCRYPTED,
    ),
    "a message of Outlook": (
        compound({"__properties_version1.0": b"", "__nameid_version1.0": b""}),
        Reason.OUTLOOK_MESSAGE,
    ),
    "an installer": (compound({"Something": b""}), Reason.UNKNOWN),
    "a broken compound file": (compound({"WordDocument": b""})[:700], Reason.UNREADABLE),
    "rich text": (b"{\\rtf1\\ansi Hello}", Reason.RICH_TEXT),
    "an archive": (zipped({"a.txt": "a"}), Reason.ARCHIVE),
    "a program": (b"MZ\x90\0" + bytes(200), Reason.UNKNOWN),
}


@pytest.mark.parametrize("case", CASES)
def test_what_cannot_be_made_harmless_is_refused_with_a_way_on(case: str) -> None:
    data, reason = CASES[case]
    with pytest.raises(Unwelcome) as refused:
        take_in(data, name="verslag.docx")
    assert refused.value.reason == reason
    assert any(word in refused.value.sentence for word in ("send", "Save", "Unpack"))


def test_a_document_goes_through_the_sandbox_whole() -> None:
    photo = {"word/media/a.jpeg": photo_with_place()}
    data = office(body=document("Rekenen"), rows=(("rId8", "image", "media/a.jpeg"),), more=photo)
    clean = take_in(data, name="../../Verslag\u202excod.exe")
    assert clean.name.endswith(".docx")
    assert "/" not in clean.name
    assert "\u202e" not in clean.name
    assert clean.extension == "docx"
    assert clean.thumbnail is None


def test_a_large_document_is_cleaned_in_time() -> None:
    body = document(*(f"Regel {n * 7919}: {n * n * n}" for n in range(40_000)))
    clean = take_in(office(body=body), name="a.docx")
    assert len(clean.data) > 10_000
