"""The kinds of events. A room names its own with `event(...)`; the log's page filters on them."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Action(models.IntegerChoices):
    """Type of event, after NEN 7513; the first four are django-auditlog's."""

    CREATE = 0, _("added")
    UPDATE = 1, _("changed")
    DELETE = 2, _("removed")
    ACCESS = 3, _("looked")
    LIST = 4, _("listed")
    SEARCH = 5, _("searched")
    EXPORT = 6, _("exported")
    PRINT = 7, _("printed")
    RIGHTS = 8, _("changed rights")
    SIGN_IN = 9, _("signed in or out")


class Outcome(models.TextChoices):
    """How it ended."""

    SUCCESS = "success", _("done")
    REFUSED = "refused", _("refused")
    FAILED = "failed", _("failed")


@dataclass(frozen=True)
class Event:
    """One kind of event: a code for the log, a sentence part for people, its type."""

    code: str
    label: Promise | str
    action: Action


EVENTS: dict[str, Event] = {}


def event(code: str, label: Promise | str, action: Action) -> Event:
    """Registers a kind of event; a code is used once."""
    if code in EVENTS:
        raise RuntimeError(f"two events are called {code}")
    EVENTS[code] = Event(code, label, action)
    return EVENTS[code]


PAGE_SEEN = event("page-seen", _("opened a page"), Action.ACCESS)
PAGE_LISTED = event("page-listed", _("saw a list"), Action.LIST)
SEARCHED = event("searched", _("searched"), Action.SEARCH)
EXPORTED = event("exported", _("exported"), Action.EXPORT)
PRINTED = event("printed", _("printed"), Action.PRINT)
FILE_SEEN = event("file-seen", _("looked at a file"), Action.ACCESS)
FILE_DOWNLOADED = event("file-downloaded", _("downloaded a file"), Action.EXPORT)
THUMBNAIL_SEEN = event("thumbnail-seen", _("saw the small picture of a file"), Action.ACCESS)
PAGE_REFUSED = event("page-refused", _("was refused"), Action.ACCESS)
REFUSALS_HELD_BACK = event(
    "refusals-held-back", _("counted more refusals of visitors than rows"), Action.ACCESS
)
PAGE_FAILED = event("page-failed", _("met an error"), Action.ACCESS)
DAMAGE_MET = event("damage-met", _("met something that can't be opened any more"), Action.ACCESS)
FORM_SENT = event("form-sent", _("sent a form"), Action.ACCESS)
LOG_CHECK_ASKED = event("log-check-asked", _("asked for a check of the log"), Action.ACCESS)
LOG_CHECKED = event("log-checked", _("checked the log"), Action.ACCESS)
LOG_PROOF_EXPORTED = event("log-proof-exported", _("took rows of the log along"), Action.EXPORT)
HEAD_MAILED = event("log-head-mailed", _("mailed the head of the log"), Action.EXPORT)

SIGNED_IN = event("signed-in", _("signed in"), Action.SIGN_IN)
SIGNED_OUT = event("signed-out", _("signed out"), Action.SIGN_IN)
SIGN_IN_FAILED = event("sign-in-failed", _("failed to sign in"), Action.SIGN_IN)
SESSION_ENDED = event("session-ended", _("was signed out by the system"), Action.SIGN_IN)
OTHER_SESSIONS_ENDED = event(
    "other-sessions-ended", _("signed out everywhere else"), Action.SIGN_IN
)
PASSWORD_CHANGED = event("password-changed", _("changed a password"), Action.SIGN_IN)
PASSWORD_RESET = event("password-reset", _("set a new password by mail"), Action.SIGN_IN)
SECOND_FACTOR_ADDED = event("second-factor-added", _("added a second factor"), Action.SIGN_IN)
SECOND_FACTOR_REMOVED = event("second-factor-removed", _("removed a second factor"), Action.SIGN_IN)
SECOND_FACTOR_USED = event("second-factor-used", _("used a second factor"), Action.SIGN_IN)
SECOND_FACTOR_FAILED = event(
    "second-factor-failed", _("failed at the second factor"), Action.SIGN_IN
)
RECOVERY_CODES_MADE = event("recovery-codes-made", _("made new recovery codes"), Action.SIGN_IN)
RECOVERY_CODE_USED = event("recovery-code-used", _("used a recovery code"), Action.SIGN_IN)

LOG_TERM_SET = event("log-term-set", _("set how long the log is kept"), Action.UPDATE)
LOG_END_DECIDED = event(
    "log-end-decided", _("decided that a month of the log leaves"), Action.UPDATE
)
LOG_END_SIGNED = event("log-end-signed", _("signed that a month of the log leaves"), Action.UPDATE)
LOG_END_WITHDRAWN = event(
    "log-end-withdrawn", _("took back that a month of the log leaves"), Action.UPDATE
)
LOG_MONTH_LEFT = event("log-month-left", _("let a month of the log leave"), Action.DELETE)
LOG_END_STOPPED = event(
    "log-end-stopped", _("could not let a month of the log leave"), Action.DELETE
)

# What happens in the room of accounts below: its codes stand in access/recording.py.
ROLE_GIVEN = event("role-given", _("gave a role"), Action.RIGHTS)
ROLE_ENDED = event("role-ended", _("ended a role"), Action.RIGHTS)
ACCOUNT_CLOSED = event("account-closed", _("closed an account"), Action.RIGHTS)
ACCOUNT_REOPENED = event("account-reopened", _("opened an account again"), Action.RIGHTS)
SECOND_FACTOR_RESET = event(
    "second-factor-reset", _("took a lost second factor away"), Action.RIGHTS
)
INVITED = event("invited", _("invited somebody"), Action.RIGHTS)
INVITATION_WITHDRAWN = event("invitation-withdrawn", _("withdrew an invitation"), Action.RIGHTS)
INVITATION_SENT_AGAIN = event("invitation-sent-again", _("sent an invitation again"), Action.RIGHTS)
INVITATION_ACCEPTED = event("invitation-accepted", _("accepted an invitation"), Action.RIGHTS)
LANGUAGE_CHOSEN = event("language-chosen", _("chose a language"), Action.UPDATE)
PORTAL_OPENED = event("portal-opened", _("began the portal"), Action.CREATE)
