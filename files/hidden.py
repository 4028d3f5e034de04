"""What a document holds that does not show at once: kept, and told to whoever sent it.

Hidden sheets, rows and slides are part of what somebody sends, and often needed by what shows. But
they are easily forgotten, so they are named. A sheet hidden so deeply that no menu shows it becomes
an ordinary hidden one.
"""

from __future__ import annotations

from lxml import etree

from files import markup
from files.changes import Change

_NO = ("0", "false", "off", "none")
_YES = ("1", "true", "on")
# Styles with which Word itself hides the ends of forms; nobody writes text in them.
_WORDS_OWN = ("z-",)


def in_office(root: etree._Element) -> set[Change]:
    """What does not show in a part of a Word, Excel or PowerPoint document."""
    found: set[Change] = set()
    kind = markup.local(root.tag)
    for node in markup.elements(root):
        change = _of_element(node)
        if change is not None:
            found.add(change)
    if kind == "sld" and root.get("show", "1") in _NO:
        found.add(Change.HIDDEN_SLIDES_KEPT)
    if kind == "notes" and any(_is_written(node) for node in markup.elements(root)):
        found.add(Change.NOTES_KEPT)
    return found


def _of_element(node: etree._Element) -> Change | None:
    kind = markup.local(node.tag)
    if kind == "sheet" and node.get("state", "") in ("hidden", "veryHidden"):
        node.set("state", "hidden")
        return Change.HIDDEN_SHEETS_KEPT
    if kind in ("row", "col") and _is_flat(node):
        return Change.HIDDEN_ROWS_KEPT
    if kind == "sheetFormatPr" and node.get("zeroHeight", "0") in _YES:
        return Change.HIDDEN_ROWS_KEPT
    is_hidden_thing = kind in ("cNvPr", "docPr") and node.get("hidden", "0") in _YES
    if is_hidden_thing or (kind == "vanish" and _hides_words(node)):
        return Change.HIDDEN_TEXT_KEPT
    return None


def _is_flat(node: etree._Element) -> bool:
    """A row or column that is hidden, or so low or narrow that it can't be seen."""
    sizes = (node.get(name, "1") for name in ("ht", "width"))
    return node.get("hidden", "0") in _YES or any(size in ("0", "0.0") for size in sizes)


def _hides_words(node: etree._Element) -> bool:
    """Whether Word's sign for hidden text stands at words, or in a style people can use."""
    if next((str(v) for k, v in node.attrib.items() if markup.local(k) == "val"), "1") in _NO:
        return False
    above = [markup.local(up.tag) for up in node.iterancestors()]
    if above[:2] == ["rPr", "r"]:
        return True
    style = next((up for up in node.iterancestors() if markup.local(up.tag) == "style"), None)
    if style is None:
        return False  # the end of a paragraph, or a level of a list
    name = next((str(v) for k, v in style.attrib.items() if markup.local(k) == "styleId"), "")
    return not name.startswith(_WORDS_OWN)


def _is_written(node: etree._Element) -> bool:
    """Words that somebody wrote, not a number that the program put there."""
    parent = node.getparent()
    in_run = parent is not None and markup.local(parent.tag) == "r"
    return in_run and markup.local(node.tag) == "t" and bool((node.text or "").strip())


def in_open_document(root: etree._Element) -> set[Change]:
    """What does not show in a part of an OpenDocument."""
    found: set[Change] = set()
    for node in markup.elements(root):
        kind = markup.local(node.tag)
        says = {markup.local(name): str(value) for name, value in node.attrib.items()}
        if kind == "table-properties" and says.get("display") in _NO:
            found.add(Change.HIDDEN_SHEETS_KEPT)
        if kind in ("table-row", "table-column") and says.get("visibility", "visible") != "visible":
            found.add(Change.HIDDEN_ROWS_KEPT)
        if kind == "drawing-page-properties" and says.get("visibility") == "hidden":
            found.add(Change.HIDDEN_SLIDES_KEPT)
        if kind in ("hidden-text", "hidden-paragraph") or (
            kind in ("section", "text-properties", "layer")
            and says.get("display") in ("none", "condition", "printer")
        ):
            found.add(Change.HIDDEN_TEXT_KEPT)
        if kind == "notes" and _has_words(node):
            found.add(Change.NOTES_KEPT)
    return found


def _has_words(notes: etree._Element) -> bool:
    """The program itself writes the number of the page there."""
    return any(
        words.strip()
        for node in notes.iter("*")
        for words in (node.tail or "", "" if _is_number(node) else node.text or "")
    )


def _is_number(node: etree._Element) -> bool:
    return markup.local(node.tag) in ("page-number", "page-count", "date", "time")
