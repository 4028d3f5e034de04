"""What happens in the administration of schools, pupils and parents, for the log."""

from django.utils.translation import gettext_lazy as _

from audit.events import Action, event

PUPIL_ENROLLED = event("pupil-enrolled", _("enrolled a pupil"), Action.CREATE)
PUPIL_CHANGED = event("pupil-changed", _("changed names or birth date"), Action.UPDATE)
LEAVING_RECORDED = event("leaving-recorded", _("recorded a leaving date"), Action.UPDATE)
LEAVING_UNDONE = event("leaving-undone", _("undid a leaving date"), Action.UPDATE)
PUPIL_RETURNED = event("pupil-returned", _("enrolled a returning pupil"), Action.CREATE)
PUPIL_TRANSFERRED = event(
    "pupil-transferred", _("transferred a pupil to another school of the board"), Action.CREATE
)
GROUP_CHANGED = event("pupil-moved-group", _("moved a pupil to a group"), Action.UPDATE)

PARENT_ADDED = event("parent-added", _("added a parent"), Action.CREATE)
PARENT_LINKED = event("parent-linked", _("linked a parent to a pupil"), Action.CREATE)
PARENT_UNLINKED = event("parent-unlinked", _("withdrew the link of a parent"), Action.UPDATE)
PARENT_CHANGED = event("parent-changed", _("changed the data of a parent"), Action.UPDATE)
RELATION_CHANGED = event("relation-changed", _("changed the relation of a parent"), Action.UPDATE)
AUTHORITY_RECORDED = event("authority-recorded", _("recorded authority"), Action.RIGHTS)
REPRESENTATIVE_ADDED = event("representative-added", _("added a representative"), Action.RIGHTS)
REPRESENTATIVE_ENDED = event("representative-ended", _("ended a representative"), Action.RIGHTS)
ACCOUNT_LINKED = event("family-account-linked", _("gave a family an account"), Action.RIGHTS)
ACCOUNT_OPENED = event("family-account-opened", _("opened an account with a code"), Action.RIGHTS)
PASSWORD_RENEWED = event(
    "family-password-renewed", _("set a new password with a code"), Action.SIGN_IN
)
COLLEAGUE_NAMED = event(
    "colleague-named-as-parent", _("said that a colleague is a parent"), Action.RIGHTS
)
COLLEAGUE_UNNAMED = event(
    "colleague-no-parent", _("said that a colleague is no parent"), Action.RIGHTS
)

SCHOOL_ADDED = event("school-added", _("added a school"), Action.CREATE)
SCHOOL_CHANGED = event("school-changed", _("changed the data of a school"), Action.UPDATE)
LOCATION_ADDED = event("location-added", _("added a location"), Action.CREATE)
LOCATION_RENAMED = event("location-renamed", _("renamed a location"), Action.UPDATE)
SCHOOL_YEAR_ADDED = event("school-year-added", _("added a school year"), Action.CREATE)
SCHOOL_YEAR_CHANGED = event("school-year-changed", _("changed a school year"), Action.UPDATE)
GROUP_ADDED = event("group-added", _("added a group"), Action.CREATE)
GROUP_RENAMED = event("group-renamed", _("changed the name of a group"), Action.UPDATE)
