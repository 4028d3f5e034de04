"""Old Office files (.doc, .xls, .ppt) and whatever else is a compound file: said why not.

They are refused, each with the word that helps. Their form is a small file system in which macros,
embedded programs and properties stand in dozens of places that no reader of today describes
wholly; taking something out and writing the rest anew without harm to the text can't be shown to
be right. Saving them as .docx, .xlsx or .pptx takes a minute and gives a file that can be cleaned.
"""

from __future__ import annotations

import io

import olefile  # type: ignore[import-untyped]  # comes without types

from files.errors import Reason

SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = frozenset({"encryptedpackage", "encryptioninfo", "encryptedsummary"})
_MACROS = frozenset({"macros", "_vba_project_cur", "vba", "_vba_project"})
_MAIL = frozenset({"__properties_version1.0", "__nameid_version1.0"})
_OLD = frozenset({"worddocument", "workbook", "book", "powerpoint document"})


def why_not(data: bytes) -> Reason:
    """The reason that helps most: encrypted, a mail of Outlook, with macros, or simply old."""
    try:
        with olefile.OleFileIO(io.BytesIO(data)) as file:
            names = {step.lower() for path in file.listdir(storages=True) for step in path}
            if names & _ENCRYPTED or _is_locked(file, names):
                return Reason.ENCRYPTED
    except (OSError, ValueError, IndexError, TypeError, AttributeError, KeyError):
        return Reason.UNREADABLE  # olefile raises many kinds of errors on a broken file
    if names & _MAIL:
        return Reason.OUTLOOK_MESSAGE
    if names & _MACROS:
        return Reason.MACROS
    return Reason.OLD_OFFICE if names & _OLD else Reason.UNKNOWN


def _is_locked(file: olefile.OleFileIO, names: set[str]) -> bool:
    """Whether a .doc or .xls asks for a password before it shows anything."""
    if "worddocument" in names:
        heading = file.openstream("WordDocument").read(12)
        return len(heading) == 12 and bool(heading[11] & 0x01)  # fEncrypted
    for name in ("Workbook", "Book"):
        if name.lower() in names:
            return _has_record(file.openstream(name).read(65536), 0x002F)  # FILEPASS
    return False


def _has_record(stream: bytes, wanted: int) -> bool:
    """Whether the first sheet of a workbook's stream begins with such a record."""
    place = 0
    while place + 4 <= len(stream):
        kind = int.from_bytes(stream[place : place + 2], "little")
        if kind in (wanted, 0x000A):  # 0x000A: the end of the first part
            return kind == wanted
        place += 4 + int.from_bytes(stream[place + 2 : place + 4], "little")
    return False
