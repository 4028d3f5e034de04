"""What happens to dossiers, for the log."""

from django.utils.translation import gettext_lazy as _

from audit.events import Action, event

NOTE_WRITTEN = event("note-written", _("wrote a note"), Action.CREATE)
NOTE_CORRECTED = event("note-corrected", _("corrected a note"), Action.UPDATE)
NOTE_WITHDRAWN = event("note-withdrawn", _("withdrew a note"), Action.UPDATE)
FILE_ADDED = event("file-added", _("added a file"), Action.CREATE)
FILE_REPLACED = event("file-replaced", _("replaced a file by a new version"), Action.UPDATE)
FILE_MOVED = event("file-moved", _("moved a file to another part"), Action.UPDATE)
FILE_WITHDRAWN = event("file-withdrawn", _("withdrew a file"), Action.UPDATE)
FILES_SWEPT = event("files-swept", _("cleared away files that were never finished"), Action.DELETE)
AGREEMENT_MADE = event("agreement-made", _("made an agreement"), Action.CREATE)
AGREEMENT_RENEWED = event("agreement-renewed", _("renewed an agreement"), Action.UPDATE)
AGREEMENT_CLOSED = event("agreement-closed", _("closed an agreement"), Action.UPDATE)
CARD_WRITTEN = event("emergency-card-written", _("changed an emergency card"), Action.UPDATE)
CARD_OPENED_IN_AN_EMERGENCY = event(
    "emergency-card-opened", _("opened an emergency card in an emergency"), Action.RIGHTS
)
NOTICE_SEEN = event("keeper-notice-seen", _("saw a notice to the keeper"), Action.UPDATE)
RECORD_ELSEWHERE_ADDED = event(
    "record-elsewhere-added", _("listed what another system keeps"), Action.CREATE
)
RECORD_ELSEWHERE_ENDED = event(
    "record-elsewhere-ended", _("noted that another system keeps it no longer"), Action.UPDATE
)
ASSIGNED = event("assigned", _("assigned a counsellor"), Action.RIGHTS)
ASSIGNMENT_WITHDRAWN = event("assignment-withdrawn", _("withdrew an assignment"), Action.RIGHTS)
ASSIGNMENT_CHANGED = event("assignment-changed", _("gave an assignment another end"), Action.RIGHTS)
GROUP_ASSIGNED = event("group-assigned", _("assigned a counsellor to a group"), Action.RIGHTS)
GROUP_WITHDRAWN = event("group-withdrawn", _("withdrew a counsellor from a group"), Action.RIGHTS)
GROUP_HANDED_OVER = event(
    "group-handed-over", _("handed a group over to another counsellor"), Action.RIGHTS
)
TEAM_CONFIRMED = event("team-confirmed", _("confirmed a group's team for a year"), Action.RIGHTS)
PROPOSALS_CONFIRMED = event(
    "proposals-confirmed", _("confirmed proposed assignments"), Action.RIGHTS
)
PROPOSALS_DECLINED = event("proposals-declined", _("declined proposed assignments"), Action.RIGHTS)
MEDICAL_STAND_IN_NAMED = event(
    "medical-stand-in-named", _("named a stand-in for the medical part"), Action.RIGHTS
)
MEDICAL_STAND_IN_ENDED = event(
    "medical-stand-in-ended", _("ended a stand-in for the medical part"), Action.RIGHTS
)
