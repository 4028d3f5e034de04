"""What the other logins may do, which tables nobody watches, and functions with the owner's rights.

Like access/rights.py this is applied by `manage.py prepare_database`, and a test compares it with
the catalogue, both ways.
"""

from __future__ import annotations

from access.rights import ADD, ALL, READ, changing

DESTROYER_RIGHTS: dict[str, dict[str, str]] = {
    "default": {
        "retention_ledgerline": ADD,
        "retention_backup": ADD,
        "retention_destructionlist": (
            "SELECT, UPDATE (begun_at, closed_at, stopped_because, stopped_at, stopped_told_on)"
        ),
        "retention_destructionitem": "SELECT, UPDATE (outcome, left_because, done_at, failed_at)",
        "retention_erasure": ("SELECT, UPDATE (outcome, pieces, fingerprint, sealed_at, done_at)"),
        "retention_hold": READ,
        "retention_othersystem": changing("pupils"),
        "retention_certificate": ADD,
        # what its triggers ask
        "retention_othersystemconfirmation": READ,
        "access_membership": READ,
        "access_user": "SELECT (id, is_active)",
        "students_school": READ,
        "students_parenthood": READ,
        "students_parent": "SELECT (id, user_id)",
        "dossiers_dossier": READ,
        "retention_endedkind": ADD,
        # looking afterwards: marks, passes and what they found are the job's alone
        "retention_gathered": ADD,
        "retention_searchpass": changing(
            "finished_at", "columns", "rows", "files", "jobs", "marks", "hits", "sealed"
        ),
        "retention_leftover": ADD,
        "retention_leftoverjudgement": READ,
    },
    "keys": {"vault_partkey": "SELECT, DELETE, UPDATE (wrapped, before)"},
}

# What the worker may beside what a page may: a stolen login of the web can't seal anything.
WORKER_RIGHTS: dict[str, dict[str, str]] = {
    "default": {
        "audit_seal": ADD,
        "audit_sealmark": ALL,
        "audit_logcheck": changing("done", "total", "finished_at", "is_good", "found"),
        "procrastinate_jobs": ALL,
        "procrastinate_events": ALL,
        "procrastinate_periodic_defers": ALL,
        "procrastinate_workers": ALL,
    },
    "keys": {},
}

# Tables whose rows carry no decision about anybody: the log itself, progress, what is worked out,
# and the libraries' own bookkeeping. Every other table tells its transaction that something was
# written.
NOT_WATCHED = frozenset(
    {
        "audit_logentry",
        "audit_refusalcount",
        "audit_seal",
        "audit_sealmark",
        "django_migrations",
        "django_session",
        "portal_cache",
        "retention_leaver",
        "procrastinate_jobs",
        "procrastinate_events",
        "procrastinate_periodic_defers",
        "procrastinate_workers",
        "usersessions_usersession",
        "mfa_authenticator",
    }
)

# Functions that run with the owner's rights, each with a check of its own inside.
WEB_FUNCTIONS: dict[str, tuple[str, ...]] = {
    "default": (
        "portal_keeps(uuid)",
        "note_headers(uuid)",
        "withdraw_note_as_keeper(uuid)",
        # what holds needs every answer; each checks that the asker works there or is family
        "consent_answers(uuid[],uuid,uuid[])",
        "consent_matters(uuid[],uuid)",
        "file_headers(uuid)",
        "withdraw_file_as_keeper(uuid,uuid)",
        "blobs_in_use(uuid[])",
        "scans_in_use(uuid[])",
        # asked by a command for nobody; it gives nothing over the web's login
        "receipts_to_verify(text[],bytea)",
        "removal_files_in_use(uuid[])",
        "retention_list_has_own_child(uuid,uuid)",
        # which pass counts for a list: its key alone
        "retention_newest_pass(uuid)",
        # how much an item of a list holds: numbers, for who handles the list
        "retention_counts_of(uuid)",
        # that something stands there, for who asks to erase it; not what it says
        "retention_place_of(text,uuid)",
        "retention_erasable(uuid)",
        "retention_withdrawn()",
        # that a question is open, for lists and jobs; not who asked, nor what
        "dossiers_with_open_questions()",
        # of triggers, which nobody can call
        "leavers_follow()",
        "leavers_lose_kinds()",
        "nobody_who_is_back_is_intended()",
        # what a family does not read of one pupil; asks that the asker is family, never says why
        "looks_held_back(uuid)",
        "report_papers_in_use(uuid[])",
        "certificates_in_use(uuid[])",
    ),
    "keys": (),
}

# The worker alone: a stolen login of the web ends nothing.
WORKER_FUNCTIONS: dict[str, tuple[str, ...]] = {
    "default": ("audit_end_month(date)", "retention_set_leavers_right()"),
    "keys": (),
}

# The destroyer alone, into whose shoes only worker and owner can step.
DESTROYER_FUNCTIONS: dict[str, tuple[str, ...]] = {
    "default": (
        "retention_destroy(uuid[])",
        "retention_named_by(uuid[])",
        # when who is asked about left; until the transaction ends nobody can change it
        "retention_leavers_at_rest(uuid[])",
        # what is taken away with these, of whom nobody writes in this moment
        "retention_take_at_once(uuid[])",
        "retention_newest_pass(uuid)",
        # every table but nothing sealed, for the pass after a destruction
        "retention_open_search(regclass,text[])",
        "retention_forget_marks(uuid)",
        "retention_goes_with(uuid)",
        "retention_came_since(uuid)",
        "retention_decide_anew(uuid)",
        "retention_erase(uuid)",
        "retention_sealed_beside(uuid)",
        "retention_seal_anew(uuid,text,uuid,bytea,bytea,uuid,uuid)",
        # whose account ends with the last role: each asks again, by the database's own clock
        "retention_accounts_over(uuid[])",
        "retention_end_accounts(uuid[])",
        "retention_end_invitations()",
        "retention_end_proposals()",
        # what was watched in months of the log that have left
        "retention_watching_over(integer)",
        "retention_end_watching(uuid[])",
    ),
    "keys": (),
}
