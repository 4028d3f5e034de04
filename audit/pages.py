"""What the pages are called in the log. A room names its own with `name_pages`; a test asks each.

Here stand the room of accounts, below, and what is open before the gate.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_SIGNING_IN = _("Signing in")
_PASSWORD = _("Own password")
_RESET = _("Password by mail")
_APP = _("Own app with codes")
_CODES = _("Own recovery codes")
_PASSKEYS = _("Own passkeys")
_INVITATION = _("Accepting an invitation")
_DEMO = _("The door of the demo")

PAGES: dict[str, Promise] = {
    "unknown": _("An address that does not exist"),
    # the log
    "log": _("The log"),
    "log_export": _("The log as a file"),
    "log_request": _("One request in the log"),
    "log_checks": _("Checks of the log"),
    "log_check": _("One check of the log"),
    "log_end": _("The end of the log"),
    "set_log_term": _("Setting how long the log is kept"),
    "decide_log_end": _("Deciding that a month of the log leaves"),
    "sign_log_end": _("Signing that a month of the log leaves"),
    "withdraw_log_end": _("Taking back that a month of the log leaves"),
    # accounts
    "staff": _("Staff"),
    "staff_member": _("A colleague's roles"),
    "close_account": _("Closing an account"),
    "reopen_account": _("Opening an account again"),
    "give_role": _("Giving a role"),
    "end_role": _("Ending a role"),
    "reset_second_factor": _("Taking a lost second factor away"),
    "invitations": _("Invitations"),
    "invite": _("Inviting somebody"),
    "send_invitation_again": _("Sending an invitation again"),
    "withdraw_invitation": _("Withdrawing an invitation"),
    # before the gate
    "health": _("Is the portal well?"),
    "start": _("The start page"),
    "session_left": _("How long a session has left"),
    "set_language": _("Choosing a language"),
    "invitation_link": _INVITATION,
    "invitation": _INVITATION,
    "second_step": _SIGNING_IN,
    "demo_cast": _DEMO,
    "demo_sign_in": _DEMO,
    "account_login": _SIGNING_IN,
    "account_logout": _("Signing out"),
    "account_inactive": _SIGNING_IN,
    "account_reauthenticate": _SIGNING_IN,
    "account_change_password": _PASSWORD,
    "account_set_password": _PASSWORD,
    "account_reset_password": _RESET,
    "account_reset_password_done": _RESET,
    "account_reset_password_from_key": _RESET,
    "account_reset_password_from_key_done": _RESET,
    "mfa_index": _("Own second factors"),
    "mfa_authenticate": _SIGNING_IN,
    "mfa_reauthenticate": _SIGNING_IN,
    "mfa_activate_totp": _APP,
    "mfa_deactivate_totp": _APP,
    "mfa_view_recovery_codes": _CODES,
    "mfa_generate_recovery_codes": _CODES,
    "mfa_download_recovery_codes": _CODES,
    "mfa_list_webauthn": _PASSKEYS,
    "mfa_add_webauthn": _PASSKEYS,
    "mfa_login_webauthn": _SIGNING_IN,
    "mfa_reauthenticate_webauthn": _SIGNING_IN,
    "mfa_remove_webauthn": _PASSKEYS,
    "mfa_edit_webauthn": _PASSKEYS,
    "usersessions_list": _("Where somebody is signed in"),
}


def name_pages(labels: Mapping[str, Promise]) -> None:
    """Registers what the pages of a room are called, by the names of their addresses."""
    twice = PAGES.keys() & labels.keys()
    if twice:
        raise RuntimeError(f"two rooms name these pages: {sorted(twice)}")
    PAGES.update(labels)


def label_of(name: str) -> str:
    """A page in words; the name itself for a page of an earlier version that is gone."""
    return str(PAGES.get(name, name))
