"""What the pages of this room are called in the log."""

from django.utils.translation import gettext_lazy as _

_DOSSIER = _("Dossier")
_CARD = _("Emergency card")
_ELSEWHERE = _("Kept in other systems")
_MEDICAL = _("Who stands in for the school doctor")
_READERS = _("Who may open this dossier")

PAGES = {
    "my_pupils": _("My pupils"),
    "print_my_pupils": _("My pupils, on paper"),
    "export_my_pupils": _("My pupils, as a file"),
    "dossier": _DOSSIER,
    "dossier_part": _DOSSIER,
    "note": _("Note"),
    "write_note": _("Writing a note"),
    "correct_note": _("Correcting a note"),
    "withdraw_note": _("Withdrawing a note"),
    "note_headers": _("Which notes there are, without what they say"),
    "withdraw_note_as_keeper": _("Withdrawing a note"),
    "add_message": _("Adding a message"),
    # files
    "files_of_part": _("Files of a part"),
    "add_files": _("Adding files"),
    "add_files_to_note": _("Adding files"),
    "file": _("File"),
    "file_page": _("Page of a file"),
    "file_thumbnail": _("Small picture of a file"),
    "download_file": _("Downloading a file"),
    "replace_file": _("Replacing a file"),
    "move_file": _("Moving a file"),
    "withdraw_file": _("Withdrawing a file"),
    "withdraw_file_as_keeper": _("Withdrawing a file"),
    "choose_print": _("Choosing what to print"),
    "print_part": _("Print of a part"),
    # agreements
    "make_agreement": _("Making an agreement"),
    "renew_agreement": _("Renewing an agreement"),
    "close_agreement": _("Closing an agreement"),
    "change_card": _("Changing an emergency card"),
    "find_emergency_card": _("Finding an emergency card"),
    "ask_emergency_card": _("Asking for an emergency card"),
    "emergency_card": _CARD,
    "keeper_notices": _("Reported to you"),
    "keeper_notice_seen": _("Reported to you"),
    "elsewhere": _ELSEWHERE,
    "elsewhere_of_pupil": _ELSEWHERE,
    "end_elsewhere": _ELSEWHERE,
    # assignments
    "dossier_readers": _READERS,
    "pupil_assignments": _READERS,
    "assignments": _("Groups and their counsellors"),
    "assignment_pupils": _("Pupils and their counsellors"),
    "assignment_people": _("Colleagues and what they may open"),
    "person_assignments": _("What a colleague may open"),
    "assignment_proposals": _("Proposed assignments"),
    "assign_pupil": _("Assigning a counsellor"),
    "assign_medical": _("Assigning the medical part"),
    "change_assignment_end": _("Changing the last day of an assignment"),
    "withdraw_assignment": _("Withdrawing an assignment"),
    "group_assignments": _("Counsellors of a group"),
    "assign_group": _("Assigning a group"),
    "hand_over_group": _("Handing a group over"),
    "withdraw_from_group": _("Withdrawing somebody from a group"),
    "school_year_turn": _("Teams of the school year"),
    "group_turn": _("Team of a group"),
    "medical_stand_ins": _MEDICAL,
    "end_medical_stand_in": _MEDICAL,
}
