"""Opens an upload: says what it is, refuses what it can't be, and reads it. Never touches disk."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from students.roster.edexml import read_edexml
from students.roster.parents_csv import read_parents
from students.roster.problems import refusal
from students.roster.records import ParentsFile, RosterFile

LARGEST_UPLOAD = 64 * 1024 * 1024
_ZIPPED = (b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!")
_UNICODE_16 = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")


class Kind(StrEnum):
    """The two files we read."""

    EDEXML = "edexml"
    PARENTS = "parents"


def kind_of(data: bytes) -> Kind:
    """What this upload is, by its content, or a refusal that says what it is instead."""
    start = data[:1024].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if not start:
        raise refusal("empty")
    if len(data) > LARGEST_UPLOAD:
        raise refusal("too_large", megabytes=LARGEST_UPLOAD // 1024 // 1024)
    if data.startswith(_ZIPPED):
        raise refusal("zip")
    if data.startswith(_UNICODE_16):
        raise refusal("unicode_16")
    if b"\x00" in data:
        raise refusal("nul", line=data.count(b"\n", 0, data.index(b"\x00")) + 1)
    if start.startswith(b"<"):
        if start.startswith((b"<!doctype html", b"<html")):
            raise refusal("html")
        return Kind.EDEXML
    if b";" in start or b"," in start:
        return Kind.PARENTS
    raise refusal("unknown_kind")


def read_upload(data: bytes, *, on: date) -> RosterFile | ParentsFile:
    """The records of an upload, or `BrokenFile` with every problem. Changes nothing."""
    if kind_of(data) is Kind.EDEXML:
        return read_edexml(data, on=on)
    return read_parents(data, on=on)
