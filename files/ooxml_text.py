"""What may not stand inside the XML of a Word, Excel or PowerPoint document."""

from __future__ import annotations

import re
from collections.abc import Callable

from lxml import etree

from files import hidden, markup, pivots
from files.changes import Change
from files.ooxml_fields import clean_fields

# What points at something outside its part; the whole element means nothing without it.
_GONE_WITH_ITS_TARGET = markup.names(
    "attachedTemplate subDoc OLEObject externalData videoFile audioFile wavAudioFile "
    "quickTimeFile sourceFileName externalReference control snd sndAc media tags custData "
    "embedRegular embedBold embedItalic embedBoldItalic imgProps legacyDrawingHF oleObject "
    "printSettings contentPart smartTags model3d objectEmbed objectLink"
)
# Gone in any case: they start or fetch something, or tell more than the document says.
_ALWAYS_GONE = markup.names(
    "attachedTemplate externalReferences externalReference oleObjects controls ddeLink oleLink "
    "webPublishItems webPublishing customWorkbookViews mailMerge "
    "volTypes saveThroughXslt attachedSchema xmlMaps Script"
)
_TELLING = markup.names("absPath fileSharing docVars revisionPtr scenarios")
_TELLING_VALUES = markup.names("refreshedBy refreshedDate refreshedDateIso")  # of a pivot table
_COMMENTS = markup.names("comment ins del moveFrom moveTo cm")
_SAFE_STEPS = re.compile(r"ppaction://(hlinksldjump|hlinkshowjump\?jump=\w+|media)\Z")
# Another book by its number, or by its path: a sheet's name has no such sign.
_LINKED_BOOK = re.compile(r"\[\d+\]|'[^']*[\\/\[][^']*'!")
_FETCHING = re.compile(
    r"(?i)\b(webservice|rtd|call|register\.id|image|dde|sql\.request|getpivotdata)\s*\("
    r"|\bhyperlink\s*\(\s*(?!\"(?:https?://|mailto:|tel:|#))"
)
_FORMULAS = markup.names(
    "f formula formula1 formula2 definedName calculatedColumnFormula totalsRowFormula"
)
_REFERENCES = ("officeDocument/2006/relationships", "officeDocument/relationships")
# What may lead outside: one clicks it. All else that names such an address would fetch it.
_CLICKED = markup.names("hyperlink hlinkClick")
# Drawings of older programs name addresses themselves; `gfxdata` is a whole archive in letters.
_ADDRESSES = markup.names("src althref href")
_LOADED = markup.names("imagedata fill stroke")
_PACKED = markup.names("gfxdata equationxml")


def clean_text(root: etree._Element, dropped: set[str], outside: set[str]) -> set[Change]:
    """Cleans one part in place. `dropped`: relationships it names that are no longer there.

    `outside`: those that lead out of the document, for links only.
    """
    changes: set[Change] = set()
    _let_go(root, dropped)
    if _let_go(root, outside, but=_CLICKED) + _clean_addresses(root):
        changes.add(Change.LINKS_REMOVED)
    if markup.remove_all(root, lambda node: markup.local(node.tag) in _ALWAYS_GONE):
        changes.add(Change.LINKS_REMOVED)
    told = markup.remove_all(root, lambda node: markup.local(node.tag) in _TELLING)
    if told + _forget_who(root):
        changes.add(Change.METADATA_REMOVED)
    if pivots.stop(root):
        changes.add(Change.PIVOTS_STOPPED)
    if clean_fields(root) + _clean_formulas(root):
        changes.add(Change.LINKS_REMOVED)
    if _clean_actions(root):
        changes.add(Change.ACTIONS_REMOVED)
    if any(markup.local(node.tag) in _COMMENTS for node in markup.elements(root)):
        changes.add(Change.COMMENTS_KEPT)
    return changes | hidden.in_office(root)


def named_in(root: etree._Element) -> set[str]:
    """The relationships that a part names."""
    return {
        str(value)
        for node in markup.elements(root)
        for name, value in node.attrib.items()
        if _is_reference(name)
    }


def _is_reference(name: object) -> bool:
    return any(space in str(name) for space in _REFERENCES)


def _let_go(root: etree._Element, dropped: set[str], *, but: frozenset[str] = frozenset()) -> int:
    """Removes whatever names a relationship that is gone, so that no reader finds it broken."""
    gone = 0
    for node in markup.elements(root):
        kind = markup.local(node.tag)
        names = [n for n, value in node.attrib.items() if value in dropped and _is_reference(n)]
        if not names or kind in but:
            continue
        gone += 1
        if kind == "oleObj":
            _show_its_picture(node)
        elif kind in _GONE_WITH_ITS_TARGET and node.getparent() is not None:
            markup.remove(node)
        elif kind.startswith("hlink"):
            node.attrib.update(dict.fromkeys(names, ""))
        else:
            for name in names:
                del node.attrib[name]
    return gone


def _clean_addresses(root: etree._Element) -> int:
    """Takes out addresses that a drawing would fetch, and what it carries packed."""
    gone = 0
    for node in markup.elements(root):
        for name, value in list(node.attrib.items()):
            short = markup.local(name)
            is_link = short == "href" and markup.local(node.tag) not in _LOADED
            if short in _PACKED:
                del node.attrib[name]
            elif short in _ADDRESSES and not (
                is_link and markup.only_opens_when_clicked(str(value))
            ):
                del node.attrib[name]
                gone += bool(value)
    return gone


def _show_its_picture(node: etree._Element) -> None:
    """On a slide an embedded object is replaced by the picture of it, when there is one."""
    frame = _above(node, "graphicFrame")
    parent = frame.getparent() if frame is not None else None
    if frame is None or parent is None:
        return
    picture = next((n for n in frame.iter() if markup.local(n.tag) == "pic"), None)
    if picture is None:
        markup.remove(frame)
    else:
        parent.replace(frame, picture)


def _above(node: etree._Element, kind: str) -> etree._Element | None:
    return next((up for up in node.iterancestors() if markup.local(up.tag) == kind), None)


def _clean_formulas(root: etree._Element) -> int:
    """Formulas that reach another book or the network go; the value they had stays."""
    gone = 0
    shared: set[str] = set()
    for node in markup.elements(root):
        if markup.local(node.tag) == "cfvo" and _reaches_out(node.get("val", "")):
            node.set("val", "0")  # where a colour begins
            gone += 1
        text = node.text or ""
        if markup.local(node.tag) not in _FORMULAS or not _reaches_out(text):
            continue
        if node.get("t") == "shared" and node.get("si"):
            shared.add(node.get("si", ""))
        _forget(node)
        gone += 1
    if shared:
        markup.remove_all(root, _follows(shared))
    return gone


def _reaches_out(formula: str) -> bool:
    return bool(_LINKED_BOOK.search(formula) or _FETCHING.search(formula) or "|" in formula)


def _forget(node: etree._Element) -> None:
    parent = node.getparent()
    if parent is not None and markup.local(parent.tag) in ("c", "definedNames", "tableColumn"):
        markup.remove(node)
    else:
        node.text = "0"


def _follows(shared: set[str]) -> Callable[[etree._Element], bool]:
    """Whether a formula repeats one that is gone."""
    return lambda node: (
        markup.local(node.tag) == "f" and node.get("t") == "shared" and node.get("si") in shared
    )


def _forget_who(root: etree._Element) -> int:
    """Who worked with a table last, and when."""
    gone = 0
    for node in markup.elements(root):
        for name in list(node.attrib):
            if name in _TELLING_VALUES:
                del node.attrib[name]
                gone += 1
    return gone


def _clean_actions(root: etree._Element) -> int:
    """What a click or a passing mouse may start: another slide, and nothing else."""
    gone = 0
    for node in markup.elements(root):
        for name, value in list(node.attrib.items()):
            short = markup.local(name)
            starts = short == "action" and "://" in str(value) and not _SAFE_STEPS.match(str(value))
            if short == "queryTableFieldId" or (short, value) == ("tableType", "queryTable"):
                del node.attrib[name]
            elif starts or short in ("macro", "OnAction", "entryMacro", "exitMacro"):
                gone += bool(value)
                del node.attrib[name]
    gone += markup.remove_all(root, lambda n: markup.local(n.tag) in ("entryMacro", "exitMacro"))
    gone += markup.remove_all(root, lambda n: markup.local(n.tag) in ("FmlaMacro",))
    return gone
