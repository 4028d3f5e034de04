"""What the logins may do: access/rights.py compared with PostgreSQL's catalogue, both ways."""

from __future__ import annotations

import re

import pytest
from django.db import connections

from access.rights import WEB_RIGHTS
from access.rights_of_others import (
    DESTROYER_FUNCTIONS,
    DESTROYER_RIGHTS,
    WEB_FUNCTIONS,
    WORKER_FUNCTIONS,
    WORKER_RIGHTS,
)

BOTH = ("default", "keys")
LISTED = {
    "portal_web": WEB_RIGHTS,
    "portal_destroyer": DESTROYER_RIGHTS,
    "portal_worker": WORKER_RIGHTS,
}
pytestmark = [pytest.mark.django_db, pytest.mark.promise("P22")]

TABLES = """
select c.relname, case when a.grantee = 0 then 'PUBLIC' else a.grantee::regrole::text end,
       a.privilege_type, c.relkind, ''
from pg_class c cross join lateral aclexplode(c.relacl) a
where c.relnamespace = 'public'::regnamespace and a.grantee <> c.relowner
union all
select c.relname, case when a.grantee = 0 then 'PUBLIC' else a.grantee::regrole::text end,
       a.privilege_type, c.relkind, t.attname
from pg_attribute t join pg_class c on c.oid = t.attrelid cross join lateral aclexplode(t.attacl) a
where c.relnamespace = 'public'::regnamespace and a.grantee <> c.relowner
"""
FUNCTIONS = """
select p.oid::regprocedure::text, p.prosecdef,
       coalesce(array_to_string(p.proconfig, ' '), ''),
       has_function_privilege('portal_web', p.oid, 'execute'),
       exists (select from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
               where a.grantee = 0)
from pg_proc p where p.pronamespace = 'public'::regnamespace
"""


def ask(alias: str, question: str) -> list[tuple]:
    with connections[alias].cursor() as cursor:
        cursor.execute(question)
        return cursor.fetchall()


def granted(alias: str) -> set[tuple[str, str, str]]:
    """(login, table, right) as the catalogue says; a right on a column is `UPDATE (column)`."""
    return {
        (login, table, f"{right} ({column})" if column else right)
        for table, login, right, kind, column in ask(alias, TABLES)
        if kind != "S"
    }


def listed(alias: str) -> set[tuple[str, str, str]]:
    """The same as access/rights.py says."""
    return {
        (login, table, right)
        for login, rights in LISTED.items()
        for table, words in rights[alias].items()
        for right in read_rights(words)
    }


def read_rights(words: str) -> set[str]:
    """`SELECT, UPDATE (a, b)` becomes `SELECT`, `UPDATE (a)` and `UPDATE (b)`."""
    rights = set()
    for verb, columns in re.findall(r"([A-Z]+)(?: \(([^)]*)\))?", words):
        if columns:
            rights |= {f"{verb} ({column.strip()})" for column in columns.split(",")}
        else:
            rights.add(verb)
    return rights


def test_the_reader_of_rights_reads_columns():
    assert read_rights("SELECT, INSERT, UPDATE (a, b)") == {
        "SELECT",
        "INSERT",
        "UPDATE (a)",
        "UPDATE (b)",
    }


@pytest.mark.parametrize("alias", BOTH)
def test_each_right_on_a_table_or_column_is_listed_and_each_listed_one_is_given(alias):
    assert granted(alias) == listed(alias)


@pytest.mark.parametrize("alias", BOTH)
def test_every_table_is_listed_or_closed_to_the_web_login(alias):
    tables = {
        name
        for (name,) in ask(
            alias,
            "select relname from pg_class where relnamespace = 'public'::regnamespace"
            " and relkind in ('r', 'p', 'v', 'm', 'f') and not relispartition",
        )
    }
    assert set(WEB_RIGHTS[alias]) <= tables
    closed = tables - set(WEB_RIGHTS[alias])
    assert closed <= {"django_migrations"}, (
        f"{sorted(closed)}: a new table needs a line in access/rights.py"
    )


@pytest.mark.parametrize("alias", BOTH)
def test_sequences_can_be_used_and_not_set_back(alias):
    rights = {(login, right) for _, login, right, kind, _ in ask(alias, TABLES) if kind == "S"}
    assert rights <= {("portal_web", "USAGE"), ("portal_web", "SELECT")}


@pytest.mark.parametrize("alias", BOTH)
def test_the_public_has_nothing(alias):
    assert not [row for row in granted(alias) if row[0] == "PUBLIC"]
    assert {row[0] for row in granted(alias)} <= set(LISTED)


@pytest.mark.parametrize("alias", BOTH)
def test_functions_with_the_owners_rights_are_listed_closed_to_the_public_and_pin_their_path(alias):
    rows = ask(alias, FUNCTIONS)
    powerful = {name: row for name, *row in rows if row[0]}
    listed = (WEB_FUNCTIONS, WORKER_FUNCTIONS, DESTROYER_FUNCTIONS)
    assert set(powerful) == {name for functions in listed for name in functions[alias]}
    for name, (_, settings, web_may, public_may) in powerful.items():
        assert "search_path=public, pg_temp" in settings, name
        assert web_may == (name in WEB_FUNCTIONS[alias]), name
        assert not public_may, name


def test_the_web_login_can_not_make_or_drop_the_tables_of_the_log():
    may = {name: web for name, _, _, web, _ in ask("default", FUNCTIONS)}
    assert may["audit_make_partitions(date,integer)"] is False


def test_no_login_but_the_backup_walks_past_row_level_security():
    rows = ask(
        "default",
        "select rolname, rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls,"
        " rolcanlogin from pg_roles where rolname like 'portal%' and rolname <> 'portal_launcher'",
    )
    for name, is_super, makes_roles, makes_databases, replicates, bypasses, signs_in in rows:
        assert not is_super, name
        assert not makes_roles, name
        assert not replicates, name
        assert bypasses == (name == "portal_backup"), name
        assert not makes_databases or name == "portal_owner", name  # for the tests' own databases
        assert signs_in == (name != "portal_destroyer"), name
    assert len(rows) == 5


def test_the_web_login_is_a_member_of_nothing():
    members = ask(
        "default",
        "select member::regrole::text, roleid::regrole::text from pg_auth_members"
        " where member::regrole::text like 'portal%' and"
        " member::regrole::text <> 'portal_launcher'",
    )
    assert set(members) == {
        ("portal_owner", "portal_web"),
        ("portal_owner", "portal_destroyer"),
        ("portal_worker", "portal_web"),
        ("portal_worker", "portal_destroyer"),
        ("portal_backup", "pg_read_all_data"),
    }


# Kept by director and administration, who read no part of the dossier: Django's lock alone.
NOT_BY_PART = {"dossiers_othersystemrecord"}


def test_content_stands_behind_row_level_security_without_force():
    """Each table with something sealed is locked by part: select, insert and update, no delete."""
    sealed = {
        name
        for (name,) in ask(
            "default",
            "select distinct table_name from information_schema.columns"
            " where table_schema = 'public' and column_name in ('sealed', 'part_id')",
        )
    }
    assert len(sealed) >= 4
    assert sealed >= NOT_BY_PART
    for table in sorted(sealed - NOT_BY_PART):
        ((enabled, forced),) = ask(
            "default",
            "select relrowsecurity, relforcerowsecurity from pg_class"
            f" where oid = '{table}'::regclass",
        )
        assert enabled, f"{table} holds content and has no row-level security"
        assert not forced, f"{table}: FORCE makes the owner's migrations touch nothing silently"
        commands = ask(
            "default", f"select polcmd from pg_policy where polrelid = '{table}'::regclass"
        )
        assert {c for (c,) in commands} >= {"r", "a", "w"}, table
        assert not {c for (c,) in commands} & {"d", "*"}, table


def test_nothing_of_a_dossier_can_be_deleted_even_by_the_owner():
    guarded = {
        name
        for (name,) in ask(
            "default",
            "select tgrelid::regclass::text from pg_trigger where tgname = 'nothing_is_deleted'",
        )
    }
    sealed = {
        name
        for (name,) in ask(
            "default",
            "select distinct table_name from information_schema.columns"
            " where table_schema = 'public' and column_name = 'sealed'",
        )
    }
    missing = (sealed | {"dossiers_dossier", "dossiers_dossierpart", "dossiers_note"}) - guarded
    assert not missing
