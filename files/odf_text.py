"""What may not stand inside the XML of an OpenDocument."""

from __future__ import annotations

import re
from collections.abc import Callable

from lxml import etree

from files import hidden, markup
from files.changes import Change

_SCRIPTS = markup.names("scripts event-listeners event-listener execute-macro script error-macro")
_FETCHED = markup.names(
    "dde-source dde-connection-decls dde-connection-decl dde-connection dde-links dde-link "
    "section-source table-source cell-range-source database-source-sql database-source-table "
    "database-source-query database-ranges-source floating-frame"
)
_EMBEDDED = markup.names("object-ole applet plugin sound audio video binary-data")
_SHOWN = markup.names("image object fill-image background-image")
_FORMULA = markup.names("formula condition expression")
_FETCHING = re.compile(
    r"(?i)\b(webservice|dde|rtd|call|hyperlink)\s*\(|'?file:|'[^']*\\|'[^']+'#|\[?'[a-z]+://"
)
# Of links and pictures, of data sources, and of forms that fetch or send themselves (XForms).
_ADDRESSES = markup.names(
    "href target-frame-name-href connection-resource datasource src action resource schema "
    "image-data target-location"
)
_SETTINGS = re.compile(r"(?i)printer|database|password|url|path|author|redline")
_COMMENTS = markup.names("annotation tracked-changes")
_PIVOTS = markup.names("data-pilot-tables data-pilot-table")


def clean_text(root: etree._Element, members: set[str]) -> set[Change]:
    """Cleans one part in place and says what that changed. `members`: what is in the archive."""
    changes: set[Change] = set()
    for which, change in (
        (_SCRIPTS, Change.ACTIONS_REMOVED),
        (_FETCHED, Change.LINKS_REMOVED),
        (_EMBEDDED, Change.EMBEDDED_REMOVED),
        (_PIVOTS, Change.PIVOTS_STOPPED),
    ):
        if markup.remove_all(root, _is_one_of(which)):
            changes.add(change)
    if _clean_links(root) + _clean_formulas(root):
        changes.add(Change.LINKS_REMOVED)
    markup.remove_all(root, _tells_about_the_machine)
    if any(markup.local(node.tag) in _COMMENTS for node in markup.elements(root)):
        changes.add(Change.COMMENTS_KEPT)
    return changes | hidden.in_open_document(root)


def _is_one_of(names: frozenset[str]) -> Callable[[etree._Element], bool]:
    return lambda node: markup.local(node.tag) in names


def _clean_links(root: etree._Element) -> int:
    """Pictures from elsewhere go; links stay when they open only on a click."""
    gone = 0
    for node in markup.elements(root):
        kind = markup.local(node.tag)
        for name, value in list(node.attrib.items()):
            if markup.local(name) not in _ADDRESSES:
                continue
            address = str(value)
            if _is_inside(address) or (kind == "a" and markup.only_opens_when_clicked(address)):
                continue
            gone += 1
            if kind in _SHOWN and node.getparent() is not None:
                markup.remove(node)
                break
            del node.attrib[name]
    return gone


def _is_inside(address: str) -> bool:
    """Whether the address is a place in this document or a member of its archive."""
    if address.startswith("#") or not address:
        return True
    return not re.search(r"[:\\%?]|^/|\.\.", address)


def _clean_formulas(root: etree._Element) -> int:
    """Formulas that reach another file or the network go; the value they had stays."""
    gone = 0
    for node in markup.elements(root):
        for name, value in list(node.attrib.items()):
            if markup.local(name) in _FORMULA and _FETCHING.search(str(value)):
                del node.attrib[name]
                gone += 1
    return gone


def _tells_about_the_machine(node: etree._Element) -> bool:
    """Settings that name a printer, a database, a path or a person."""
    if markup.local(node.tag) != "config-item":
        return False
    name = next((str(v) for k, v in node.attrib.items() if markup.local(k) == "name"), "")
    return bool(_SETTINGS.search(name))
