"""Which relationships of an OOXML document are followed, dropped, or a reason to refuse it."""

from __future__ import annotations

from lxml import etree

from files import markup
from files.changes import Change
from files.errors import Reason

# What a document is made of, by the last word of the relationship's type.
KEPT = markup.names(
    # all three
    "officeDocument theme themeOverride image chart chartEx chartStyle chartColorStyle "
    "chartUserShapes diagramData diagramLayout diagramQuickStyle diagramColors diagramDrawing "
    "hyperlink tableStyles comments drawing vmlDrawing styles "
    # Word
    "stylesWithEffects settings webSettings fontTable numbering footnotes endnotes header footer "
    "glossaryDocument commentsExtended commentsIds commentsExtensible "
    # Excel
    "worksheet chartsheet sharedStrings table sheetMetadata rdRichValue rdRichValueStructure "
    "rdRichValueTypes featurePropertyBag "
    # PowerPoint
    "slide slideMaster slideLayout notesSlide notesMaster handoutMaster presProps viewProps "
    "commentAuthors authors"
)

_REFUSED = {
    **dict.fromkeys(
        markup.names("vbaProject wordVbaData xlMacrosheet xlIntlMacrosheet dialogsheet"),
        Reason.MACROS,
    ),
    "aFChunk": Reason.SAVE_AS_DOCUMENT,  # its text would be lost without a word
}
_METADATA = markup.names(
    "core-properties extended-properties custom-properties thumbnail people person customXml "
    "customProperty revisionHeaders revisionLog usernames tags changesInfo revisionInfo "
    "printerSettings docMetadata"
)
_FETCHED = markup.names(
    "attachedTemplate subDocument frame externalLink externalLinkPath connections queryTable "
    "volatileDependencies webextension webextensiontaskpanes xmlMaps"
)
_EMBEDDED = markup.names(
    "oleObject package control activeXControlBinary ctrlProp font audio video media "
    "extensibility keyMapCustomizations attachedToolbars hdphoto model3d powerPivotData"
)
# A pivot table keeps a copy of all the rows that it counts, also of a sheet that was taken out.
_PIVOTS = markup.names(
    "pivotTable pivotCacheDefinition pivotCacheRecords slicer slicerCache timeline timelineCache"
)


def kind_of(row: etree._Element) -> str:
    """The last word of the relationship's type, alike in the strict and the usual form."""
    return row.get("Type", "").rstrip("/").rpartition("/")[2]


def refusal_for(row: etree._Element) -> Reason | None:
    """Why a document with this relationship is not taken at all."""
    return _REFUSED.get(kind_of(row))


def is_kept(row: etree._Element) -> bool:
    """Whether the relationship is taken along; outside leads only a link that one clicks."""
    if row.get("TargetMode") == "External":
        address = row.get("Target", "")
        return kind_of(row) == "hyperlink" and markup.only_opens_when_clicked(address)
    return kind_of(row) in KEPT


def change_for(row: etree._Element) -> Change | None:
    """What is told about a relationship that is dropped."""
    kind = kind_of(row)
    if kind in _METADATA:
        return Change.METADATA_REMOVED
    if kind in _PIVOTS:
        return Change.PIVOTS_STOPPED
    if kind in _FETCHED or row.get("TargetMode") == "External":
        return Change.LINKS_REMOVED
    return Change.EMBEDDED_REMOVED if kind in _EMBEDDED else None


def is_markup(content_type: str) -> bool:
    """Whether a part is XML."""
    low = content_type.lower()
    return low.endswith(("+xml", "/xml", "vmldrawing")) and not low.startswith("image/")
