"""What the log says about roster imports."""

from django.utils.translation import gettext_lazy as _

from audit.events import Action, event

ROSTER_READ = event("roster-read", _("read a roster and made a plan"), Action.CREATE)
ROSTER_NOT_READ = event("roster-not-read", _("sent a roster that could not be read"), Action.CREATE)
ROSTER_DECIDED = event("roster-decided", _("decided on lines of a roster plan"), Action.UPDATE)
ROSTER_APPROVED = event("roster-approved", _("approved a roster import"), Action.UPDATE)
ROSTER_APPLIED = event("roster-applied", _("applied a roster import"), Action.UPDATE)
ROSTER_CANCELLED = event("roster-cancelled", _("cancelled a roster import"), Action.UPDATE)
ROSTER_EXPIRED = event("roster-expired", _("let an old roster plan expire"), Action.UPDATE)
ROSTER_PROBLEMS_FORGOTTEN = event(
    "roster-problems-forgotten", _("threw away what was wrong with an old roster"), Action.UPDATE
)
PROPOSAL_DECIDED = event("proposal-decided", _("decided on a proposed counsellor"), Action.UPDATE)
