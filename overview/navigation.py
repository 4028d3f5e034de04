"""What the app bar offers: the doors of the roles somebody holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from access.models import User
from access.permissions import Permission

# (permission, name of the address, label), in the order of the bar.
DOORS: list[tuple[Permission, str, Promise]] = [
    (Permission.SEE_HOME, "home", _("Home")),
    (Permission.ANSWER_CONSENT, "my_children", _("Consent")),
    (Permission.SEE_WHO_LOOKED, "who_looked_children", _("Who looked")),
    (Permission.ANSWER_CONSENT, "my_data", _("My data")),
    (Permission.SEE_OWN_PUPILS, "my_pupils", _("My pupils")),
    (Permission.CHECK_CONSENT, "photo_check", _("Photo check")),
    (Permission.READ_CONSENT, "answers", _("Answers")),
    (Permission.SET_PURPOSES, "purposes", _("What we ask")),
    (Permission.READ_EMERGENCY_CARD, "find_emergency_card", _("Emergency card")),
    (Permission.MANAGE_ASSIGNMENTS, "assignments", _("Assignments")),
    (Permission.SEE_SCHOOL_PUPILS, "school_pupils", _("Administration")),
    (Permission.MANAGE_MEMBERSHIPS, "staff", _("Staff")),
    (Permission.SEE_ORGANISATION, "organisation", _("Organisation")),
    (Permission.IMPORT_ROSTER, "roster_imports", _("Roster")),
    (Permission.SEE_RETENTION, "retention", _("Retention")),
    (Permission.READ_LOG, "log", _("Log")),
    (Permission.READ_REPORTS, "reports", _("Reports")),
    (Permission.READ_FINDINGS, "findings", _("Findings")),
    (Permission.ANSWER_LOOK_QUESTIONS, "look_questions", _("Questions")),
    (Permission.HOLD_BACK_LOOKS, "held_back", _("Held back")),
    (Permission.SIGN_LOG_END, "log_end", _("End of the log")),
    (Permission.SEE_PROMISES, "promises", _("Promises")),
]
# What stands behind a door, for the home of who has nothing else there.
BEHIND: dict[str, Promise] = {
    "find_emergency_card": _(
        "Allergies, medicine and whom to call. You say why you need it; the director is told."
    ),
    "photo_check": _(
        "Who may be in a picture, and who may not. You look before you take or use it."
    ),
    "retention": _("What falls due when, how long records are kept, and what is held."),
    "log": _("Who looked, who changed something, who was refused. You search by person and day."),
    "reports": _("The log in numbers and pictures, month by month, and who signed each month."),
    "findings": _("What stood out in the log, for you to judge or to follow."),
    "held_back": _("A name or looks that a family does not read, in one case and until a day."),
    "promises": _("What the school's documents promise parents, and how far this portal keeps it."),
}


@dataclass(frozen=True)
class Door:
    """One entry of the app bar, and what stands behind it."""

    label: Promise
    url: str
    is_current: bool
    behind: Promise | str = ""


def navigation(request: HttpRequest) -> dict[str, Any]:
    """`navigation`: the entries for whoever is signed in, none for a visitor."""
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        return {"navigation": []}
    day = getattr(request, "day", timezone.localdate())
    keeps = bool(user.memberships_with(Permission.MANAGE_ASSIGNMENTS, day))
    doors = []
    for permission, name, label in _in_order(keeps):
        if user.memberships_with(permission, day):
            url = reverse(name)
            current = request.path.startswith(_sections(name, url, keeps))
            doors.append(Door(label, url, current, BEHIND.get(name, "")))
    return {"navigation": doors}


def _in_order(keeps: bool) -> list[tuple[Permission, str, Promise]]:
    """Who keeps the dossiers assigns first; pupils of their own, if any, come behind the rest."""
    return sorted(DOORS, key=lambda door: door[1] == "my_pupils") if keeps else DOORS


def _sections(name: str, url: str, keeps: bool) -> tuple[str, ...]:
    """The beginnings of addresses behind a door: a dossier stands behind the door one came by."""
    own = f"/{url.split('/')[1]}/"
    if name == ("assignments" if keeps else "my_pupils"):
        return (own, "/dossiers/", "/notes/", "/agreements/", "/notices/")
    if name == "photo_check":
        return (own, "/publications/", "/recordings/", "/filming/list/")
    return (own,)
