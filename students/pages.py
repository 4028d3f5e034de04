"""What the pages of this room are called in the log."""

from django.utils.translation import gettext_lazy as _

_IMPORT = _("Roster import")
_QUESTIONS = _("Questions of a roster import")

PAGES = {
    "school_pupils": _("All pupils"),
    "print_school_pupils": _("All pupils, on paper"),
    "export_school_pupils": _("All pupils, as a file"),
    "school_pupil": _("Pupil"),
    "change_pupil": _("Changing a pupil's names"),
    "enrol_pupil": _("Enrolling a pupil"),
    "return_pupil": _("Enrolling a pupil who returns"),
    "move_group": _("Moving a pupil to another group"),
    "record_leaving": _("Recording that a pupil leaves"),
    "undo_leaving": _("Taking a leaving date back"),
    "transfer_pupil": _("Moving a pupil to another school"),
    "give_pupil_account": _("An account for a pupil"),
    # parents
    "parent": _("Parent"),
    "find_parent": _("Finding a parent"),
    "add_parent": _("Adding a parent"),
    "change_parent": _("Changing a parent's contact data"),
    "give_parent_account": _("An account for a parent"),
    "link_parent": _("Linking a parent to a pupil"),
    "unlink_parent": _("Taking a link to a parent back"),
    "change_relation": _("How a parent is related"),
    "record_authority": _("Recording authority"),
    "name_colleague": _("A colleague who is a parent"),
    "unname_colleague": _("A colleague who is a parent"),
    "add_representative": _("Adding a representative"),
    "end_representative": _("Ending a representative"),
    # places and years
    "organisation": _("Schools and years"),
    "school": _("School"),
    "add_school": _("Adding a school"),
    "change_region": _("Choosing a school's region"),
    "add_school_year": _("Adding a school year"),
    "change_school_year": _("Changing a school year"),
    "add_location": _("Adding a location"),
    "rename_location": _("Renaming a location"),
    "add_group": _("Adding a group"),
    "rename_group": _("Renaming a group"),
    # the roster
    "roster_imports": _("Roster imports"),
    "roster_import": _IMPORT,
    "roster_upload": _("Sending a roster"),
    "roster_lines": _("Lines of a roster import"),
    "roster_questions": _QUESTIONS,
    "roster_decide": _QUESTIONS,
    "roster_decide_all": _QUESTIONS,
    "roster_approve": _("Approving a roster import"),
    "roster_start": _("Approving a roster import"),
    "roster_cancel": _("Cancelling a roster import"),
    "roster_proposals": _("Proposed counsellors"),
    "parents_template": _("The empty file for parents"),
}
