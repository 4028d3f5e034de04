"""The databases of a test run: copies of a template that is prepared as in production.

Migrating takes longer than many a test run. So the server of tests keeps a template, prepared by
`manage.py prepare_database`, as long as nothing changes that makes tables; whoever finds none for
the code of today makes it while the others wait.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path

import time_machine
from django.conf import settings
from django.core.management import call_command
from django.db import ProgrammingError, connections
from django.db.backends.utils import CursorWrapper

from launcher.demo import what_makes_tables
from launcher.fingerprints import fingerprint

ROOT = Path(__file__).resolve().parent.parent
TEMPLATE, HALF_MADE = "template_of_tests", "half_made_template_of_tests"
_LOCK = 20261122
WHEN = "2026-11-16 10:00 +0100"  # tests play then: the log has those months too, whatever day it is


class Databases:
    """One copy of the template for each alias, under the names that pytest-django gives."""

    def __init__(self) -> None:
        self._usual = {alias: settings.DATABASES[alias]["NAME"] for alias in connections}
        with _server() as cursor:
            self._templates = _kept_templates(cursor)
            self._names = {a: connections[a].creation._get_test_db_name() for a in connections}
            for alias, name in self._names.items():
                self._copy(cursor, self._templates[alias], name)
                _use(alias, name)

    def copy(self, world: str, originals: dict[str, str]) -> dict[str, str]:
        """Further copies, of these databases or else empty ones; gives their names by alias."""
        names = {alias: f"{name}_{world}" for alias, name in self._names.items()}
        with _server() as cursor:
            for alias, name in names.items():
                self._copy(cursor, originals.get(alias, self._templates[alias]), name)
        return names

    def drop(self, names: dict[str, str]) -> None:
        """Throws copies away, whoever still holds a connection."""
        with _server() as cursor:
            for name in names.values():
                _drop(cursor, name)

    def end(self) -> None:
        """Throws the first copies away and goes back to the usual names."""
        for alias in connections:
            _use(alias, self._usual[alias])
        self.drop(self._names)

    def _copy(self, cursor: CursorWrapper, original: str, name: str) -> None:
        _drop(cursor, name)
        cursor.execute(f'create database "{name}" template "{original}"')


@contextmanager
def _server() -> Iterator[CursorWrapper]:
    """A connection that makes and drops databases, one process at a time."""
    with connections["default"].creation._nodb_cursor() as cursor:
        cursor.execute("select pg_advisory_lock(%s)", [_LOCK])
        yield cursor  # the lock goes with the connection


def _kept_templates(cursor: CursorWrapper) -> dict[str, str]:
    """The template of each database for the code of today, made when there is none yet."""
    commands = ROOT.glob("*/management/commands/*.py")
    made_by = fingerprint({*what_makes_tables(), *commands}, ROOT)[:16]
    # The log has a table a month: prepare_database also makes those of the coming months.
    mark = f"{time.strftime('%Y_%m')}_{made_by}"
    names = {alias: f"{TEMPLATE}_{alias}_{mark}" for alias in connections}
    cursor.execute("select datname from pg_database where datname like %s", [f"%{TEMPLATE}%"])
    found = {name for (name,) in cursor.fetchall()}
    if not set(names.values()) <= found:
        for name in found:
            _drop(cursor, name)
        _make_templates(cursor, names)
    return names


def _drop(cursor: CursorWrapper, name: str) -> None:
    """Waits for the server's own vacuuming, which only a superuser may end."""
    limit = time.monotonic() + 20
    while True:
        try:
            cursor.execute(f'drop database if exists "{name}" with (force)')
        except ProgrammingError:
            if time.monotonic() > limit:
                raise
            time.sleep(0.1)
        else:
            return


def _make_templates(cursor: CursorWrapper, names: dict[str, str]) -> None:
    """Prepared under another name: a template is whole or not there."""
    before = {alias: settings.DATABASES[alias]["NAME"] for alias in connections}
    for alias in connections:
        cursor.execute(f'create database "{HALF_MADE}_{alias}"')
        _use(alias, f"{HALF_MADE}_{alias}")
    call_command("prepare_database", stdout=StringIO())
    with time_machine.travel(WHEN, tick=True):
        call_command("make_log_partitions", stdout=StringIO())
    for alias in connections:
        _use(alias, before[alias])
    # The keys first: when the last one has its name, both have.
    for alias, name in sorted(names.items(), reverse=True):
        cursor.execute(f'alter database "{HALF_MADE}_{alias}" rename to "{name}"')


def _use(alias: str, name: str) -> None:
    connections[alias].close()
    settings.DATABASES[alias]["NAME"] = connections[alias].settings_dict["NAME"] = name
