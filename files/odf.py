"""OpenDocument (text, spreadsheet, slides, drawing): read strictly and written anew.

Kept are the text, the styles, the settings of the view, pictures and charts. Macros are refused.
What loads by itself (linked pictures, sections, sheets, DDE) goes, and so do objects of other
programs, films, and the properties that tell who wrote it and when.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from files import kinds, markup, zips
from files.changes import Change
from files.errors import Reason, Unwelcome
from files.odf_text import clean_text
from files.pictures_within import clean_picture
from files.results import Cleaned

_KIND = "application/vnd.oasis.opendocument."
_TYPES = {t.media_type: t for t in (kinds.ODT, kinds.ODS, kinds.ODP, kinds.ODG)}
_INSIDE = (f"{_KIND}chart", f"{_KIND}formula", *_TYPES)
_MANIFEST_NS = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
_MANIFEST = "META-INF/manifest.xml"
_MACROS = re.compile(r"(?i)(.*/)?(basic|scripts|dialogs)/.")
_TEXTS = re.compile(r"(Object [^/]+/)?(content|styles|settings)\.xml\Z")
_PICTURES = re.compile(r"(Object [^/]+/)?(Pictures/[^/]+|ObjectReplacements/[^/]+)\Z")
_TELLING = re.compile(r"(Object [^/]+/)?(meta\.xml|Thumbnails/.*|manifest\.rdf)\Z")
_SILENT = re.compile(r"(Configurations2/.*|layout-cache|META-INF/manifest\.xml|mimetype)\Z")


def is_package(members: dict[str, bytes]) -> bool:
    """Whether a zip archive claims to be OpenDocument."""
    return "mimetype" in members


def clean(members: dict[str, bytes]) -> Cleaned:
    """The document anew, of which type, and what was changed. Raises Unwelcome."""
    if next(iter(members)) != "mimetype":
        raise Unwelcome(Reason.UNREADABLE)
    kind = members["mimetype"].decode("ascii", "replace")
    types = _types(members)
    _refuse(kind, members)
    kept: dict[str, bytes] = {}
    media_types: dict[str, str] = {}
    changes: set[Change] = set()
    for name, media_type, data in _kept(members, changes):
        kept[name], media_types[name] = data, media_type
    _drop_links_to_nothing(kept, changes)
    folders = {
        folder: types[folder]
        for folder in {name.split("/")[0] + "/" for name in kept if name.startswith("Object ")}
        if types.get(folder) in _INSIDE
    }
    content = {
        "mimetype": kind.encode(),
        **kept,
        _MANIFEST: _manifest({"/": kind, **folders, **media_types}),
    }
    packed = zips.packed(content, stored=frozenset({"mimetype"}))
    return Cleaned(packed, _TYPES[kind], changes=changes)


def _types(members: dict[str, bytes]) -> dict[str, str]:
    """The manifest's media types; an encrypted document is refused here."""
    if _MANIFEST not in members:
        raise Unwelcome(Reason.UNREADABLE)
    found = {}
    for node in markup.elements(markup.parsed(members[_MANIFEST])):
        if markup.local(node.tag) == "encryption-data":
            raise Unwelcome(Reason.ENCRYPTED)
        values = {markup.local(name): str(value) for name, value in node.attrib.items()}
        found[values.get("full-path", "")] = values.get("media-type", "")
    return found


def _refuse(kind: str, members: dict[str, bytes]) -> None:
    if any(_MACROS.match(name) for name in members):
        raise Unwelcome(Reason.MACROS)
    if kind not in _TYPES:
        template = kind.startswith(_KIND)
        raise Unwelcome(Reason.SAVE_AS_DOCUMENT if template else Reason.UNKNOWN)
    if "content.xml" not in members:
        raise Unwelcome(Reason.UNREADABLE)


def _kept(members: dict[str, bytes], changes: set[Change]) -> Iterator[tuple[str, str, bytes]]:
    """(name, media type, bytes) of every member that is taken along, cleaned."""
    for name, data in members.items():
        if _TEXTS.match(name):
            root = markup.parsed(data)
            changes |= clean_text(root, set(members))
            yield name, "text/xml", markup.written(root)
        elif _PICTURES.match(name):
            drawn = clean_picture(data)
            if not drawn.is_lost:
                yield name, drawn.media_type, drawn.data
            elif "ObjectReplacements" not in name:
                changes.add(Change.PICTURES_LEFT_OUT)
        elif _TELLING.match(name):
            changes.add(Change.METADATA_REMOVED)
        elif not _SILENT.match(name):
            changes.add(Change.EMBEDDED_REMOVED)


def _drop_links_to_nothing(kept: dict[str, bytes], changes: set[Change]) -> None:
    """A frame whose picture or object was not taken along goes, so that nothing looks broken."""
    folders = {name.split("/")[0] for name in kept if "/" in name}
    for name in [name for name in kept if _TEXTS.match(name)]:
        within = name.rpartition("/")[0]
        root = markup.parsed(kept[name])

        def leads_nowhere(node: etree._Element, within: str = within) -> bool:
            if markup.local(node.tag) not in ("image", "object", "fill-image", "background-image"):
                return False
            address = next((v for k, v in node.attrib.items() if markup.local(k) == "href"), "")
            path = str(address).removeprefix("./").removesuffix("/")
            full = f"{within}/{path}" if within else path
            return bool(path) and full not in kept and full not in folders

        if markup.remove_all(root, leads_nowhere):
            kept[name] = markup.written(root)


def _manifest(media_types: dict[str, str]) -> bytes:
    root = etree.Element(
        f"{{{_MANIFEST_NS}}}manifest",
        {f"{{{_MANIFEST_NS}}}version": "1.2"},
        nsmap={"manifest": _MANIFEST_NS},
    )
    for name, kind in media_types.items():
        etree.SubElement(
            root,
            f"{{{_MANIFEST_NS}}}file-entry",
            {f"{{{_MANIFEST_NS}}}full-path": name, f"{{{_MANIFEST_NS}}}media-type": kind},
        )
    return markup.written(root)
