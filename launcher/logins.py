"""The databases and the logins of the portal, made by a superuser. For production:

    python -m launcher.logins

reads PORTAL_SUPERUSER_DB and the passwords PORTAL_OWNER_PASSWORD, PORTAL_WEB_PASSWORD,
PORTAL_WORKER_PASSWORD and PORTAL_BACKUP_PASSWORD, each also as ..._FILE (a secret file). It may run
before every release: what is right already stays as it is, and passwords become the ones given.
"""

import sys
from collections.abc import Mapping
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from launcher.environment import MissingSetting, read_setting

TEMPLATES = Path(__file__).resolve().parent.parent / "deploy"
DATABASES = ("portal_content", "portal_keys")
LOGINS = ("owner", "web", "worker", "backup")


def template(name: str) -> sql.SQL:
    return sql.SQL((TEMPLATES / name).read_text())  # our own file, not anybody's input


def make_logins(
    superuser: str, passwords: Mapping[str, str], *, for_tests: bool = False
) -> list[str]:
    """Make databases and logins as deploy/*.sql says; returns the databases that are new.

    `superuser` is a connection string for any database of the server. For tests the owner may also
    create databases.
    """
    with psycopg.connect(superuser, autocommit=True) as connection:
        verifiers = {
            f"{login}_password": sql.Literal(_verifier(connection, login, passwords[login]))
            for login in LOGINS
        }
        connection.execute(template("logins.sql").format(**verifiers))
        if for_tests:
            connection.execute("ALTER ROLE portal_owner CREATEDB")
        new = [name for name in DATABASES if _create_database(connection, name)]
    for name in DATABASES:
        with psycopg.connect(make_conninfo(superuser, dbname=name)) as connection:
            connection.execute(template("database.sql").format(database=sql.Identifier(name)))
    return new


def _verifier(connection: psycopg.Connection, login: str, password: str) -> str:
    """What the server keeps of a password, made here so that the password itself is never sent."""
    made = connection.pgconn.encrypt_password(
        password.encode(), f"portal_{login}".encode(), b"scram-sha-256"
    )
    return made.decode()


def _create_database(connection: psycopg.Connection, name: str) -> bool:
    there = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
    if there:
        return False
    create = sql.SQL(
        "CREATE DATABASE {} OWNER portal_owner TEMPLATE template0 ENCODING 'UTF8' "
        "LC_COLLATE {locale} LC_CTYPE {locale}"
    )
    try:
        connection.execute(create.format(sql.Identifier(name), locale=sql.Literal("C.UTF-8")))
    except psycopg.errors.WrongObjectType:  # this machine doesn't know C.UTF-8
        connection.execute(create.format(sql.Identifier(name), locale=sql.Literal("C")))
    return True


def main() -> int:
    try:
        superuser = read_setting("PORTAL_SUPERUSER_DB")
        passwords = {login: read_setting(f"PORTAL_{login.upper()}_PASSWORD") for login in LOGINS}
    except MissingSetting as problem:
        print(problem, file=sys.stderr)
        return 2
    new = make_logins(superuser, passwords)
    print(f"Logins are as deploy/logins.sql says. New databases: {', '.join(new) or 'none'}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
