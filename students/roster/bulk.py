"""Many rows at once: COPY for new ones, one UPDATE from arrays for changed ones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection


def copy_rows(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Adds rows; whatever the database refuses stops everything."""
    with connection.cursor() as cursor:
        copying: Any = cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN")
        with copying as copy:
            for row in rows:
                copy.write_row(row)


def update_rows(
    table: str, columns: Sequence[tuple[str, str]], rows: Sequence[Sequence[Any]]
) -> None:
    """Changes rows by `id`, the first column; `columns` are pairs of name and type.

    Raises LookupError when a row is not there: an UPDATE of nothing is silent.
    """
    if not rows:
        return
    names = [name for name, _type in columns]
    arrays = ", ".join(f"%s::{kind}[]" for _name, kind in columns)
    settings = ", ".join(f"{name} = d.{name}" for name in names[1:])
    with connection.cursor() as cursor:
        cursor.execute(
            f"update {table} t set {settings}"  # nosec B608  our own names
            f" from unnest({arrays}) as d({', '.join(names)}) where t.id = d.id",
            [list(column) for column in zip(*rows, strict=True)],
        )
        if cursor.rowcount != len(rows):
            raise LookupError(f"{table}: {len(rows) - cursor.rowcount} rows are gone")


def fetch(sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    """The rows of a query."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows
