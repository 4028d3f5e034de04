"""Who reads everything: the job that searches, past row-level security, and nothing sealed."""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError
from psycopg import errors

from dossiers.models import NoteVersion
from retention.destroyer import as_destroyer
from retention.searching.sieve import FIELD
from retention.searching.tables import Table, rows_of, tables
from tests.guards.test_logins import sign_in_as_web
from tests.retention.searching.conftest import write

pytestmark = [pytest.mark.promise("P9"), pytest.mark.promise("P22"), pytest.mark.django_db]
OPEN = "select retention_open_search('access_unit', array['name'])"


@pytest.mark.parametrize(
    "attempt",
    [
        OPEN,
        "select retention_forget_marks(gen_random_uuid())",
        "select sealed from retention_gathered",
        "insert into retention_searchpass select * from retention_searchpass",
        "update retention_searchpass set hits = 0",
        "insert into retention_leftover select * from retention_leftover",
        "delete from retention_leftover",
        "update retention_leftoverjudgement set outcome = 'namesake'",
    ],
)
def test_the_web_login_neither_reads_everything_nor_says_what_was_found(attempt):
    with sign_in_as_web() as web, pytest.raises(errors.InsufficientPrivilege):
        web.execute(attempt)


def test_the_job_reads_rows_that_are_hidden_from_it_and_nothing_sealed(places, cast):
    write(cast, "other", "other_counsellor")
    version = NoteVersion.objects.get()
    table = Table("default", "dossiers_noteversion", "dossiers_noteversion", ("id", "sealed"))
    ((row,),) = rows_of(table)
    assert row.split(FIELD) == [str(version.pk), str(version.pk), ""]
    assert len(version.sealed) > 64
    with pytest.raises(DatabaseError), transaction.atomic(), as_destroyer():
        NoteVersion.objects.count()  # by itself it reads none of it
    for other in ("pg_authid", "pg_statistic"):
        with pytest.raises(DatabaseError), transaction.atomic(), as_destroyer():
            with connection.cursor() as cursor:
                cursor.execute("select retention_open_search(%s::regclass, %s)", [other, ["oid"]])


def test_no_table_of_the_catalogue_is_left_out(cast):
    read = {(one.alias, one.known_as) for one in tables()}
    with connection.cursor() as cursor:
        cursor.execute(
            "select relname from pg_class where relkind in ('r', 'p') and not relispartition"
            " and relnamespace = 'public'::regnamespace"
        )
        known = {name for (name,) in cursor.fetchall()}
    left_out = known - {name for alias, name in read if alias == "default"}
    # Nothing but numbers, days, and yes or no.
    assert left_out == {"audit_sealmark", "auth_group_permissions", "procrastinate_workers"}
    assert ("keys", "vault_partkey") in read
    assert {"audit_logentry", "django_session", "portal_cache", "procrastinate_jobs"} <= known
