"""Adding a row costs the server no planning, and hides from nothing that watches statements."""

from __future__ import annotations

import uuid

import pytest
from django.db import DataError, connection, transaction
from django.test.utils import CaptureQueriesContext

from audit.actions import write
from audit.models import LogEntry

pytestmark = pytest.mark.django_db


def rows(number: int = 1, **values) -> list[LogEntry]:
    made = {"event": "page-seen", "action": 3, "outcome": "success", "cid": str(uuid.uuid4())}
    return [LogEntry(**(made | values)) for _ in range(number)]


def prepared() -> list[tuple[int, str]]:
    """How often each statement about the log that the server keeps was used, and its text."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select generic_plans + custom_plans, statement from pg_prepared_statements"
            " where statement like 'insert into audit_logentry%'"
        )
        return cursor.fetchall()


def test_one_statement_adds_every_row_of_a_connection():
    for _ in range(3):
        write(rows())
    ((used, statement),) = prepared()
    assert used == 3
    assert "page-seen" not in statement  # what a row says is no part of it


def test_a_row_is_seen_by_what_watches_statements_and_fails_as_django_does():
    seen = []

    def watch(execute, sql, params, many, context):
        seen.append(sql)
        return execute(sql, params, many, context)

    with CaptureQueriesContext(connection) as captured, connection.execute_wrapper(watch):
        write(rows(actor_name="Demo", additional_data={"page": "dossier_part"}))
    assert len(captured) == len(seen) == 1
    assert seen[0].startswith("insert into audit_logentry")
    assert captured[0]["sql"].startswith("insert into audit_logentry")
    with pytest.raises(DataError), transaction.atomic():
        write(rows(event="x" * 41))
    write(several := rows(3, subjects=[uuid.uuid4()]))  # also after what was rolled back
    assert LogEntry.objects.filter(pk__in=[row.pk for row in several]).count() == 3
