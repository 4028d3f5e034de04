"""The top of a PDF: its catalog and its pages keep only what helps to read them."""

from __future__ import annotations

import pikepdf
from pikepdf import Array, Dictionary, Name, Object

from files.changes import Change
from files.errors import Reason, Unwelcome
from files.pdfs.actions import told_by

# Everything else in these two dictionaries goes: what is unknown is not kept.
_CATALOG = {
    "/Type", "/Version", "/Pages", "/PageLabels", "/PageLayout", "/Names", "/Dests", "/Outlines",
    "/OCProperties", "/OutputIntents", "/StructTreeRoot", "/MarkInfo", "/Lang", "/AcroForm",
}  # fmt: skip
_PAGE = {
    "/Type", "/Parent", "/Resources", "/MediaBox", "/CropBox", "/BleedBox", "/TrimBox", "/ArtBox",
    "/Contents", "/Rotate", "/Group", "/Annots", "/StructParents", "/UserUnit", "/Tabs",
}  # fmt: skip
_FORM = {"/Fields", "/DR", "/DA", "/Q", "/NeedAppearances"}
_MARKS = {
    "/Link", "/Text", "/FreeText", "/Line", "/Square", "/Circle", "/Polygon", "/PolyLine",
    "/Highlight", "/Underline", "/Squiggly", "/StrikeOut", "/Stamp", "/Caret", "/Ink", "/Popup",
    "/Widget", "/Watermark",
}  # fmt: skip
# Of these /T is no person's name.
_NAMED_BY_THE_MAKER = {"/Widget", "/Link", "/Popup", "/Watermark"}
_TELLS = {
    "/Metadata": Change.METADATA_REMOVED,
    "/PieceInfo": Change.METADATA_REMOVED,
    "/LastModified": Change.METADATA_REMOVED,
    "/AF": Change.ATTACHMENTS_REMOVED,
    "/Collection": Change.ATTACHMENTS_REMOVED,
    "/Perms": Change.SIGNATURE_REMOVED,
    "/DSS": Change.SIGNATURE_REMOVED,
    "/PresSteps": Change.ACTIONS_REMOVED,
}
MARK_TELLS = {
    "/FileAttachment": Change.ATTACHMENTS_REMOVED,
    "/Screen": Change.MEDIA_REMOVED,
    "/Movie": Change.MEDIA_REMOVED,
    "/Sound": Change.MEDIA_REMOVED,
    "/RichMedia": Change.MEDIA_REMOVED,
    "/3D": Change.MEDIA_REMOVED,
}


def keep_what_shows(pdf: pikepdf.Pdf) -> set[Change]:
    """Takes out of trailer, catalog, form and pages what is not on the lists above."""
    root = pdf.Root
    if root.get("/NeedsRendering", False):
        raise Unwelcome(Reason.ADOBE_ONLY)
    changes = _trailer(pdf)
    changes |= _names(root) | _form(root) | _layers(root)
    changes |= _keep(root, _CATALOG)
    for page in pdf.pages:
        changes |= _keep(page.obj, _PAGE) | _marks(page.obj)
    return changes


def _trailer(pdf: pikepdf.Pdf) -> set[Change]:
    """The document's information (author, program, times) and its number."""
    told = set()
    info = pdf.trailer.get("/Info")
    if isinstance(info, Dictionary) and any(str(value) for value in info.as_dict().values()):
        told.add(Change.METADATA_REMOVED)
    for key in list(pdf.trailer.keys()):
        if key not in {"/Root", "/Size", "/Encrypt"}:  # the last is needed to read, not kept
            del pdf.trailer[key]
    return told


def _names(root: Object) -> set[Change]:
    """Of the named things only places in the document itself."""
    names = root.get("/Names")
    if names is None:
        return set()
    told = set()
    if isinstance(names, Dictionary):
        if "/JavaScript" in names:
            told.add(Change.SCRIPTS_REMOVED)
        if "/EmbeddedFiles" in names:
            told.add(Change.ATTACHMENTS_REMOVED)
        if "/Renditions" in names:
            told.add(Change.MEDIA_REMOVED)
        places = names.get("/Dests")
        if isinstance(places, Dictionary):
            root.Names = Dictionary(Dests=places)
            return told
    del root["/Names"]
    return told


def _form(root: Object) -> set[Change]:
    """The fields stay with what was filled in; nothing is calculated, checked or sent."""
    form = root.get("/AcroForm")
    if form is None:
        return set()
    if not isinstance(form, Dictionary):
        del root["/AcroForm"]
        return set()
    told = {Change.SCRIPTS_REMOVED} if "/XFA" in form else set()
    for key in list(form.keys()):
        if key not in _FORM:
            del form[key]
    return told


def _layers(root: Object) -> set[Change]:
    """Layers that do not show at once."""
    layers = root.get("/OCProperties")
    shown = layers.get("/D") if isinstance(layers, Dictionary) else None
    if not isinstance(shown, Dictionary):
        return set()
    off = shown.get("/OFF")
    is_off = shown.get("/BaseState") == Name.OFF or (isinstance(off, Array) and len(off))
    return {Change.HIDDEN_TEXT_KEPT} if is_off else set()


def _keep(of: Object, keys: set[str]) -> set[Change]:
    """Only these keys stay; gives what was lost by it."""
    told = set()
    for key in list(of.keys()):
        if key in keys:
            continue
        if key in {"/OpenAction", "/AA"}:
            told |= told_by(of[key])
        elif key in _TELLS:
            told.add(_TELLS[key])
        del of[key]
    return told


def _marks(page: Object) -> set[Change]:
    """What lies on a page: links, comments, fields. No attached files, media or things unknown."""
    marks = page.get("/Annots")
    if marks is None:
        return set()
    told: set[Change] = set()
    kept = []
    for mark in marks if isinstance(marks, Array) else []:
        kind = mark.get("/Subtype") if isinstance(mark, Dictionary) else None
        if isinstance(kind, Name) and str(kind) in _MARKS:
            kept.append(mark)
            if "/T" in mark and str(kind) not in _NAMED_BY_THE_MAKER:
                told.add(Change.COMMENTS_KEPT)
        else:
            told.add(MARK_TELLS.get(str(kind), Change.ACTIONS_REMOVED))
    if kept:
        page.Annots = Array(kept)
    else:
        del page["/Annots"]
    return told
