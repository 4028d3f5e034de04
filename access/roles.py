"""Roles: one class each, with the sentence that says what it is for (docs/who-may-do-what.md)."""

from __future__ import annotations

from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from access.permissions import Permission


class Role:
    """A role held somewhere for some time. Its permissions open pages, never a dossier."""

    code: ClassVar[str]
    label: ClassVar[Promise]
    sentence: ClassVar[Promise]
    permissions: ClassVar[frozenset[Permission]]
    is_staff: ClassVar[bool] = True
    holds_at: ClassVar[str] = "school"  # or "board"


_EVERYONE = frozenset({Permission.SEE_HOME, Permission.MANAGE_OWN_ACCOUNT})
# Whoever works here reads what the rules look for, and what they found about themselves.
_STAFF = _EVERYONE | {Permission.SEE_PROMISES, Permission.SEE_OWN_FINDINGS}
_JUDGING = frozenset(
    {Permission.READ_FINDINGS, Permission.JUDGE_FINDINGS, Permission.KEEP_STAFF_ASSENT}
)
# Whoever works at a school may need a pupil's emergency card; the board's people find no pupil.
# And before each photo they must know whether it is allowed.
_AT_SCHOOL = _STAFF | {Permission.READ_EMERGENCY_CARD, Permission.CHECK_CONSENT}
_COUNSELLING = _AT_SCHOOL | {
    Permission.SEE_OWN_PUPILS,
    Permission.OPEN_DOSSIER,
    Permission.WRITE_NOTE,
    Permission.KEEP_RECORDS_ELSEWHERE,
    Permission.READ_CONSENT,
}
_DIRECTING = _AT_SCHOOL | {
    Permission.SEE_OWN_PUPILS,
    Permission.OPEN_DOSSIER,
    Permission.WRITE_NOTE,
    Permission.WITHDRAW_NOTE,
    Permission.KEEP_RECORDS_ELSEWHERE,
    Permission.SEE_SCHOOL_PUPILS,
    Permission.MANAGE_PUPILS,  # so that somebody can, where the pupil is the administrator's child
    Permission.SEE_SECRET_ADDRESS,
    Permission.SEE_ORGANISATION,
    Permission.MANAGE_GROUPS,
    Permission.IMPORT_ROSTER,
    Permission.CONFIRM_PROPOSALS,
    Permission.MANAGE_ASSIGNMENTS,
    Permission.MANAGE_MEMBERSHIPS,
    Permission.INVITE_STAFF,
    Permission.READ_CONSENT,
    Permission.RECORD_CONSENT,
    Permission.DECIDE_CONSENT,
    Permission.READ_LOG,
    Permission.READ_REPORTS,
    Permission.SIGN_REPORT,
    *_JUDGING,
    Permission.SEE_RETENTION,
    Permission.PLACE_HOLDS,
    Permission.SEE_LISTS,
    Permission.HANDLE_LISTS,
    Permission.SEE_ERASURES,
    Permission.ASK_ERASURE,
    Permission.ANSWER_LOOK_QUESTIONS,
}


class Counsellor(Role):
    code = "counsellor"
    label = _("teacher")
    sentence = _("Guides pupils and opens the dossiers of the pupils assigned by the director.")
    permissions = _COUNSELLING


class CareCoordinator(Role):
    code = "care-coordinator"
    label = _("care coordinator")
    sentence = _("Coordinates support (intern begeleider) for the pupils assigned.")
    permissions = _COUNSELLING


class Director(Role):
    code = "director"
    label = _("director")
    sentence = _("Keeper of the dossiers: decides who may open them and reads the log.")
    permissions = _DIRECTING


class Deputy(Role):
    code = "deputy"
    label = _("deputy director")
    sentence = _("Stands in for the director, named by the director.")
    permissions = _DIRECTING


class BoardOfficer(Role):
    code = "board-officer"
    label = _("board officer")
    sentence = _("Acts for the board: assigns a director who counsels, and names directors.")
    permissions = _STAFF | {
        Permission.SEE_SCHOOL_PUPILS,
        Permission.SEE_ORGANISATION,
        Permission.MANAGE_BOARD,
        Permission.SET_PURPOSES,
        Permission.MANAGE_ASSIGNMENTS,
        Permission.MANAGE_MEMBERSHIPS,
        Permission.INVITE_STAFF,
        Permission.READ_REPORTS,
        Permission.SEE_LOG_END,
        Permission.SIGN_LOG_END,
        Permission.SET_FINDING_RULES,
        *_JUDGING,
        Permission.SEE_RETENTION,
        Permission.SET_TERMS,
        Permission.SEE_LISTS,
        Permission.HANDLE_LISTS,
        Permission.SEE_ERASURES,
        Permission.ANSWER_LOOK_QUESTIONS,  # about a director, or asked by one
    }
    holds_at = "board"


class PrivacyOfficer(Role):
    code = "privacy-officer"
    label = _("privacy officer")
    sentence = _("Looks after terms, holds and requests of parents; reads the log.")
    permissions = _STAFF | {
        Permission.READ_LOG,
        Permission.READ_REPORTS,
        Permission.SEE_LOG_END,
        Permission.DECIDE_LOG_END,
        Permission.READ_FINDINGS,
        Permission.SEE_RETENTION,
        Permission.SET_TERMS,
        Permission.PLACE_HOLDS,
        Permission.SEE_LISTS,
        Permission.HANDLE_LISTS,
        Permission.SEE_ERASURES,
        Permission.ASK_ERASURE,
        Permission.HOLD_BACK_LOOKS,
    }
    holds_at = "board"


class DataProtectionOfficer(Role):
    code = "fg"
    label = _("data protection officer (FG)")
    sentence = _("Supervises independently: reads logs and reports, approves nothing.")
    permissions = _STAFF | {
        Permission.READ_LOG,
        Permission.READ_REPORTS,
        Permission.SEE_LOG_END,
        Permission.READ_FINDINGS,
        Permission.SEE_RETENTION,
        Permission.PLACE_HOLDS,
        Permission.SEE_LISTS,
        Permission.SEE_ERASURES,
    }
    holds_at = "board"


class SchoolDoctor(Role):
    code = "school-doctor"
    label = _("school doctor")
    sentence = _("Keeper of the medical part, for the pupils assigned, and of nothing else.")
    permissions = _AT_SCHOOL | {
        Permission.SEE_OWN_PUPILS,
        Permission.OPEN_DOSSIER,
        Permission.WRITE_NOTE,
    }


class Administrator(Role):
    code = "administrator"
    label = _("administrator")
    sentence = _("Keeps enrolment, contact data and the roster; opens no dossier.")
    permissions = _AT_SCHOOL | {
        Permission.KEEP_RECORDS_ELSEWHERE,
        Permission.SEE_SCHOOL_PUPILS,
        Permission.MANAGE_PUPILS,
        Permission.SEE_SECRET_ADDRESS,
        Permission.SEE_ORGANISATION,
        Permission.MANAGE_GROUPS,
        Permission.IMPORT_ROSTER,
        Permission.READ_CONSENT,
        Permission.RECORD_CONSENT,
    }


class SafeguardingOfficer(Role):
    code = "safeguarding-officer"
    label = _("safeguarding officer")
    sentence = _("Follows the steps of the Meldcode (aandachtsfunctionaris).")
    permissions = _AT_SCHOOL


class ParticipationParent(Role):
    code = "mr-parent"
    label = _("parent in the participation council")
    sentence = _("Reads the promises of the school on behalf of the parents (MR).")
    permissions = _EVERYONE | {Permission.SEE_PROMISES}
    is_staff = False


class ParentRole(Role):
    code = "parent"
    label = _("parent")
    sentence = _("Has one or more children at school.")
    permissions = _EVERYONE | {Permission.ANSWER_CONSENT, Permission.SEE_WHO_LOOKED}
    is_staff = False
    holds_at = "family"


class PupilRole(Role):
    code = "pupil"
    label = _("pupil")
    sentence = _("Goes to school and, from 12, speaks for itself.")
    permissions = _EVERYONE | {Permission.ANSWER_CONSENT, Permission.SEE_WHO_LOOKED}
    is_staff = False
    holds_at = "family"


ROLES: dict[str, type[Role]] = {
    role.code: role
    for role in (
        Counsellor,
        CareCoordinator,
        Director,
        Deputy,
        BoardOfficer,
        PrivacyOfficer,
        DataProtectionOfficer,
        SchoolDoctor,
        Administrator,
        SafeguardingOfficer,
        ParticipationParent,
        ParentRole,
        PupilRole,
    )
}
FAMILY_ROLES = (ParentRole.code, PupilRole.code)


def choices() -> list[tuple[str, Promise]]:
    """Every role as a choice of a field."""
    return [(role.code, role.label) for role in ROLES.values()]
