"""Where marks of something destroyed stand by design: each place with its reason.

Such a column is not read. Nothing else is left out, of no table that the catalogue knows.
"""

from __future__ import annotations

_ITEM = "what a list destroyed: a random key that opens and means nothing any more (ADR 37)"
_LEDGER = "the ledger: with these keys a copy that is put back is brought up to date (ADR 36)"
_LOG = "the log: a random key; what it pointed at is gone, so it says nothing of anybody (ADR 30)"

# (table, column): why a mark may stand there. Nothing else does, so the column is not read.
ALLOWED: dict[tuple[str, str], str] = {
    ("retention_destructionitem", "dossier_id"): _ITEM,
    ("retention_ledgerline", "keys"): _LEDGER,
    ("retention_erasure", "target"): "a request about a note or a file that is gone: the request"
    " itself goes with the pupil's last kind of record",
    ("audit_logentry", "subjects"): _LOG,
    ("audit_logentry", "object_pk"): _LOG,
    ("audit_logentry", "actor_id"): _LOG,
    ("audit_logentry", "actor_name"): "the log holds names of staff alone, as they were (ADR 31)",
    ("retention_leftover", "rows"): "what an earlier pass found, by the key of its row",
}

# A key may stand there too, beside something else: names, numbers and addresses are looked for.
KEYS_ALLOWED: dict[tuple[str, str], str] = {("audit_logentry", "additional_data"): _LOG}

# Files of which each line is a number, a hash and a moment: no word in them is anybody's.
NO_WORDS: dict[str, str] = {
    "LOG_HEADS": "heads of the log: each minute adds digits that could be anybody's number",
}

# Folders of the settings that are not read, and why.
NOT_READ: dict[str, str] = {
    "LEDGER": _LEDGER,
    "BACKUPS_DIR": "copies: sealed to somebody else's key; they end by themselves, and the"
    " certificate says when",
    "KEYS_BACKUP_DIR": "the copy of the keys: sealed the same way, replaced before a list closes",
    "STATIC_ROOT": "the portal's own style sheets, scripts and letters",
}

# Columns in which people who are still known are called: the number, address or name there is
# theirs, and may be the same. Somebody says whose it is.
OF_OTHERS: frozenset[tuple[str, str]] = frozenset(
    {
        ("students_pupilsourcekey", "key"),
        ("students_parentsourcekey", "key"),
        ("students_parent", "email"),
        ("students_representative", "email"),
        ("access_user", "email"),
        ("access_user", "username"),
        ("access_invitation", "email"),
        ("account_emailaddress", "email"),
    }
)
