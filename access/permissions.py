"""What a role may do. A permission opens a page; the object behind it is checked apart."""

from __future__ import annotations

from enum import StrEnum


class Permission(StrEnum):
    """One thing a role may do; a page names exactly one."""

    SEE_HOME = "see-home"
    MANAGE_OWN_ACCOUNT = "manage-own-account"

    SEE_OWN_PUPILS = "see-own-pupils"
    OPEN_DOSSIER = "open-dossier"
    WRITE_NOTE = "write-note"
    WITHDRAW_NOTE = "withdraw-note"
    READ_EMERGENCY_CARD = "read-emergency-card"
    KEEP_RECORDS_ELSEWHERE = "keep-records-elsewhere"

    SEE_SCHOOL_PUPILS = "see-school-pupils"
    MANAGE_PUPILS = "manage-pupils"
    SEE_SECRET_ADDRESS = "see-secret-address"
    SEE_ORGANISATION = "see-organisation"
    MANAGE_GROUPS = "manage-groups"
    MANAGE_BOARD = "manage-board"
    IMPORT_ROSTER = "import-roster"
    CONFIRM_PROPOSALS = "confirm-proposals"

    MANAGE_ASSIGNMENTS = "manage-assignments"
    MANAGE_MEMBERSHIPS = "manage-memberships"
    INVITE_STAFF = "invite-staff"

    ANSWER_CONSENT = "answer-consent"
    CHECK_CONSENT = "check-consent"
    READ_CONSENT = "read-consent"
    RECORD_CONSENT = "record-consent"
    DECIDE_CONSENT = "decide-consent"
    SET_PURPOSES = "set-purposes"

    READ_LOG = "read-log"
    READ_REPORTS = "read-reports"
    SIGN_REPORT = "sign-report"
    SEE_LOG_END = "see-log-end"
    DECIDE_LOG_END = "decide-log-end"
    SIGN_LOG_END = "sign-log-end"

    SEE_OWN_FINDINGS = "see-own-findings"
    READ_FINDINGS = "read-findings"
    JUDGE_FINDINGS = "judge-findings"
    SET_FINDING_RULES = "set-finding-rules"
    KEEP_STAFF_ASSENT = "keep-staff-assent"

    SEE_PROMISES = "see-promises"

    SEE_RETENTION = "see-retention"
    SET_TERMS = "set-terms"
    PLACE_HOLDS = "place-holds"
    SEE_LISTS = "see-lists"
    HANDLE_LISTS = "handle-lists"
    SEE_ERASURES = "see-erasures"
    ASK_ERASURE = "ask-erasure"

    SEE_WHO_LOOKED = "see-who-looked"
    ANSWER_LOOK_QUESTIONS = "answer-look-questions"
    HOLD_BACK_LOOKS = "hold-back-looks"
