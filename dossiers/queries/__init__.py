"""What of the dossiers somebody may see or find, one file a subject."""

from dossiers.queries.visible import (
    CHANGE,
    VIEW,
    agreements_visible_to,
    assignment_of,
    cards_visible_to,
    dossiers_kept_by,
    dossiers_visible_to,
    note_versions_visible_to,
    notes_visible_to,
    parts_visible_to,
    permissions_on,
)

__all__ = [
    "CHANGE",
    "VIEW",
    "agreements_visible_to",
    "assignment_of",
    "cards_visible_to",
    "dossiers_kept_by",
    "dossiers_visible_to",
    "note_versions_visible_to",
    "notes_visible_to",
    "parts_visible_to",
    "permissions_on",
]
