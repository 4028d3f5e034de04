"""What happens to dossiers, for the log."""

from django.utils.translation import gettext_lazy as _

from audit.events import Action, event

NOTE_WRITTEN = event("note-written", _("wrote a note"), Action.CREATE)
ASSIGNED = event("assigned", _("assigned a counsellor"), Action.RIGHTS)
ASSIGNMENT_WITHDRAWN = event("assignment-withdrawn", _("withdrew an assignment"), Action.RIGHTS)
