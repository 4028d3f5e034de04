"""Word, Excel and PowerPoint (OOXML): the document is walked from its root and written anew.

Only what the document reaches over relationships of a known kind is kept. So macros, embedded
objects, add-ins and whatever else a newer program may have put beside it are not looked for: they
are simply not taken along. What loads by itself (a template, a linked picture, a data connection)
goes; links that a reader clicks stay. Properties that tell who and when go; the names at comments
and tracked changes stay, for they are part of what the document says, and the uploader is told.
"""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from lxml import etree

from files import kinds, markup, ooxml_parts, zips
from files.changes import Change
from files.errors import Reason, Unwelcome
from files.ooxml_text import clean_text, named_in
from files.pictures_within import clean_picture
from files.results import Cleaned

_OOXML = "application/vnd.openxmlformats-officedocument"
_TYPES = "[Content_Types].xml"
_NS = "http://schemas.openxmlformats.org/package/2006"
_TYPES_NS, _RELS_NS = f"{_NS}/content-types", f"{_NS}/relationships"
_RELS_TYPE = "application/vnd.openxmlformats-package.relationships+xml"
_MAIN = {
    f"{_OOXML}.wordprocessingml.document.main+xml": kinds.DOCX,
    f"{_OOXML}.spreadsheetml.sheet.main+xml": kinds.XLSX,
    f"{_OOXML}.presentationml.presentation.main+xml": kinds.PPTX,
}


@dataclass
class _Package:
    """What is read, what is kept with its type, and what that changed."""

    members: dict[str, bytes]
    types: dict[str, str]
    names: dict[str, str]  # as written, by the name in small letters: case does not count
    kept: dict[str, bytes] = field(default_factory=dict)
    kept_types: dict[str, str] = field(default_factory=dict)
    changes: set[Change] = field(default_factory=set)

    def type_of(self, part: str) -> str:
        """The content type of a part; the part's own line goes before that of its ending."""
        ending = posixpath.splitext(part)[1].lower()
        return self.types.get("/" + part.lower()) or self.types.get(ending, "")

    def target(self, part: str, row: etree._Element) -> str:
        """The part that a relationship of `part` leads to; empty when there is none."""
        address = urlsplit(row.get("Target", ""))
        if address.scheme or address.netloc:  # a part's name, and somewhere else as well
            return ""
        full = posixpath.join("/", posixpath.dirname(part), address.path)
        return self.names.get(posixpath.normpath(full).lstrip("/").lower(), "")


def is_package(members: dict[str, bytes]) -> bool:
    """Whether a zip archive claims to be such a document."""
    return _TYPES in members


def clean(members: dict[str, bytes]) -> Cleaned:
    """The document anew, of which type, and what was changed. Raises Unwelcome."""
    names = {name.lower(): name for name in members}
    package = _Package(members, _types(members[_TYPES]), names)
    kind = package.type_of(_main_part(package))
    _refuse_macros(package)
    if kind not in _MAIN:
        raise Unwelcome(_why_not(kind))
    _keep_reachable(package)
    content = {_TYPES: _new_types(package), **package.kept}
    return Cleaned(zips.packed(content), _MAIN[kind], changes=package.changes)


def _types(data: bytes) -> dict[str, str]:
    found: dict[str, str] = {}
    for node in markup.elements(markup.parsed(data)):
        kind = node.get("ContentType", "")
        if markup.local(node.tag) == "Default":
            found["." + node.get("Extension", "").lower()] = kind
        elif markup.local(node.tag) == "Override":
            found[node.get("PartName", "").lower()] = kind
    return found


def _main_part(package: _Package) -> str:
    roots = [
        package.target("", row)
        for row in _relationships(package, "")
        if ooxml_parts.kind_of(row) == "officeDocument"
    ]
    if len(roots) != 1 or not roots[0]:
        raise Unwelcome(Reason.UNREADABLE)
    return roots[0]


def _why_not(kind: str) -> Reason:
    """Why a document of this kind is not taken: a template, or not known at all."""
    if any(word in kind.lower() for word in ("template", "slideshow", "binary")):
        return Reason.SAVE_AS_DOCUMENT
    return Reason.UNKNOWN


def _refuse_macros(package: _Package) -> None:
    """Macros are refused, not taken out: what they do is part of what somebody sends."""
    for kind in package.types.values():
        if any(word in kind.lower() for word in ("macroenabled", "vba", "macrosheet")):
            raise Unwelcome(Reason.MACROS)
    for name in package.names:
        if posixpath.basename(name).startswith("vba") or "/macrosheets/" in name:
            raise Unwelcome(Reason.MACROS)


def _rels_of(part: str) -> str:
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def _relationships(package: _Package, part: str) -> list[etree._Element]:
    data = package.members.get(package.names.get(_rels_of(part).lower(), ""))
    if data is None:
        return []
    nodes = markup.elements(markup.parsed(data))
    rows = [node for node in nodes if markup.local(node.tag) == "Relationship"]
    if len({row.get("Id") for row in rows}) != len(rows):
        raise Unwelcome(Reason.UNREADABLE)
    return rows


def _keep_reachable(package: _Package) -> None:
    """Follows relationships from the root, and keeps every part met, once."""
    waiting, met = [""], {""}
    while waiting:
        part = waiting.pop()
        kept, dropped = _sorted_rows(package, part)
        package.changes |= {c for row in dropped if (c := ooxml_parts.change_for(row))}
        outside = _ids([row for row in kept if row.get("TargetMode") == "External"])
        clicked = _keep(package, part, _ids(dropped), outside) if part else set()
        kept = [row for row in kept if row.get("Id", "") not in outside - clicked]
        if kept:
            package.kept[_rels_of(part)] = _new_rels(kept)
        for row in kept:
            target = package.target(part, row)
            if row.get("TargetMode") != "External" and target not in met:
                met.add(target)
                waiting.append(target)


def _ids(rows: list[etree._Element]) -> set[str]:
    return {row.get("Id", "") for row in rows}


def _sorted_rows(package: _Package, part: str) -> tuple[list[etree._Element], list[etree._Element]]:
    """The relationships of a part: to keep, and to drop. What must not be there is refused."""
    kept: list[etree._Element] = []
    dropped: list[etree._Element] = []
    for row in _relationships(package, part):
        reason = ooxml_parts.refusal_for(row)
        if reason is not None:
            raise Unwelcome(reason)
        outside = row.get("TargetMode") == "External"
        good = ooxml_parts.is_kept(row) and (
            outside or bool(package.target(part, row)) or row.get("Target", "").startswith("#")
        )
        (kept if good else dropped).append(row)
    return kept, dropped


def _keep(package: _Package, part: str, dropped: set[str], outside: set[str]) -> set[str]:
    """Cleans one part and keeps it: XML without what it must not hold, pictures drawn anew.

    Gives which of the relationships that lead outside somebody can still click.
    """
    clicked: set[str] = set()
    kind = package.type_of(part)
    data = package.members[part]
    if ooxml_parts.is_markup(kind):
        root = markup.parsed(data, lenient="vmldrawing" in kind.lower())
        package.changes |= clean_text(root, dropped, outside)
        clicked = named_in(root) & outside
        package.kept[part], package.kept_types[part] = markup.written(root), kind
    elif kind.lower().startswith("image/"):
        drawn = clean_picture(data)
        if drawn.is_lost:
            package.changes.add(Change.PICTURES_LEFT_OUT)
        package.kept[part], package.kept_types[part] = drawn.data, drawn.media_type
    else:
        raise Unwelcome(Reason.UNREADABLE)
    return clicked


def _default(space: str) -> dict[str, str]:
    """Names without a prefix belong to this space."""
    without_prefix: dict[Any, str] = {None: space}
    return without_prefix


def _new_rels(rows: list[etree._Element]) -> bytes:
    root = etree.Element(f"{{{_RELS_NS}}}Relationships", nsmap=_default(_RELS_NS))
    for row in rows:
        node = etree.SubElement(root, f"{{{_RELS_NS}}}Relationship")
        for name in ("Id", "Type", "Target", "TargetMode"):
            if row.get(name) is not None:
                node.set(name, row.get(name, ""))
    return markup.written(root)


def _new_types(package: _Package) -> bytes:
    """The list of content types: one line for each part that is kept."""
    root = etree.Element(f"{{{_TYPES_NS}}}Types", nsmap=_default(_TYPES_NS))
    etree.SubElement(
        root, f"{{{_TYPES_NS}}}Default", {"Extension": "rels", "ContentType": _RELS_TYPE}
    )
    for part, kind in package.kept_types.items():
        etree.SubElement(
            root, f"{{{_TYPES_NS}}}Override", {"PartName": f"/{part}", "ContentType": kind}
        )
    return markup.written(root)
