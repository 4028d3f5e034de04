"""Nobody who has the web's login alone dates what is judged, set, signed or asked."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db.models import DateTimeField
from psycopg import Connection, errors
from psycopg.sql import SQL, Identifier, Literal

from tests.guards.test_logins import web  # noqa: F401  a fixture

pytestmark = [pytest.mark.django_db, pytest.mark.promise("P22")]

NOT_OURS = {"head_sealed_at"}  # of the log's head, which the hash of the report holds
MOMENTS = [
    (model._meta.db_table, field.column)
    for model in apps.get_app_config("oversight").get_models()
    for field in model._meta.concrete_fields
    if isinstance(field, DateTimeField) and field.column not in NOT_OURS | {"row_time"}
]
# What decides when something is destroyed, or helps a destruction list to close.
MOMENTS += [
    *(("retention_termchange", f"{step}_at") for step in ("proposed", "approved", "withdrawn")),
    *(("retention_hold", moment) for moment in ("placed_at", "lifted_at")),
    ("retention_holdreview", "reviewed_at"),
    *(
        ("retention_destructionlist", f"{step}_at")
        for step in ("assigned", "reviewed", "approved", "cancelled")
    ),
    ("retention_destructionitem", "decided_at"),
    ("retention_leftoverjudgement", "judged_at"),
    ("retention_othersystemconfirmation", "said_at"),
]
# What comes since is told by these.
MOMENTS += [("retention_erasure", f"{step}_at") for step in ("proposed", "approved", "ended")]


def added(web: Connection, table: str, column: str, moment: str) -> str:  # noqa: F811  the fixture
    """What the database says to a row that has nothing but a moment."""
    row = SQL("insert into {0} select * from jsonb_populate_record(null::{0}, {1}::jsonb)")
    value = SQL("jsonb_build_object({}::text, {})").format(Literal(column), SQL(moment))
    with pytest.raises(errors.Error) as said:
        web.execute(row.format(Identifier(table), value))
    return str(said.value)


def test_every_moment_that_somebody_answers_for_is_the_clocks_to_say(web):  # noqa: F811  the fixture
    assert len(MOMENTS) > 25
    for table, column in MOMENTS:
        for moment in ("now() + interval '1 day'", "now() - interval '1 hour'"):
            assert "is of now" in added(web, table, column, moment), (table, column)
        assert "is of now" not in added(web, table, column, "now()"), (table, column)


def test_the_web_login_takes_no_job_away(web):  # noqa: F811  the fixture
    """Else a stolen one keeps a night's checks from running."""
    for statement in (
        "delete from procrastinate_jobs",
        "update procrastinate_jobs set status = 'cancelled'",
        "delete from procrastinate_periodic_defers",
        "select procrastinate_cancel_job_v1(1, true, true)",
        "delete from procrastinate_workers",
    ):
        with pytest.raises(errors.InsufficientPrivilege):
            web.execute(statement)
    with web.transaction(force_rollback=True):  # but it asks for one
        web.execute(
            "select procrastinate_defer_jobs_v1(array[row('q', 'oversight.look_for_findings', 0,"
            " null, null, '{}', null)::procrastinate_job_to_defer_v1])"
        )
