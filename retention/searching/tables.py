"""Every table of both databases, as the catalogue knows them, row by row: none can be forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connections, transaction

from retention.destroyer import as_destroyer
from retention.searching.allowed import ALLOWED
from retention.searching.sieve import FIELD
from vault.router import KEYS

_AT_ONCE = 1000  # rows

# What holds words, keys or bytes: all but numbers, days and yes or no. A part of a table has the
# name of the whole, and stands beside the other parts.
_CATALOGUE = """
select c.oid::regclass::text, coalesce(pg_partition_root(c.oid), c.oid)::regclass::text,
       array_agg(a.attname::text order by a.attnum)
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
join pg_type t on t.oid = a.atttypid
where c.relkind in ('r', 'm') and c.relpersistence <> 't'
  and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname !~ '^pg_'
  and t.typcategory not in ('N', 'D', 'B', 'T')
group by c.oid order by 2, 1
"""


@dataclass(frozen=True)
class Table:
    """One table, or a part of one, with the columns that are read."""

    alias: str
    name: str
    known_as: str
    columns: tuple[str, ...]

    def named(self, field: int) -> str:
        """The column of a field of a row; the first field is the row's key."""
        return self.columns[min(max(field, 1), len(self.columns)) - 1]


def tables() -> list[Table]:
    """Every table with something to read in it."""
    found = []
    for alias in ("default", KEYS):
        with connections[alias].cursor() as cursor:
            cursor.execute(_CATALOGUE)
            for name, known_as, columns in cursor.fetchall():
                read = tuple(one for one in columns if (known_as, one) not in ALLOWED)
                if read:
                    found.append(Table(alias, name, known_as, read))
    return found


def rows_of(table: Table) -> Iterator[list[str]]:
    """The rows, so many at once: the key of each, then its columns."""
    if table.alias == KEYS:
        yield from _rows_of_keys(table)
        return
    with as_destroyer(), connections["default"].cursor() as cursor:
        cursor.execute(
            "select retention_open_search(%s::regclass, %s)", [table.name, list(table.columns)]
        )
        yield from _fetched("default")
        cursor.execute("close searched")


def _rows_of_keys(table: Table) -> Iterator[list[str]]:
    """The other database has no row-level security, and nothing that is sealed by the portal."""
    with transaction.atomic(using=KEYS), connections[KEYS].cursor() as cursor:
        quoted = [connections[KEYS].ops.quote_name(name) for name in table.columns]
        said = ", ".join(f"coalesce({name}::text, '')" for name in ("ctid", *quoted))
        cursor.execute(
            f"declare searched no scroll cursor for select concat_ws(%s, {said}) from {table.name}",  # nosec B608  our own names
            [FIELD],
        )
        yield from _fetched(KEYS)
        cursor.execute("close searched")


def _fetched(alias: str) -> Iterator[list[str]]:
    with connections[alias].cursor() as cursor:
        while True:
            cursor.execute(f"fetch forward {_AT_ONCE} from searched")
            rows = [row for (row,) in cursor.fetchall()]
            if not rows:
                return
            yield rows
