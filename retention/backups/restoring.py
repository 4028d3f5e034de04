"""Puts a copy back, and lets nobody in before what was destroyed since is destroyed again.

While it lasts, web and worker may not connect to either database, so no page can be answered; a
run that was killed leaves it so, and the next one goes on. Each database is put back whole or not
at all (one transaction), and only into an empty one: nothing is ever overwritten.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.db.backends.utils import CursorWrapper
from django.utils import timezone
from psycopg import sql

from access.restored import restoring, said_by
from audit import heads
from audit.sealing import seal_restoration
from retention import ledger
from retention.actions.ledger import write_out
from retention.backups import blobs, manifest, places
from retention.backups.making import check_backup, check_keys
from retention.backups.places import BackupRefused
from retention.backups.streams import BackupFailed, identity, must_open, restore_sealed
from retention.queries.ledger import database_head
from retention.taking_back import TakenBack

_DATABASES = ("keys", "default")  # in the order in which they are closed, filled and opened


@dataclass(frozen=True)
class Copy:
    """What is put back: a set of content with its files, and the newest copy of the keys."""

    content: Path
    keys: Path  # the .age file; its manifest stands beside it
    opened_by: Path  # the file with the private key
    even_older_keys: bool = False  # what was written after they were copied then stays shut


@dataclass(frozen=True)
class PutBack:
    """What a restore did, and how far the ledger goes that it followed."""

    destroyed_again: int
    beyond: int  # lines of the ledger after the one that was named
    newest_at: datetime | None  # when its last line was written; none: nothing was destroyed yet
    has_heads: bool  # whether the log could be told which seals were lost
    taken_back: TakenBack  # approvals that count no more


def restore_backup(
    copy: Copy,
    *,
    newest: str,
    destroy_again: Callable[[], int],
    take_back: Callable[[datetime], TakenBack],
) -> PutBack:
    """Puts `copy` back and brings it up to date.

    `newest` is the code of the newest line of the ledger that anybody outside knows: from the last
    certificate, or as `manage.py backup` printed it. The ledger must hold that line, and may go on
    after it: lists that were carried out since stand there too. `destroy_again` destroys whatever
    the ledger names and the databases still hold; `take_back` then takes back what was approved
    when the copy was made, and not begun. Both may be called again after they were cut off.
    Raises BackupRefused before anything was touched, BackupFailed when a step did not succeed.
    """
    _must_be_whole(copy)
    beyond, newest_at = _must_hold(copy, newest)
    for alias in _DATABASES:
        _must_be_ours_to_fill(alias, copy.content.name)
    for alias in _DATABASES:
        _close(alias, copy.content.name)
    _fill(copy)
    call_command("prepare_database", verbosity=0, by_restore=True)
    _write_out_what_only_the_copy_knows()
    number = destroy_again()
    _must_stand_level()
    taken_back = take_back(_made_at(copy))
    has_heads = _said_in_the_log(copy.content.name)
    for alias in _DATABASES:
        _open(alias)
    return PutBack(number, beyond, newest_at, has_heads, taken_back)


def _made_at(copy: Copy) -> datetime:
    return datetime.fromisoformat(manifest.read(copy.content / places.MANIFEST).begun_at)


def _fill(copy: Copy) -> None:
    opened_by = identity(copy.opened_by)
    for alias, dump in (("keys", copy.keys), ("default", copy.content / places.CONTENT)):
        if not _has_tables(alias):
            connections[alias].close()
            restore_sealed(dump, settings.DATABASES[alias], opened_by)
    blobs.put_back(copy.content.parent, copy.content)


def _must_be_whole(copy: Copy) -> None:
    opened_by = identity(copy.opened_by)
    if not copy.even_older_keys:
        _must_fit(copy)
    check_backup(copy.content)
    check_keys(copy.keys)
    for dump in (copy.keys, copy.content / places.CONTENT):
        must_open(dump, opened_by)


def _must_fit(copy: Copy) -> None:
    """The keys were copied after the content: before it, what was made in between has none there.

    And of a part of which something was erased in between the rest has another one.
    """
    keys_at = datetime.fromisoformat(manifest.read(copy.keys.with_suffix(".json")).begun_at)
    if _made_at(copy) <= keys_at:
        return
    found = [one.name for one in places.sets(copy.content.parent)]
    fits = [name for name in found if name <= places.set_name(keys_at)]
    raise BackupRefused(
        f"{copy.keys.name} was made before this copy of the content, so parts of it would open"
        " no more. "
        + (f"The newest that these keys fit is {fits[-1]}." if fits else "None here fits them.")
        + " With --even-older-keys this one is put back all the same."
    )


def _must_hold(copy: Copy, newest: str) -> tuple[int, datetime | None]:
    """The ledger is whole, holds the line that is named, and fits the copies.

    Says how many lines follow that one, and when the last was written: the file alone can't tell
    whether lines are missing at its end, only somebody who knows one of them.
    """
    lines = ledger.read()
    known = [ledger.BEGINNING, *(line.head for line in lines)]
    named = next((head for head in known if head.hash == newest.strip().lower()), None)
    if named is None:
        raise BackupRefused(
            f"The ledger ends with line {len(lines)} and does not hold the one you name. Put back"
            " the ledger's own newest copy, and take the code from the last certificate."
        )
    for path in (copy.content / places.MANIFEST, copy.keys.with_suffix(".json")):
        if manifest.read(path).ledger not in known:
            raise BackupRefused(f"{path.name} knows a destruction that this ledger does not.")
    return len(lines) - named.number, lines[-1].at if lines else None


def _said_in_the_log(name: str) -> bool:
    """What came after the copy is lost: the chain says so, and who decided before asks it.

    No: without the file of heads nobody can tell which seals are; checks go on saying so.
    """
    seal_restoration(reason=f"copy {name}", now=timezone.now())
    return heads.is_there()


def _write_out_what_only_the_copy_knows() -> None:
    """It was made after an intention was committed, and before the file had the line; then the
    run, or the disk of the file, ended. The line comes first here too, and only then the keys go.

    Where nobody knows of any line outside, there need be no file yet. Raises LedgerDamaged where
    its lines do not follow the file's last one.
    """
    if database_head().number > ledger.head().number:
        ledger.begin()
        write_out()


def _must_stand_level() -> None:
    """After destroying again the database names the same newest line as the file."""
    if database_head() != ledger.head():
        raise BackupFailed("what was destroyed since this copy is not all destroyed again")


def _must_be_ours_to_fill(alias: str, name: str) -> None:
    """Empty, or what this very restore filled: a run may have ended when the keys were open again,
    and says so in the other one yet.
    """
    if _has_tables(alias) and said_by(_DATABASES[-1]) != restoring(name):
        raise BackupRefused(
            f"There are data in the database {settings.DATABASES[alias]['NAME']}. A copy is put"
            " back into empty databases only: make new ones, and point the settings at them."
        )


def _has_tables(alias: str) -> bool:
    with connections[alias].cursor() as cursor:
        cursor.execute(
            "select exists (select from pg_class where relkind in ('r', 'p')"
            " and relnamespace = 'public'::regnamespace)"
        )
        return bool(cursor.fetchone()[0])


def _close(alias: str, name: str) -> None:
    """From here on web and worker stay outside, also when this run is killed: deploy/database.sql
    and `prepare_database` read what the database says of itself.
    """
    with connections[alias].cursor() as cursor:
        _about_database(
            cursor, "revoke connect on database {} from public, portal_web, portal_worker"
        )
        _about_database(cursor, "comment on database {} is {}", restoring(name))


def _open(alias: str) -> None:
    with connections[alias].cursor() as cursor:
        _about_database(cursor, "comment on database {} is null")
        _about_database(cursor, "grant connect on database {} to portal_web, portal_worker")


def _about_database(cursor: CursorWrapper, statement: str, *values: str) -> None:
    """Utility statements take no parameters: psycopg writes the name and the values in."""
    name = sql.Identifier(cursor.db.settings_dict["NAME"])
    cursor.execute(sql.SQL(statement).format(name, *map(sql.Literal, values)))
