"""What somebody holds who has stolen the password of the web login."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta

import psycopg
import pytest
from django.db import IntegrityError, connection, transaction
from psycopg import errors

from access.acting import acting_as
from access.models import Membership, User
from dossiers.models import Note

pytestmark = pytest.mark.promise("P22")


def sign_in_as_web(variable: str = "PORTAL_CONTENT_DB", alias: str = "default"):
    """A connection of its own, with the password of the web login, to the tests' database."""
    from django.db import connections

    return psycopg.connect(
        os.environ[variable], dbname=connections[alias].settings_dict["NAME"], autocommit=True
    )


@pytest.fixture
def web(db) -> Iterator[psycopg.Connection]:
    with sign_in_as_web() as signed_in:
        yield signed_in


@pytest.mark.parametrize(
    "attempt",
    [
        "update audit_logentry set outcome = 'success'",
        "update audit_logentry set actor_name = 'nobody'",
        "delete from audit_logentry",
        "truncate audit_logentry",
        "drop table audit_logentry",
        "drop table audit_logentry_other",
        "delete from audit_logentry_other",
        "insert into audit_logentry_other select * from audit_logentry",
        "alter table audit_logentry detach partition audit_logentry_other",
        "alter table audit_logentry disable trigger all",
        "select audit_make_partitions(current_date, 1)",
        "update audit_logentry set number = 1",
        "alter table audit_logentry drop constraint a_row_has_its_mark",
        "alter sequence audit_number restart",
        "insert into audit_seal select * from audit_seal",
        "update audit_seal set rows = 0",
        "delete from audit_seal",
        "truncate audit_seal",
        "delete from audit_sealmark",
    ],
)
def test_the_web_login_can_not_touch_what_is_written_in_the_log(web, attempt):
    with pytest.raises(errors.InsufficientPrivilege):
        web.execute(attempt)


@pytest.mark.parametrize(
    "attempt",
    [
        "update students_group set school_id = gen_random_uuid()",
        "update students_group set school_year_id = gen_random_uuid()",
        "update students_location set school_id = gen_random_uuid()",
        "update students_schoolyear set board_id = gen_random_uuid()",
        "update students_parentaddress set parent_id = gen_random_uuid()",
        "update students_rosterprogress set roster_import_id = gen_random_uuid()",
        "update access_membership set role = 'director'",
        "update access_membership set unit_id = gen_random_uuid()",
    ],
)
def test_the_web_login_can_not_move_anything_to_another_school_parent_or_role(web, attempt):
    with pytest.raises(errors.InsufficientPrivilege):
        web.execute(attempt)


@pytest.mark.parametrize("days", [None, 40])
def test_nobody_gets_a_role_back_by_changing_its_last_day(cast, days):
    """The web login may end a role; a longer one is another membership, given by somebody."""
    held = Membership.objects.filter(user=cast.people["former"])
    last = held.get().ends_on
    later = None if days is None else cast.today + timedelta(days=days)
    with acting_as(cast.director, on=cast.today) as work:
        with pytest.raises(IntegrityError), transaction.atomic():
            held.update(ends_on=later)
        work.abandon()
    assert held.get().ends_on == last
    assert held.update(ends_on=last - timedelta(days=1)) == 1


@pytest.mark.parametrize(
    "role",
    ["portal_owner", "portal_worker", "portal_backup", "portal_destroyer", "portal_launcher"],
)
def test_the_web_login_can_not_become_anybody_else(web, role):
    for attempt in (f"set role {role}", f"set session authorization {role}"):
        with pytest.raises(errors.InsufficientPrivilege):
            web.execute(attempt)


@pytest.mark.parametrize(
    "attempt",
    [
        "create table planted (id integer)",
        "create schema planted",
        "create function planted() returns integer language sql as 'select 1'",
        "create role planted superuser",
        "create view planted as select 1",
        "alter table dossiers_note disable row level security",
        "drop policy dossiers_note_seen on dossiers_note",
        "create policy planted on dossiers_note using (true)",
        "create trigger planted before insert on dossiers_note execute function refuse_deletion()",
        "drop trigger nothing_is_deleted on dossiers_note",
        "delete from dossiers_note",
        "truncate dossiers_note",
        "delete from dossiers_dossier",
        "delete from dossiers_dossierpartpermission",
        "update dossiers_dossierpartpermission set user_id = gen_random_uuid()",
        "update dossiers_assignment set user_id = gen_random_uuid()",
        "update dossiers_assignment set starts_on = '2000-01-01'",
        "update dossiers_note set part_id = gen_random_uuid()",
        "update dossiers_noteversion set sealed = ''",
        "update access_user set is_superuser = true",
        "update access_membership set role = 'director'",
        "update students_pupil set log_key = gen_random_uuid()",
        "copy dossiers_noteversion to program 'true'",
        "copy dossiers_noteversion from '/etc/hostname'",
        "select pg_read_file('/etc/hostname')",
        "select lo_import('/etc/hostname')",
        "alter system set log_statement = 'all'",
    ],
)
def test_the_web_login_can_neither_build_nor_break_nor_forge(web, attempt):
    with pytest.raises(errors.InsufficientPrivilege):
        web.execute(attempt)


@pytest.mark.parametrize(
    "verb", ["update vault_partkey set wrapped = ''", "delete from vault_partkey"]
)
def test_the_web_login_can_not_change_or_remove_a_key(db, verb):
    with (
        sign_in_as_web("PORTAL_KEYS_DB", "keys") as web,
        pytest.raises(errors.InsufficientPrivilege),
    ):
        web.execute(verb)


@pytest.mark.django_db(transaction=True)
def test_the_web_login_reads_no_content_without_saying_who_looks(cast):
    """Rows that are really there; and with the name of somebody without an assignment: none."""
    part = cast.part("own")
    Note.objects.create(part=part, author=cast.counsellor, happened_on=cast.today)
    count = "select count(*) from dossiers_note"

    def as_seen_by(web: psycopg.Connection, user: str) -> int:
        with web.transaction():
            web.execute("select set_config('portal.user', %s, true)", [user])
            web.execute("select set_config('portal.day', %s, true)", [cast.today.isoformat()])
            return web.execute(count).fetchone()[0]

    with sign_in_as_web() as web:
        assert web.execute(count).fetchone() == (0,)
        assert as_seen_by(web, "") == 0
        assert as_seen_by(web, str(cast.director.pk)) == 0
        assert as_seen_by(web, str(cast.counsellor.pk)) == 1


def test_no_superuser_can_exist(db):
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create_user("all-seeing", "x", name="Nobody", is_superuser=True)
    user = User.objects.create_user("ordinary", "x", name="Nobody")
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=user.pk).update(is_superuser=True)
    assert not hasattr(User.objects, "create_superuser")


def test_the_real_databases_let_nobody_in_but_the_logins(db):
    with connection.cursor() as cursor:
        cursor.execute(
            "select d.datname, a.grantee::regrole::text, a.privilege_type"
            " from pg_database d cross join lateral aclexplode(d.datacl) a"
            " where d.datname in ('portal_content', 'portal_keys') and a.grantee <> d.datdba"
        )
        rows = set(cursor.fetchall())
    logins = ("portal_web", "portal_worker", "portal_backup")
    assert rows == {
        (database, login, "CONNECT")
        for database in ("portal_content", "portal_keys")
        for login in logins
    }
