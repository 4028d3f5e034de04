"""Fields of Word: those that only show something stay, the others become the text they showed.

A field is either one element (`fldSimple`) or a row of signs between which its words and its
result stand, possibly one field within another. Known kinds stay; DDE, LINK, INCLUDEPICTURE,
INCLUDETEXT, IMPORT, DATABASE, MACROBUTTON and whatever is not known lose their words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lxml import etree

from files import markup

_KNOWN = markup.names(
    "PAGE NUMPAGES SECTION SECTIONPAGES DATE TIME CREATEDATE SAVEDATE PRINTDATE EDITTIME TOC TC "
    "TOA TA XE INDEX REF PAGEREF NOTEREF STYLEREF SEQ LISTNUM AUTONUM AUTONUMLGL AUTONUMOUT EQ "
    "SYMBOL ADVANCE QUOTE IF COMPARE SET ASK FILLIN MERGEFIELD MERGEREC MERGESEQ NEXT NEXTIF "
    "SKIPIF ADDRESSBLOCK GREETINGLINE FORMTEXT FORMCHECKBOX FORMDROPDOWN AUTHOR LASTSAVEDBY TITLE "
    "SUBJECT KEYWORDS COMMENTS DOCPROPERTY FILENAME FILESIZE NUMCHARS NUMWORDS REVNUM TEMPLATE "
    "USERNAME USERINITIALS USERADDRESS CITATION BIBLIOGRAPHY BARCODE DISPLAYBARCODE "
    "HYPERLINK"
)

_SWITCH = re.compile(r"\\[a-z*@#!]")
_QUOTED = re.compile(r'["“”]([^"“”]*)["“”]')


@dataclass
class _Field:
    """One field while it is read: its signs, its words, whether the result has begun."""

    signs: list[etree._Element] = field(default_factory=list)
    words: list[etree._Element] = field(default_factory=list)
    in_result: bool = False
    holds_another: bool = False

    @property
    def instruction(self) -> str:
        """Its words, joined as Word joins them."""
        return "".join(node.text or "" for node in self.words)


def clean_fields(root: etree._Element) -> int:
    """Turns fields that may fetch or start something into their text; gives how many."""
    gone = 0
    for node in markup.elements(root):
        if markup.local(node.tag) == "fldSimple" and not _is_harmless(_attribute(node, "instr")):
            _unwrap(node)
            gone += 1
    bad = [
        found
        for found in _fields(root)
        if not _is_harmless(found.instruction, built_by_another=found.holds_another)
    ]
    for found in bad:
        for node in (*found.signs, *found.words):
            if node.getparent() is not None:
                markup.remove(node)
    return gone + len(bad)


def _fields(root: etree._Element) -> list[_Field]:
    """Every field made of signs, those within others too; one that never ends counts as well."""
    done: list[_Field] = []
    open_fields: list[_Field] = []
    for node in markup.elements(root):
        kind = markup.local(node.tag)
        if kind == "fldChar":
            _take_sign(node, open_fields, done)
        elif kind in ("instrText", "delInstrText"):
            if not open_fields:
                open_fields.append(_Field())
            open_fields[-1].words.append(node)
    return done + open_fields


def _take_sign(node: etree._Element, open_fields: list[_Field], done: list[_Field]) -> None:
    sign = _attribute(node, "fldCharType")
    if sign == "begin":
        if open_fields and not open_fields[-1].in_result:
            open_fields[-1].holds_another = True
        open_fields.append(_Field([node]))
        return
    if not open_fields:
        open_fields.append(_Field())
    open_fields[-1].signs.append(node)
    if sign == "end":
        done.append(open_fields.pop())
    else:
        open_fields[-1].in_result = True


def _is_harmless(instruction: str, *, built_by_another: bool = False) -> bool:
    """Whether the field only shows something. One whose kind another field writes is not."""
    words = instruction.split()
    if not words:
        return not built_by_another
    kind = words[0].upper()
    if kind == "HYPERLINK":
        bare = _QUOTED.sub(" ", instruction).split()[1:]
        targets = _QUOTED.findall(instruction) + [w for w in bare if not _SWITCH.fullmatch(w)]
        return not built_by_another and all(
            markup.only_opens_when_clicked(target)
            for target in targets
            if set(target) & set(":/\\")
        )
    return kind in _KNOWN or kind.startswith("=")


def _attribute(node: etree._Element, name: str) -> str:
    return next((str(v) for k, v in node.attrib.items() if markup.local(k) == name), "")


def _unwrap(node: etree._Element) -> None:
    """Puts what is in the element in its place."""
    parent = node.getparent()
    if parent is None:
        return
    place = parent.index(node)
    for child in reversed(list(node)):
        parent.insert(place, child)
    parent.remove(node)
