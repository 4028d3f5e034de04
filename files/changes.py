"""What was changed in a file before it was kept: told to whoever sent it."""

from __future__ import annotations

from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Change(StrEnum):
    """Each change has its sentence in WORDS."""

    LOCATION_REMOVED = "location_removed"
    METADATA_REMOVED = "metadata_removed"
    FIRST_FRAME_KEPT = "first_frame_kept"
    BECAME_JPEG = "became_jpeg"
    BECAME_PNG = "became_png"
    BECAME_PDF = "became_pdf"
    SCRIPTS_REMOVED = "scripts_removed"
    ACTIONS_REMOVED = "actions_removed"
    ATTACHMENTS_REMOVED = "attachments_removed"
    MEDIA_REMOVED = "media_removed"
    FORMS_LOCKED = "forms_locked"
    SIGNATURE_REMOVED = "signature_removed"
    PROTECTION_REMOVED = "protection_removed"
    LINKS_REMOVED = "links_removed"
    EMBEDDED_REMOVED = "embedded_removed"
    PICTURES_LEFT_OUT = "pictures_left_out"
    PIVOTS_STOPPED = "pivots_stopped"
    COMMENTS_KEPT = "comments_kept"
    HIDDEN_SHEETS_KEPT = "hidden_sheets_kept"
    HIDDEN_ROWS_KEPT = "hidden_rows_kept"
    HIDDEN_SLIDES_KEPT = "hidden_slides_kept"
    HIDDEN_TEXT_KEPT = "hidden_text_kept"
    NOTES_KEPT = "notes_kept"
    SIGNS_REMOVED = "signs_removed"
    BECAME_UTF8 = "became_utf8"
    FORMULAS_STOPPED = "formulas_stopped"

    @property
    def sentence(self) -> str:
        """For whoever sent the file, in their language."""
        return str(WORDS[self])


WORDS: dict[Change, Promise] = {
    Change.LOCATION_REMOVED: _("The place where the picture was taken was removed."),
    Change.METADATA_REMOVED: _(
        "Hidden data was removed, such as the name of the maker or the device."
    ),
    Change.FIRST_FRAME_KEPT: _("Only the first picture of the animation was kept."),
    Change.BECAME_JPEG: _("The picture was turned into JPEG, which every browser shows."),
    Change.BECAME_PNG: _("The picture was turned into PNG, which every browser shows."),
    Change.BECAME_PDF: _("The pages were turned into one PDF."),
    Change.SCRIPTS_REMOVED: _("Programs in the file (scripts) were removed."),
    Change.ACTIONS_REMOVED: _(
        "Actions that the file would have carried out by itself, or on a click, were removed."
    ),
    Change.ATTACHMENTS_REMOVED: _(
        "Files attached inside this file were removed. Send them as files of their own."
    ),
    Change.MEDIA_REMOVED: _("Sound, video or 3D in the file was removed."),
    Change.FORMS_LOCKED: _(
        "What was filled in can still be read, but the form can't be filled in or sent any more."
    ),
    Change.SIGNATURE_REMOVED: _(
        "The digital signature was removed: it no longer holds for the cleaned file. "
        "Keep the original if somebody must be able to check the signature."
    ),
    Change.PROTECTION_REMOVED: _(
        "The protection against copying or printing was removed; the portal guards the file now."
    ),
    Change.LINKS_REMOVED: _(
        "What the file would have fetched from elsewhere by itself was removed."
    ),
    Change.EMBEDDED_REMOVED: _(
        "Files, films or programs inside this document were removed. "
        "Send what matters as files of its own."
    ),
    Change.PICTURES_LEFT_OUT: _(
        "Pictures in this document that can't be checked were left out. "
        "Print it to PDF and send that as well if they matter."
    ),
    Change.PIVOTS_STOPPED: _(
        "Pivot tables became ordinary tables: what they show stays, the data behind them was "
        "removed."
    ),
    Change.COMMENTS_KEPT: _(
        "This document has comments or tracked changes, with the names of who made them. "
        "They were kept."
    ),
    Change.HIDDEN_SHEETS_KEPT: _(
        "This document has hidden sheets. They were kept: whoever opens it can make them visible."
    ),
    Change.HIDDEN_ROWS_KEPT: _(
        "This document has hidden rows or columns. "
        "They were kept: whoever opens it can make them visible."
    ),
    Change.HIDDEN_SLIDES_KEPT: _(
        "This document has hidden slides. They were kept: whoever opens it can make them visible."
    ),
    Change.HIDDEN_TEXT_KEPT: _(
        "This document has hidden text, pictures or layers. "
        "They were kept: whoever opens it can make them visible."
    ),
    Change.NOTES_KEPT: _("The slides have notes for whoever presents them. They were kept."),
    Change.SIGNS_REMOVED: _("Invisible signs that can make a text read differently were removed."),
    Change.BECAME_UTF8: _("The text was saved anew so that every device shows its letters."),
    Change.FORMULAS_STOPPED: _("Formulas in the table became text, so that nothing is reckoned."),
}
