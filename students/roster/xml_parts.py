"""Hands out the parts of an EDEXML file one by one, safely: no DTD, no entities, no network."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import cast

from lxml import etree

from students.roster.problems import Problems, refusal

CHUNK = 64 * 1024
LARGEST_PART = 4 * 1024 * 1024
MOST_SYNTAX_ERRORS = 1000
ENCODINGS = frozenset({"utf-8", "us-ascii", "iso-8859-1", "iso-8859-15", "windows-1252"})
_SECTIONS = frozenset(
    {"school", "vestigingen", "groepen", "leerlingen", "leerkrachten", "toevoegingen"}
)
_PARTS = [f"{{*}}{name}" for name in ("school", "vestigingen", "groepen", "leerling", "leerkracht")]
_SYNTAX = {
    "ERR_TAG_NAME_MISMATCH": "xml_mismatch",
    "ERR_TAG_NOT_FINISHED": "xml_truncated",
    "ERR_DOCUMENT_END": "xml_truncated",
    "ERR_UNDECLARED_ENTITY": "xml_entity",
    "ERR_INVALID_ENCODING": "encoding_wrong",
    "ERR_INVALID_CHAR": "encoding_wrong",
}
_DECLARATION = re.compile(rb"""<\?xml\s[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")


def refuse_dangerous_start(data: bytes) -> None:
    """Refuse a DTD before a parser sees it; without one no entity can be declared."""
    start = 3 if data.startswith(b"\xef\xbb\xbf") else 0
    declared = _DECLARATION.match(data, start)  # never past its ">"
    if declared and declared.group(1).decode("ascii").lower() not in ENCODINGS:
        raise refusal("encoding_unknown", line=1)
    position = start
    while True:
        position = _skip_space(data, position)
        if data.startswith(b"<?", position):
            closing = b"?>"
        elif data.startswith(b"<!--", position):
            closing = b"-->"
        elif data.startswith(b"<!", position):
            raise refusal("doctype", line=data.count(b"\n", 0, position) + 1)
        else:
            return
        end = data.find(closing, position)
        if end < 0:
            raise refusal("xml_truncated", line=data.count(b"\n", 0, position) + 1)
        position = end + len(closing)


def _skip_space(data: bytes, position: int) -> int:
    while position < len(data) and data[position] in b" \t\r\n":
        position += 1
    return position


def parts_of(data: bytes, problems: Problems) -> Iterator[etree._Element]:
    """Each part of the file once it is complete; memory holds one at a time."""
    parser = etree.XMLPullParser(
        events=("end",),
        tag=_PARTS,
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        recover=True,  # to find the next mistake too; any mistake refuses the file
    )
    since_last = 0
    for offset in range(0, len(data), CHUNK):
        parser.feed(data[offset : offset + CHUNK])
        since_last += CHUNK
        for _event, element in parser.read_events():
            if isinstance(element, etree._Element) and not _is_inside_teacher(element):
                yield element
                _forget(element, problems)
                since_last = 0
        if since_last > LARGEST_PART:
            problems.add("part_too_large", line=data.count(b"\n", 0, offset) + 1)
            return
        if len(parser.feed_error_log) > MOST_SYNTAX_ERRORS:
            break
    _finish(parser, problems)


def _is_inside_teacher(element: etree._Element) -> bool:
    """The groups of a teacher carry the tag of the groups of the school."""
    parent = element.getparent()
    return parent is not None and local_name(parent) == "leerkracht"


def _forget(element: etree._Element, problems: Problems) -> None:
    """Free a part that was taken, and whatever stands before it."""
    element.clear()
    step = element
    parent = step.getparent()
    while parent is not None:
        grandparent = parent.getparent()
        while step.getprevious() is not None:
            if grandparent is None:
                _check_section(parent[0], problems)
            del parent[0]
        step, parent = parent, grandparent


def _check_section(section: etree._Element, problems: Problems) -> None:
    """A misspelt section must not look like an empty one: every pupil would lose the group."""
    if local_name(section) not in _SECTIONS:
        problems.add("section_unknown", line=line_of(section))


def _finish(parser: etree.XMLPullParser, problems: Problems) -> None:
    try:
        root = parser.close()
    except etree.XMLSyntaxError:
        root = None
    if root is None or local_name(root) != "EDEX":
        raise refusal("not_edexml", line=1)
    for section in root:
        _check_section(section, problems)
    seen = set()
    for error in parser.feed_error_log:
        if error.domain_name == "NAMESPACE":
            continue
        found = (error.line, _SYNTAX.get(error.type_name, "xml_broken"))
        if found not in seen:
            seen.add(found)
            problems.add(found[1], line=error.line)


def local_name(element: etree._Element) -> str:
    """The tag without its namespace."""
    return str(element.tag).rpartition("}")[2]


def line_of(element: etree._Element) -> int:
    """The line on which an element starts."""
    return cast(int, element.sourceline) or 0
