"""A copy of everything and putting it back, against `pg_dump`, `pg_restore` and `cp` of the same.

Half of it stands in the database, as sealed texts do (bytes that can't be made smaller), half in
sealed files. Both sides end with `sync`.
"""

from __future__ import annotations

import os
import subprocess
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import Any

import psycopg
import pyrage.x25519
from django.conf import settings
from django.db import connections
from psycopg import sql

from bench.report import Row
from launcher.binaries import find_binaries
from launcher.environment import CONTENT, KEYS
from launcher.postgres import SUPERUSER
from retention import ledger
from retention.backups import making, places
from retention.backups.restoring import Copy, restore_backup
from retention.taking_back import TakenBack
from vault import blobs

MEGABYTES = 200 if os.environ.get("BENCH_SMALL") else 2_000
BAR = 0.5
_TEXT = 2_000  # bytes of a note
_FILE = 4  # megabytes
_DATABASES = {"default": CONTENT, "keys": KEYS}


def measure() -> list[Row]:
    """Throughput of ours against the bare programs, making and putting back."""
    home = Path(os.environ["PORTAL_BENCH_HOME"]) / "copies"
    home.mkdir()
    _configure(home)
    _fill()
    bare = _seconds(lambda: _bare_copy(home / "bare"))
    ours = _seconds(lambda: making.make_backup({}))
    (copy,) = places.sets(places.content_folder())
    with _empty_databases():
        bare_back = _seconds(lambda: _bare_back(home / "bare", home / "bare-files"))
    settings.FILES_DIR = home / "files-back"
    with _empty_databases():
        ours_back = _seconds(lambda: _back(copy, home / "private"))
    return [
        _row("a copy of content, files and keys", bare, ours, "pg_dump and cp"),
        _row("putting it back", bare_back, ours_back, "pg_restore and cp"),
    ]


def _row(what: str, bare: float, ours: float, against: str) -> Row:
    return Row(
        f"{what}, {MEGABYTES} MB: throughput against {against} of the same",
        f"at least {BAR}",
        f"{bare / ours:.2f} ({MEGABYTES / ours:.0f} against {MEGABYTES / bare:.0f} MB a second)",
    )


def _configure(home: Path) -> None:
    identity = pyrage.x25519.Identity.generate()
    (home / "private").write_text(f"{identity}\n")
    settings.BACKUPS_DIR, settings.KEYS_BACKUP_DIR = home / "content", home / "keys"
    settings.BACKUP_RECIPIENTS = [str(identity.to_public())]
    settings.LEDGER = home / "ledger"
    settings.PG_BIN = str(find_binaries().folder)


def _fill() -> None:
    half = MEGABYTES * 1_000_000 // 2
    with connections["default"].cursor() as cursor:
        cursor.execute("create table bench_texts (id uuid primary key, sealed bytea not null)")
        copying: Any = cursor.copy("copy bench_texts (id, sealed) from stdin (format binary)")
        with copying as rows:
            rows.set_types(["uuid", "bytea"])
            for _number in range(half // _TEXT):
                rows.write_row((uuid.uuid4(), os.urandom(_TEXT)))
    for _number in range(half // (_FILE * 1_000_000)):
        blobs.keep([os.urandom(_FILE * 1_000_000)])
    os.sync()


def _seconds(work: Callable[[], object]) -> float:
    start = perf_counter()
    work()
    os.sync()
    return perf_counter() - start


def _address(alias: str) -> tuple[dict[str, str], list[str]]:
    database = settings.DATABASES[alias]
    place = [f"--host={database['HOST']}", f"--username={database['USER']}"]
    name = connections[alias].settings_dict["NAME"]
    return {"PGPASSWORD": database["PASSWORD"]}, [*place, f"--dbname={name}"]


def _bare_copy(folder: Path) -> None:
    folder.mkdir()
    for alias in _DATABASES:
        environment, address = _address(alias)
        command = [f"{settings.PG_BIN}/pg_dump", "--format=custom", "--compress=1", *address]
        with (folder / f"{alias}.dump").open("wb") as file:
            subprocess.run(command, env=environment, stdout=file, check=True)
    subprocess.run(["cp", "-r", str(settings.FILES_DIR), str(folder / "files")], check=True)


def _bare_back(folder: Path, files: Path) -> None:
    for alias in ("keys", "default"):
        environment, address = _address(alias)
        command = [f"{settings.PG_BIN}/pg_restore", "--single-transaction", "--no-comments"]
        with (folder / f"{alias}.dump").open("rb") as file:
            subprocess.run([*command, *address], env=environment, stdin=file, check=True)
    subprocess.run(["cp", "-r", str(folder / "files"), str(files)], check=True)


def _back(content: Path, private: Path) -> None:
    (keys,) = places.keys_folder().glob("*.age")
    copy = Copy(content, keys, private)
    restore_backup(
        copy,
        newest=ledger.head().hash,
        destroy_again=lambda: 0,
        take_back=lambda _copied_at: TakenBack(0, 0, 0),
    )


@contextmanager
def _empty_databases() -> Iterator[None]:
    """Fresh ones under the same connections, which go afterwards."""
    secrets = Path(os.environ["PORTAL_BENCH_HOME"]) / "secrets"
    superuser = psycopg.connect(
        host=settings.DATABASES["default"]["HOST"],
        user=SUPERUSER,
        password=(secrets / SUPERUSER).read_text().strip(),
        dbname="postgres",
        autocommit=True,
    )
    new = {alias: f"{name}_put_back" for alias, name in _DATABASES.items()}
    try:
        for alias, name in new.items():
            create = "create database {} owner portal_owner template template0"
            superuser.execute(sql.SQL(create).format(sql.Identifier(name)))
            _use(alias, name)
        yield
    finally:
        for alias, name in _DATABASES.items():
            _use(alias, name)
        for name in new.values():
            drop = "drop database {} with (force)"
            superuser.execute(sql.SQL(drop).format(sql.Identifier(name)))
        superuser.close()


def _use(alias: str, name: str) -> None:
    connections[alias].close()
    connections[alias].settings_dict["NAME"] = name
    settings.DATABASES[alias]["NAME"] = name
