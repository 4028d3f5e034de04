"""Which login may do what to which table: one list, applied by `manage.py prepare_database`.

A table that is not listed can't be touched by `portal_web`; a test compares the list with the
catalogue, both ways. `U(a,b)` is the right to change those columns only. The worker is a member of
`portal_web`; the backup login reads everything and writes nothing.
"""

from __future__ import annotations

READ = "SELECT"
ADD = "SELECT, INSERT"
ALL = "SELECT, INSERT, UPDATE, DELETE"


def changing(*columns: str) -> str:
    """Rows may be read and added, and these columns changed; nothing else, nothing removed."""
    return f"{ADD}, UPDATE ({', '.join(columns)})"


def adding(*columns: str) -> str:
    """Rows may be read, and added with these columns; the others are the database's to fill."""
    return f"{READ}, INSERT ({', '.join(columns)})"


WEB_RIGHTS: dict[str, dict[str, str]] = {
    "default": {
        # access
        "access_unit": ADD,
        "access_user": changing(
            "password", "last_login", "username", "email", "name", "language", "is_active"
        ),
        "access_user_groups": READ,
        "access_user_user_permissions": READ,
        "access_membership": changing("ends_on"),
        "access_invitation": changing(
            "accepted_at", "accepted_by_id", "withdrawn_at", "withdrawn_by_id"
        ),
        # Django and allauth
        "auth_group": READ,
        "auth_group_permissions": READ,
        "auth_permission": READ,
        "django_content_type": READ,
        "django_migrations": READ,
        "django_session": ALL,
        "portal_cache": ALL,
        "account_emailaddress": ALL,
        "account_emailconfirmation": ALL,
        "mfa_authenticator": ALL,
        "usersessions_usersession": ALL,
        # guardian's generic tables stay empty: permissions stand on the dossier part
        "guardian_userobjectpermission": READ,
        "guardian_groupobjectpermission": READ,
        # the log
        "audit_logentry": adding(
            "id",
            "timestamp",
            "event",
            "action",
            "outcome",
            "subjects",
            "actor_id",
            "actor_name",
            "actor_role",
            "ground",
            "unit",
            "content_type_id",
            "object_pk",
            "changes",
            "cid",
            "remote_addr",
            "additional_data",
            "mark",
        ),
        "audit_logcheck": ADD,
        "audit_seal": READ,
        "audit_sealmark": READ,
        "audit_refusalcount": ALL,
        "audit_logterm": ADD,
        "audit_logend": changing(
            "signed_by_id", "signed_at", "signed_mark", "withdrawn_by_id", "withdrawn_at"
        ),
        "audit_logdeparture": READ,
        # students
        "students_board": ADD,
        "students_school": changing("region"),
        "students_location": changing("name", "source_key"),
        "students_schoolyear": changing("name", "starts_on", "ends_on"),
        "students_group": changing("name", "year_group", "is_combined", "source_key"),
        "students_pupil": changing(
            "first_name",
            "given_names",
            "prefix",
            "surname",
            "birth_date",
            "sort_name",
            "search_name",
            "user_id",
        ),
        "students_pupilsourcekey": ALL,
        "students_enrolment": changing("starts_on", "ends_on", "location_id"),
        "students_groupmembership": changing("ends_on"),
        "students_parent": changing(
            "first_name",
            "prefix",
            "surname",
            "email",
            "phone",
            "sort_name",
            "search_name",
            "user_id",
        ),
        "students_parentaddress": changing("street", "postcode", "city", "country", "is_secret"),
        "students_parentsourcekey": ALL,
        "students_parenthood": changing("relation", "withdrawn_at", "withdrawn_by_id"),
        "students_authority": changing("ends_on"),
        "students_representative": changing("ends_on"),
        "students_rosterimport": changing(
            "state",
            "counts",
            "problems",
            "problem_count",
            "approved_by_id",
            "approved_at",
            "applied_at",
            "cancelled_by_id",
            "cancelled_at",
        ),
        "students_rosterline": ALL,
        "students_rosterprogress": changing(
            "step", "done", "total", "failed_because", "updated_at"
        ),
        "students_counsellorproposal": changing(
            "name", "roles", "state", "user_id", "proposed_at", "decided_by_id", "decided_at"
        ),
        # dossiers
        "dossiers_dossier": ADD,
        "dossiers_dossierpart": ADD,
        "dossiers_othersystemrecord": changing("ended_at"),
        "dossiers_assignment": changing("ends_on", "withdrawn_at", "withdrawn_by_id"),
        "dossiers_assignmentproposal": changing(
            "outcome", "decided_by_id", "decided_at", "assignment_id"
        ),
        "dossiers_dossierpartpermission": changing("ends_on"),
        "dossiers_medicalcustodian": changing("ends_on"),
        "dossiers_note": changing("withdrawn_at", "withdrawn_by_id"),
        "dossiers_noteversion": ADD,
        "dossiers_file": changing("withdrawn_at", "withdrawn_by_id"),
        "dossiers_fileversion": ADD,
        "dossiers_agreement": changing("closed_at", "closed_by_id"),
        "dossiers_emergencycardversion": ADD,
        "dossiers_keepernotice": changing("seen_at", "seen_by_id"),
        # consent: answers and requests are only added
        "consent_purpose": changing("ended_by_id", "ended_at"),
        "consent_purposetext": changing(
            "title_nl",
            "title_en",
            "text_nl",
            "text_en",
            "needs",
            "is_pupil_heard",
            "is_publication",
            "is_yearly",
            "is_promised",
            "is_free",
            "free_ground",
            "in_use_from",
            "put_in_use_by_id",
            "put_in_use_at",
        ),
        "consent_round": changing("pupils_done", "requests_made", "last_pupil", "carried_out_at"),
        "consent_request": ADD,
        "consent_answer": ADD,
        "consent_correction": ADD,
        "consent_receipt": ADD,
        "consent_receiptpaper": ADD,
        "consent_check": ADD,
        "consent_code": changing(
            "tries", "used_by_id", "used_at", "withdrawn_by_id", "withdrawn_at"
        ),
        "consent_checkedpupil": ADD,
        "consent_sending": ADD,
        "consent_letterrun": changing("done", "total", "finished_at"),
        "consent_letterfile": changing("sealed", "downloaded_at", "expired_at"),
        "consent_objection": changing("lifted_on", "lifted_sealed", "lifted_by_id", "lifted_at"),
        "consent_safetyblock": changing("lifted_on", "lifted_sealed", "lifted_by_id", "lifted_at"),
        "consent_courtorder": changing("ends_on", "ended_by_id", "ended_at"),
        "consent_unabledecision": changing("ends_on", "ended_by_id", "ended_at"),
        "consent_unreachabledecision": changing("ends_on", "ended_by_id", "ended_at"),
        "consent_ordercoverage": changing("withdrawn_by_id", "withdrawn_at"),
        "consent_scan": changing("withdrawn_by_id", "withdrawn_at"),
        "consent_scannedanswer": ADD,
        # consent: pictures; what ended, went or was decided stays so
        "consent_publication": changing("ended_on", "ended_by_id", "ended_at"),
        "consent_publishedpupil": changing("removal_id", "gone_on"),
        "consent_removal": ADD,
        "consent_takedown": changing("due_on", "outcome", "closed_by_id", "closed_at"),
        "consent_recording": changing("deleted_on", "deleted_by_id", "deleted_at"),
        "consent_recordedpupil": ADD,
        "consent_recordingterm": ADD,
        "consent_filmingrequest": changing("decision", "said", "decided_by_id", "decided_at"),
        "consent_picturenotice": changing(
            "text_nl",
            "text_en",
            "written_by_id",
            "written_at",
            "in_use_from",
            "put_in_use_by_id",
            "put_in_use_at",
        ),
        "consent_noticeconfirmation": ADD,
        # oversight: findings and judgements are only added, an assent is withdrawn
        "oversight_findingday": ADD,
        "oversight_findingsetting": ADD,
        "oversight_finding": ADD,
        "oversight_findingrow": ADD,
        "oversight_judgement": ADD,
        "oversight_judgementnote": ADD,
        "oversight_reply": ADD,
        "oversight_signedreport": ADD,  # frozen: a trigger holds the owner to it too
        "oversight_assent": changing(
            "withdrawn_on", "withdrawn_sealed", "withdrawn_by_id", "withdrawn_at"
        ),
        # oversight: who looked; what was chosen or allowed is only added
        "oversight_looknames": ADD,
        "oversight_lookleave": ADD,
        "oversight_holdback": changing("ended_by_id", "ended_at"),
        "oversight_lookquestion": changing(
            "answer_sealed", "answered_by_id", "answered_on", "answered_at"
        ),
        # retention: a term is decided once, a hold is looked at again and lifted once
        "retention_termchange": changing(
            "approved_by_id", "approved_at", "withdrawn_by_id", "withdrawn_at"
        ),
        "retention_holdwords": ADD,
        "retention_hold": changing(
            "review_on", "lifted_on", "lifted_by_id", "lifted_at", "lifting_id"
        ),
        "retention_holdreview": ADD,
        "retention_absence": changing("ends_on"),
        "retention_erasurewords": ADD,
        "retention_erasure": changing(
            *("approved_on", "approved_at", "approved_by_id"),
            *("ended", "ended_on", "ended_at", "ended_by_id", "ended_words_id"),
        ),
        "retention_endedkind": f"{ADD}, DELETE",  # of a pupil who came back: a trigger asks
        "retention_leaver": READ,  # written by triggers
        # retention: only the destroyer adds lines to the ledger
        "retention_ledgerline": READ,
        "retention_backup": READ,  # of who makes copies
        # what becomes of a list and its items is the destroyer's to say
        "retention_destructionlist": changing(
            "reviewer_id",
            "assigned_by_id",
            "assigned_at",
            "reviewed_on",
            "reviewed_at",
            "reviewed_by_id",
            "approved_on",
            "approved_at",
            "approved_by_id",
            "cancelled_on",
            "cancelled_at",
            "cancelled_by_id",
            "cancelled_because",
        ),
        "retention_destructionitem": changing("decision", "decided_by_id", "decided_at"),
        # retention: what a search found is the job's to say, whose it is a person's
        "retention_gathered": "SELECT (id)",
        "retention_searchpass": READ,
        "retention_leftover": READ,
        "retention_leftoverjudgement": ADD,
        # closing a list: the destroyer's, but for what somebody says of other systems
        "retention_othersystem": READ,
        "retention_othersystemconfirmation": ADD,
        "retention_certificate": READ,
        # jobs: a page asks for one, which also notes an event; the rest is the worker's
        "procrastinate_jobs": ADD,
        "procrastinate_events": ADD,
        "procrastinate_periodic_defers": READ,
        "procrastinate_workers": READ,
    },
    "keys": {"vault_partkey": ADD, "django_migrations": READ},
}
