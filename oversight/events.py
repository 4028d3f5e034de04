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
