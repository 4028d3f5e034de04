"""Office and OpenDocument: one question for all of them. Runs in the sandbox."""

from __future__ import annotations

from files import odf, ooxml, zips
from files.errors import Reason, Unwelcome
from files.kinds import FileType
from files.results import Cleaned


def clean(data: bytes, file_type: FileType) -> Cleaned:
    """A document of Office or OpenDocument without what could harm or tell more than it says.

    Which of them it is follows from what stands in it, not from `file_type`. Raises Unwelcome:
    encrypted, with macros, a template, another kind of archive, broken.
    """
    members = zips.members(data)
    if ooxml.is_package(members):
        return ooxml.clean(members)
    if odf.is_package(members):
        return odf.clean(members)
    raise Unwelcome(Reason.ARCHIVE)
