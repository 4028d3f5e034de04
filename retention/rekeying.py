"""Gives parts of a dossier another key, so that what went opens in no copy (ADR 44).

Everything in a part is sealed under one key. First a new key stands beside the old one; then what
stays is sealed under the new one; then the old one goes. Until then both open, so that nobody
who reads or writes meanwhile notices.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from django.db import connection

from audit.blobs import kept_blobs
from dossiers.models import (
    Agreement,
    Assignment,
    EmergencyCardVersion,
    FileVersion,
    NoteVersion,
    OtherSystemRecord,
)
from retention.destroyer import as_destroyer
from vault.blobs import Kept, Missing, are_any, open_blob
from vault.chunks import sealed_file_anew
from vault.errors import Unreadable
from vault.models import PartKey
from vault.router import KEYS
from vault.sealing import Keyring, new_wrapped_key, whole_keyring

PATIENCE = 20.0  # seconds that one run waits for others; the next run goes on
_PAUSE = 0.05
_PLACES: dict[str, Callable[[uuid.UUID], str]] = {
    "note-version": lambda key: NoteVersion(pk=key).place,
    "file-version": lambda key: FileVersion(pk=key).place,
    "agreement": lambda key: Agreement(pk=key).place,
    "emergency-card": lambda key: EmergencyCardVersion(pk=key).place,
    "record-elsewhere": lambda key: OtherSystemRecord(pk=key).place,
    "assignment": lambda key: Assignment(pk=key).place,
}
# Who works in this database now; a worker that cleans tables is nobody.
_RUNNING = """
select l.virtualtransaction from pg_locks l join pg_stat_activity a on a.pid = l.pid
where l.locktype = 'virtualxid' and l.mode = 'ExclusiveLock' and l.pid <> pg_backend_pid()
  and a.datname = current_database() and a.usesysid is not null
"""


@dataclass
class Anew:
    """How much was sealed under the new key, and how much no key opens any more."""

    values: int = 0
    damaged: int = 0


def begin_rekeying(parts: Sequence[str]) -> None:
    """A new key for each part; the old one stays beside it. One that has two already keeps them.

    Raises Unreadable when an old one does not open, with the wrong master key for one.
    """
    whole_keyring(uuid.UUID(part) for part in parts)
    with as_destroyer(KEYS):
        rows = PartKey.objects.select_for_update().filter(part_id__in=parts, before__isnull=True)
        for row in rows.order_by("part_id"):
            PartKey.objects.filter(pk=row.pk).update(
                before=row.wrapped, wrapped=new_wrapped_key(row.part_id)
            )


def end_rekeying(parts: Sequence[str]) -> None:
    """Destroys the old keys: whatever is still sealed under them opens nowhere, for nobody."""
    with as_destroyer(KEYS):
        PartKey.objects.filter(part_id__in=parts).update(before=None)


def others_have_ended(patience: float = PATIENCE) -> bool:
    """Waits for each transaction that runs now: it may have asked for the keys before the new one
    was there, and would still write under the old one. No when that takes longer than we wait.
    """
    limit = time.monotonic() + patience
    before = _running()
    while before & _running():
        if time.monotonic() > limit:
            return False
        time.sleep(_PAUSE)
    return True


def _running() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(_RUNNING)
        return {one for (one,) in cursor.fetchall()}


def stands(item: uuid.UUID) -> bool:
    """Whether an erasure stands and nothing holds its dossier; else what is beside it is hidden."""
    with as_destroyer(), connection.cursor() as cursor:
        cursor.execute("select retention_erasure_stands(%s)", [item])
        return bool(cursor.fetchone()[0])


def seal_rest_anew(item: uuid.UUID) -> Anew:
    """Seals all that stays in the parts of an erasure under their newest keys; within a door.

    Nothing is left to do when it changes nothing. What no key opens is left as it is, and counted.
    Files come under new names, as no sealed file ever changes; a sweep takes the old ones.
    """
    done = Anew()
    with as_destroyer(), connection.cursor() as cursor, kept_blobs() as kept:
        cursor.execute("select * from retention_sealed_beside(%s)", [item])
        rows = cursor.fetchall()
        keys = whole_keyring({part for _what, _id, part, *_more in rows})
        for row in rows:
            _seal_row_anew(item, row, keys, kept, done)
    return done


def _seal_row_anew(
    item: uuid.UUID, row: tuple[object, ...], keys: Keyring, kept: Kept, done: Anew
) -> None:
    what, key, part, sealed, *names = row
    assert isinstance(what, str)
    assert isinstance(key, uuid.UUID)
    assert isinstance(part, uuid.UUID)
    assert isinstance(sealed, bytes)
    version = FileVersion(pk=key)
    places = (version.content_place, version.thumbnail_place)
    anew = sealed
    new_names: list[uuid.UUID | None] = []
    try:
        anew = keys.sealed_anew(part, _PLACES[what](key), sealed)
    except Unreadable:
        done.damaged += 1
    for name, place in zip(names, places, strict=True):
        try:
            new_names.append(_blob_anew(name, part, place, keys, kept))
        except Unreadable:
            new_names.append(None)
            done.damaged += 1
    if anew == sealed and not any(new_names):
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "select retention_seal_anew(%s, %s, %s, %s, %s, %s, %s)",
            [item, what, key, sealed, anew, *new_names],
        )
        done.values += int(cursor.fetchone()[0])


def _blob_anew(
    name: object, part: uuid.UUID, place: str, keys: Keyring, kept: Kept
) -> uuid.UUID | None:
    """The name of the same file under the new key; none when there is none, or it is so already."""
    if not isinstance(name, uuid.UUID):
        return None
    with _opened(name) as source:
        pieces = sealed_file_anew(keys, part, place, source)
        return None if pieces is None else kept.keep(pieces)


def _opened(name: uuid.UUID) -> BinaryIO:
    """Raises Missing for a file that is lost, and OSError where it only can't be had now: a folder
    with nothing in it is the wrong one. With its old key gone it would never open again.
    """
    try:
        return open_blob(name)
    except Missing as error:
        is_gone = isinstance(error.__cause__, FileNotFoundError)
        if is_gone and are_any():
            raise
        raise OSError("the sealed files can't be read now") from error
