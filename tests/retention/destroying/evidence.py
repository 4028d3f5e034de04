"""What is kept, row by row and byte by byte, and whose it is."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.db import connections

TABLES = """
select c.oid::regclass::text from pg_class c
where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and not c.relispartition
union select c.oid::regclass::text from pg_class c
where c.relkind = 'p' and c.relnamespace = 'public'::regnamespace
"""
_KEY = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
PASSING = (
    "audit_", "procrastinate_", "django_cache", "portal_cache", "retention_backup",
    "retention_searchpass", "retention_leftover",
)  # fmt: skip
# What tells of the destruction itself, and stays.
TELLS = (
    *PASSING, "retention_destruction", "retention_ledgerline", "retention_endedkind",
    "retention_leaver",
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """A row as the database writes it, in its table."""

    table: str
    text: str

    @property
    def keys(self) -> set[str]:
        """Every key in it; its own one is the first of most rows."""
        return set(_KEY.findall(self.text))

    @property
    def own(self) -> str:
        """Its own key; none for a table that numbers its rows."""
        first = self.text[1:].partition(",")[0].rstrip(")")
        return first if _KEY.fullmatch(first) else ""


@dataclass(frozen=True)
class Kept:
    """Every row of both databases, and every sealed file."""

    rows: frozenset[Row]
    files: dict[str, str]


def everything() -> Kept:
    """As the owner sees it, past every lock."""
    rows = set()
    for alias in connections:
        with connections[alias].cursor() as cursor:
            cursor.execute(TABLES)
            for (table,) in cursor.fetchall():
                cursor.execute(f"select t::text from {table} t")
                rows |= {Row(table, text) for (text,) in cursor.fetchall()}
    return Kept(frozenset(rows), files_in(Path(settings.FILES_DIR)))


def files_in(folder: Path) -> dict[str, str]:
    """Name and hash of every file in a folder."""
    return {
        path.name: sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def belonging_to(keys: Iterable[str], kept: Kept) -> set[Row]:
    """The rows about these people, the rows about those, and so on: whatever points at them.

    What tells of a destruction points at everybody and belongs to nobody.
    """
    known, found = {str(key) for key in keys}, set()
    about = [row for row in kept.rows if not row.table.startswith(TELLS)]
    grew = True
    while grew:
        new = [row for row in about if row not in found and row.keys & known]
        found.update(new)
        grew = bool(new)
        known |= {row.own for row in new if row.own}
    return found


def tables_of(rows: Iterable[Row]) -> dict[str, int]:
    """How many rows of which tables: what a failing test shows."""
    counts: dict[str, int] = {}
    for row in rows:
        counts[row.table] = counts.get(row.table, 0) + 1
    return dict(sorted(counts.items()))
