"""What happens in this room, as the log calls it."""

from django.utils.translation import gettext_lazy as _

from audit.events import Action, event

TERM_PROPOSED = event("term-proposed", _("proposed another term"), Action.CREATE)
TERM_APPROVED = event("term-approved", _("approved another term"), Action.UPDATE)
TERM_WITHDRAWN = event("term-withdrawn", _("took a proposed term back"), Action.UPDATE)
HOLD_PLACED = event("hold-placed", _("placed a hold on a dossier"), Action.CREATE)
HOLD_REVIEWED = event("hold-reviewed", _("looked at a hold again and kept it"), Action.UPDATE)
HOLD_LIFTED = event("hold-lifted", _("lifted a hold"), Action.UPDATE)
HOLDS_IN_STEP = event("holds-in-step", _("placed and lifted holds by what is open"), Action.UPDATE)
BACKUP_MADE = event("backup-made", _("made a copy of everything"), Action.EXPORT)
MASTER_KEY_CHANGED = event("master-key-changed", _("changed the master key"), Action.UPDATE)
RESTORED = event("restored", _("put a copy of everything back"), Action.CREATE)
APPROVALS_TAKEN_BACK = event(
    "approvals-taken-back", _("took approvals back, as a copy was put back"), Action.UPDATE
)
LIST_MADE = event("destruction-list-made", _("made a destruction list"), Action.CREATE)
ITEM_DECIDED = event(
    "destruction-item-decided", _("decided about an item of a destruction list"), Action.UPDATE
)
LIST_ASSIGNED = event(
    "destruction-list-assigned", _("gave a destruction list to somebody to review"), Action.UPDATE
)
LIST_REVIEWED = event("destruction-list-reviewed", _("reviewed a destruction list"), Action.UPDATE)
LIST_APPROVED = event("destruction-list-approved", _("approved a destruction list"), Action.UPDATE)
LIST_CANCELLED = event(
    "destruction-list-cancelled", _("cancelled a destruction list"), Action.UPDATE
)
LIST_BEGUN = event("destruction-begun", _("began to carry out a destruction list"), Action.DELETE)
ITEM_INTENDED = event("destruction-intended", _("is about to destroy records"), Action.DELETE)
ITEM_DESTROYED = event("records-destroyed", _("destroyed records"), Action.DELETE)
DOSSIERS_BEGUN_AGAIN = event(
    "dossiers-begun-again", _("made dossiers anew of who is back at school"), Action.CREATE
)
ITEM_LEFT = event("destruction-left", _("left records alone, as they changed"), Action.UPDATE)
LIST_SEARCH_BEGUN = event(
    "destruction-search-begun", _("began to look for what was left"), Action.SEARCH
)
LIST_SEARCHED = event("destruction-searched", _("looked for what was left"), Action.SEARCH)
LEFTOVER_JUDGED = event(
    "leftover-judged", _("judged what was found after a destruction"), Action.UPDATE
)
ITEMS_FAILED = event(
    "destruction-items-failed", _("could not destroy some items, or could at last"), Action.UPDATE
)
LIST_STOPPED = event(
    "destruction-list-stopped",
    _("could not go on with a destruction list, or could at last"),
    Action.UPDATE,
)
ERASURE_ASKED = event("erasure-asked", _("asked to erase part of a dossier"), Action.CREATE)
ERASURE_APPROVED = event("erasure-approved", _("approved erasing part of a dossier"), Action.UPDATE)
ERASURE_REFUSED = event("erasure-refused", _("refused to erase part of a dossier"), Action.UPDATE)
ERASURE_WITHDRAWN = event(
    "erasure-withdrawn", _("took back a request to erase part of a dossier"), Action.UPDATE
)
ERASURE_REOPENED = event(
    "erasure-reopened", _("asked anew whether to erase, as something had come since"), Action.UPDATE
)
ERASURE_INTENDED = event(
    "erasure-intended", _("is about to erase part of a dossier"), Action.DELETE
)
ROWS_ERASED = event(
    "rows-erased", _("erased part of a dossier and sealed the rest anew"), Action.DELETE
)
PART_SEALED_ANEW = event("part-sealed-anew", _("checked what was sealed anew"), Action.UPDATE)
ERASED = event("erased", _("destroyed the old key of part of a dossier"), Action.DELETE)
ERASURE_GONE = event("erasure-gone", _("found nothing left to erase"), Action.UPDATE)
OTHER_SYSTEMS_CONFIRMED = event(
    "other-systems-confirmed", _("said what other systems still hold"), Action.UPDATE
)
LIST_CLOSED = event("destruction-list-closed", _("closed a destruction list"), Action.UPDATE)
ACCOUNTS_ENDED = event(
    "accounts-ended", _("ended accounts whose last role was long over"), Action.DELETE
)
RAN_OUT_ENDED = event(
    "ran-out-ended", _("threw away invitations and proposed names that ran out"), Action.DELETE
)
FINDINGS_ENDED = event(
    "findings-ended", _("threw away findings of months that left the log"), Action.DELETE
)
