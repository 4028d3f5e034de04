"""What happens in the room of supervision, for the log."""

from django.utils.translation import gettext_lazy as _

from audit.events import Action, event

DAY_LOOKED_AT = event("day-looked-at", _("looked for what stands out in a day"), Action.CREATE)
FINDING_JUDGED = event("finding-judged", _("judged a finding"), Action.CREATE)
FINDING_REPLIED = event("finding-replied", _("replied to a finding"), Action.CREATE)
RULE_SET = event("finding-rule-set", _("set a rule of findings"), Action.UPDATE)
ASSENT_RECORDED = event(
    "staff-assent-recorded", _("recorded the assent of the staff section"), Action.RIGHTS
)
ASSENT_WITHDRAWN = event(
    "staff-assent-withdrawn", _("recorded that the assent was withdrawn"), Action.RIGHTS
)

# who looked, for families
LOOK_NAMES_CHOSEN = event(
    "look-names-chosen", _("chose whether families read names of who looked"), Action.RIGHTS
)
LOOK_LEAVE_GIVEN = event("look-leave-given", _("let a parent see who looked"), Action.RIGHTS)
LOOK_LEAVE_TAKEN_BACK = event(
    "look-leave-taken-back", _("lets a parent see no longer who looked"), Action.RIGHTS
)
LOOKS_HELD_BACK = event("looks-held-back", _("held back from a family who looked"), Action.RIGHTS)
LOOKS_GIVEN_FREE = event(
    "looks-given-free", _("no longer held back from a family who looked"), Action.RIGHTS
)
LOOK_QUESTIONED = event("look-questioned", _("asked why somebody looked"), Action.CREATE)
LOOK_EXPLAINED = event("look-explained", _("answered why somebody looked"), Action.UPDATE)

# reports
REPORT_SIGNED = event("report-signed", _("signed a report"), Action.CREATE)
