"""What the pages of this room are called in the log."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_TERM = _("Another term")

PAGES: dict[str, Promise] = {
    "retention": _("What falls due"),
    "leaving_dates": _("Pupils without a leaving date"),
    "retention_terms": _("How long records are kept"),
    "propose_retention_term": _TERM,
    "term_change": _TERM,
    "approve_retention_term": _("Approving another term"),
    "withdraw_retention_term": _("Taking a proposed term back"),
    "destruction_lists": _("Destruction lists"),
    "destruction_list": _("Destruction list"),
    "decide_items": _("Deciding about items of a destruction list"),
    "destruction_list_step": _("A step of a destruction list"),
    "destruction_progress": _("How far a destruction list is"),
    "export_destruction_list": _("Taking a destruction list along"),
    "confirm_other_systems": _("What other systems still hold"),
    "destruction_certificate": _("Certificate of destruction"),
    "destruction_item": _("Item of a destruction list"),
    "erasures": _("Erasing on request"),
    "ask_erasure": _("Asking to erase something"),
    "erasure": _("Request to erase something"),
    "holds": _("Holds"),
    "find_to_hold": _("Finding a dossier to hold"),
    "hold_dossier": _("Placing a hold"),
    "hold": _("Hold"),
    "keep_holding": _("Looking at a hold again"),
    "lift_hold": _("Lifting a hold"),
    "judge_leftover": _("Whose something found is"),
    "judge_leftovers": _("Whose things found are"),
}
