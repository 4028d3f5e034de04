from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Sequence
from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection

from dossiers.kinds import AssignmentKind, Part
from dossiers.models import Assignment, OtherSystemRecord
from dossiers.rules import seals_reason_of
from vault.sealing import keyring

_BATCH = 2000
_EMERGENCY = "an_emergency_lasts_one_day_and_names_a_reason"
_SHORT = "a_short_assignment_lasts_seven_days_and_names_a_reason"

# Each gives: the row, the part it is sealed under, and what was readable.
_REASONS = """
    select a.id, p.id, a.reason from dossiers_assignment a
    join dossiers_dossierpart p on p.dossier_id = a.dossier_id
     and p.kind = (%s::jsonb ->> a.kind)
    where a.sealed_reason is null and a.reason <> '' limit %s
"""
_ELSEWHERE = """
    select o.id, p.id, jsonb_build_object('system', o.system, 'kind', o.kind,
                                          'custodian', o.custodian, 'term', o.term)::text
    from dossiers_othersystemrecord o
    join dossiers_dossierpart p on p.dossier_id = o.dossier_id
     and p.kind = (%s::jsonb ->> 'elsewhere')
    where o.sealed is null limit %s
"""
_PARTS = {kind.value: seals_reason_of(kind).value for kind in AssignmentKind} | {
    "elsewhere": Part.GUIDANCE.value
}


class Command(BaseCommand):
    """Run by `prepare_database` as owner; can be run again at any time, and then does nothing.

    Before, reasons and what other systems keep stood in readable columns. Each batch is sealed in
    a transaction of its own; when nothing readable is left the tables are written anew, so that the
    old rows are gone from the data files too, and then the columns go. Killed at any point before,
    the next run finds the columns and does the rest.
    """

    help = "Seals what earlier versions kept readable about pupils, and drops those columns."

    def handle(self, *args: Any, **options: Any) -> None:
        """Says how many rows were sealed."""
        if _has_column("dossiers_assignment", "reason"):
            sealed = _seal_all(
                _REASONS,
                "update dossiers_assignment set sealed_reason = %s, reason = null where id = %s",
                lambda key: Assignment(pk=key).place,
            )
            _run(
                "vacuum full dossiers_assignment",
                f"alter table dossiers_assignment validate constraint {_EMERGENCY}",
                f"alter table dossiers_assignment validate constraint {_SHORT}",
                "alter table dossiers_assignment drop column reason",
            )
            self._said("dossiers_assignment", sealed)
        if _has_column("dossiers_othersystemrecord", "system"):
            sealed = _seal_all(
                _ELSEWHERE,
                "update dossiers_othersystemrecord set sealed = %s, system = null, kind = null,"
                " custodian = null, term = null where id = %s",
                lambda key: OtherSystemRecord(pk=key).place,
            )
            _run(
                "vacuum full dossiers_othersystemrecord",
                "alter table dossiers_othersystemrecord alter column sealed set not null",
                "alter table dossiers_othersystemrecord drop column system, drop column kind,"
                " drop column custodian, drop column term",
            )
            self._said("dossiers_othersystemrecord", sealed)

    def _said(self, table: str, sealed: int) -> None:
        if sealed:
            self.stdout.write(f"{sealed} rows of {table} sealed")


def _has_column(table: str, column: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "select exists (select from information_schema.columns where table_schema = 'public'"
            " and table_name = %s and column_name = %s)",
            [table, column],
        )
        return bool(cursor.fetchone()[0])


def _seal_all(readable: str, store: str, place: Callable[[uuid.UUID], str]) -> int:
    """Batch by batch, until nothing readable is left; how many rows that were."""
    sealed = 0
    while rows := _rows(readable):
        keys = keyring({part for _row, part, _text in rows})
        with connection.cursor() as cursor:
            cursor.executemany(
                store,
                [(keys.seal(part, place(row), text.encode()), row) for row, part, text in rows],
            )
        sealed += len(rows)
    return sealed


def _rows(readable: str) -> Sequence[tuple[uuid.UUID, uuid.UUID, str]]:
    with connection.cursor() as cursor:
        cursor.execute(readable, [json.dumps(_PARTS), _BATCH])
        rows: Sequence[tuple[uuid.UUID, uuid.UUID, str]] = cursor.fetchall()
        return rows


def _run(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
