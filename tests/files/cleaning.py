"""Cleans a document without the sandbox, and reads what came out with another reader."""

import io
import zipfile

import pytest
from lxml import etree

from files.cleaning import CLEANERS
from files.detection import file_type
from files.errors import Reason, Unwelcome
from files.kinds import Kind
from files.results import Cleaned
from tests.files.documents import everything_in


def clean_bytes(data: bytes) -> Cleaned:
    return CLEANERS[Kind.OFFICE](data, file_type(data))


def reason_of(data: bytes) -> Reason:
    with pytest.raises(Unwelcome) as refused:
        clean_bytes(data)
    assert len(refused.value.sentence) > 30
    return refused.value.reason


def cleaned(data: bytes) -> tuple[Cleaned, bytes]:
    found = clean_bytes(data)
    every_part_can_be_read(found.data)
    return found, everything_in(found.data)


def every_part_can_be_read(data: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            if name.endswith((".xml", ".rels")):
                etree.fromstring(archive.read(name))
