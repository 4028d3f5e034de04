"""XML read without DTD, entities or network, and written anew."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

from lxml import etree

from files.errors import Reason, Unwelcome

# Followed only when somebody clicks on it, and to nothing on the reader's own machine.
_CLICKABLE = ("http", "https", "mailto", "tel")
_BASE = "{http://www.w3.org/XML/1998/namespace}base"


def parsed(data: bytes, *, lenient: bool = False) -> etree._Element:
    """The root of an XML document. A DTD, an entity or anything unreadable raises Unwelcome.

    `lenient`: for drawings that old programs write as XML that is not quite XML.
    """
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        recover=lenient,
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Unwelcome(Reason.UNREADABLE) from error
    if root is None or root.getroottree().docinfo.internalDTD is not None:
        raise Unwelcome(Reason.UNREADABLE)
    if next(root.iter(etree.Entity), None) is not None:
        raise Unwelcome(Reason.UNREADABLE)
    for node in root.iter("*"):
        if _BASE in node.attrib:  # would lead every address in it elsewhere
            del node.attrib[_BASE]
    return root


def written(root: etree._Element) -> bytes:
    """The document as bytes, UTF-8, with nothing before or behind its root."""
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True, standalone=True)


def names(words: str) -> frozenset[str]:
    """The names of elements, written with spaces between."""
    return frozenset(words.split())


def elements(root: etree._Element) -> Iterator[etree._Element]:
    """Every element, in a list of its own: the tree may change meanwhile."""
    yield from list(root.iter("*"))


def local(name: str | bytes | bytearray | etree.QName) -> str:
    """A name without its namespace."""
    return str(name).rpartition("}")[2]


def remove(node: etree._Element) -> None:
    """Takes the element out of the tree; the text behind it stays."""
    parent = node.getparent()
    if parent is None:
        raise Unwelcome(Reason.UNREADABLE)
    before = node.getprevious()
    if node.tail and before is not None:
        before.tail = (before.tail or "") + node.tail
    elif node.tail:
        parent.text = (parent.text or "") + node.tail
    parent.remove(node)


def remove_all(root: etree._Element, which: Callable[[etree._Element], bool]) -> int:
    """Takes out every element that `which` says; gives how many."""
    found = [node for node in elements(root) if which(node) and node is not root]
    for node in found:
        if node.getparent() is not None:
            remove(node)
    return len(found)


def only_opens_when_clicked(address: str) -> bool:
    """Whether this is an ordinary link: to a page, a mail address or a place in the document."""
    if address.startswith("#"):
        return True
    try:
        parts = urlsplit(address.strip())
    except ValueError:
        return False
    if parts.scheme in ("http", "https"):
        return bool(parts.hostname) and "\\" not in address
    return parts.scheme in _CLICKABLE
