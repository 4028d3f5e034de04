"""Pivot tables of Excel become ordinary tables: what they show stands in the cells, and stays.

Behind each stands a copy of all rows that it counts, with every value of every column, also when
the sheet they came from was taken out. The copy goes, and with it whatever needs it.
"""

from __future__ import annotations

from lxml import etree

from files import markup

_PIVOTS = markup.names(
    "pivotCaches pivotSource pivotFmts pivotSelection slicerCaches slicerCache slicerList "
    "timelineCacheRefs timelineRefs pivotTableReferences dataModel"
)
_BUTTONS = markup.names("slicer timeslicer")
_FRAMES = markup.names("twoCellAnchor oneCellAnchor absoluteAnchor")


def stop(root: etree._Element) -> int:
    """Takes out what belongs to pivot tables, with the frames it stood in; gives how much."""
    gone = 0
    for node in markup.elements(root):
        kind = markup.local(node.tag)
        if kind == "conditionalFormatting":
            node.attrib.pop("pivot", "")
        elif kind in _PIVOTS or kind in _BUTTONS:
            _remove(_frame_of(node) if kind in _BUTTONS else node)
            gone += 1
    return gone


def _frame_of(button: etree._Element) -> etree._Element:
    """What the button stands in on its sheet."""
    above = (up for up in button.iterancestors() if markup.local(up.tag) in _FRAMES)
    return next(above, button)


def _remove(node: etree._Element) -> None:
    """With the list of extensions around it, when nothing else stands there."""
    parent = node.getparent()
    while parent is not None:
        markup.remove(node)
        if len(parent) or markup.local(parent.tag) not in ("ext", "extLst"):
            return
        node, parent = parent, parent.getparent()
