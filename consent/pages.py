"""What the pages of this room are called in the log."""

from django.utils.translation import gettext_lazy as _

PAGES = {
    "activate": _("Starting with a code"),
    "activate_account": _("An account with a code"),
    "activate_mail": _("Figures from a mail"),
    "my_children": _("My children"),
    "questions": _("Questions about a child"),
    "earlier_answers": _("Earlier answers"),
    "sign": _("Signing answers"),
    "receipt": _("A receipt"),
    "receipt_paper": _("The paper of a receipt"),
    "photo_check": _("Photo check"),
    "photo_check_result": _("What a photo check found"),
    # what a board asks
    "purposes": _("What the board asks consent for"),
    "add_purpose": _("Adding a purpose of consent"),
    "purpose": _("A purpose of consent"),
    "write_purpose_text": _("Writing a text of consent"),
    "preview_purpose_text": _("A text of consent as a parent sees it"),
    "put_text_in_use": _("Putting a text of consent in use"),
    "end_purpose": _("Ending a purpose of consent"),
    # rounds
    "consent_rounds": _("Rounds of consent"),
    "start_consent_round": _("Starting a round of consent"),
    "consent_round": _("A round of consent"),
    "carry_on_consent_round": _("Carrying a round on"),
    "round_in_short": _("A round in one line"),
    # the board of answers
    "answers": _("The schools whose answers somebody reads"),
    "school_answers": _("The answers of a school, counted"),
    "answering_pupils": _("The answers of a school, by pupil"),
    "export_answers": _("The answers of a school as a file"),
}
