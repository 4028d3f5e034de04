"""Makes a copy: content, then sealed files, then keys; and lets old ones go.

The order matters: a key is made before what it seals, and a file before its row, so each row of
the content finds both, as nothing is swept meanwhile. Of the keys only the newest copy stays:
destroying a key then ends every copy of what it sealed. Content stays `PORTAL_BACKUP_DAYS`, with
the names in it.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from retention import ledger
from retention.backups import blobs, manifest, places
from retention.backups.manifest import Manifest
from retention.backups.streams import BackupFailed, dump_sealed, sha256_of
from retention.level import must_stand_level
from vault.blobs import all_stay
from vault.disk import flush_folder


@dataclass(frozen=True)
class Made:
    """What a copy consists of."""

    content: Path
    keys: Path
    blobs: int
    begun_at: datetime
    let_go: int  # sets that were older than they may be


def make_backup(gone: Mapping[str, str], *, not_before: datetime | None = None) -> Made:
    """One whole copy. Raises BackupRefused or BackupFailed; then the copies from before stay.

    The copy of the keys replaces the one before only when it is safely on disk. `gone` is what was
    gone before this was called (`gone_by_now`): the copy says so of itself. Content that was copied
    since `not_before` is not copied again: that run came no further. Raises LedgerDamaged
    too: keys of a database that is behind the ledger would replace the only ones of today.
    """
    content, keys = places.content_folder(), places.keys_folder()
    must_stand_level()
    with places.alone(content), all_stay():
        _clear_half_made(content)
        made = _copied_since(content, not_before) or _copy_content(content, gone)
        said = manifest.read(made / places.MANIFEST)
        newest = _copy_keys(keys, said.gone)
        let_go = _let_old_ones_go(content)
        blobs.leave_only_listed(content)
    return Made(made, newest, said.blobs, datetime.fromisoformat(said.begun_at), let_go)


def let_old_ones_go() -> int:
    """Lets sets go that are older than they may be; says how many. Also when no new one is made.

    Raises Busy while a copy is being made, BackupFailed when that of the keys was damaged.
    """
    content = places.content_folder()
    with places.alone(content):
        number = _let_old_ones_go(content)
        if number:
            blobs.leave_only_listed(content)
    return number


def newest_keys() -> Manifest | None:
    """What the one copy of the keys says of itself; none when there is none, or more than one.

    Raises BackupFailed when it is not as it was made: a destruction list closes only over a copy
    that could be put back, and that was begun after its last key was destroyed.
    """
    found = list(places.keys_folder().glob(f"{places.KEYS}-*.json"))
    dumps = list(places.keys_folder().glob(f"{places.KEYS}-*.age"))
    if len(found) != 1 or [path.stem for path in dumps] != [found[0].stem]:
        return None
    check_keys(dumps[0])
    return manifest.read(found[0])


def check_keys(dump: Path) -> None:
    """Reads a copy of the keys anew, beside its manifest. Raises BackupFailed."""
    said = manifest.read(dump.with_suffix(".json"))
    if said.kind != places.KEYS or not dump.is_file() or sha256_of(dump) != said.sha256:
        raise BackupFailed(f"{dump.name} was changed")


def check_backup(one_set: Path) -> int:
    """Reads a whole set anew: its manifest, dump and files. Raises BackupFailed; says how many."""
    said = manifest.read(one_set / places.MANIFEST)
    if sha256_of(one_set / places.CONTENT) != said.sha256:
        raise BackupFailed(f"{places.CONTENT} was changed")
    if sha256_of(one_set / places.BLOBS) != said.blobs_sha256:
        raise BackupFailed(f"{places.BLOBS} was changed")
    return blobs.check(one_set.parent, one_set)


def _database(alias: str) -> Mapping[str, Any]:
    if alias not in settings.BACKUP_DATABASES:
        raise places.BackupRefused(
            "Copies are read with a login of their own: set PORTAL_BACKUP_DB and"
            " PORTAL_BACKUP_KEYS_DB."
        )
    found: Mapping[str, Any] = settings.BACKUP_DATABASES[alias]
    return found


def _copied_since(folder: Path, moment: datetime | None) -> Path | None:
    """The newest set, where it was begun since a moment."""
    newest = next(reversed(places.sets(folder)), None)
    if newest is None or moment is None:
        return None
    return newest if moment <= _begun(newest) <= timezone.now() else None


def _copy_content(folder: Path, gone: Mapping[str, str]) -> Path:
    begun, head = timezone.now(), ledger.head()
    half = places.half_set(folder, places.set_name(begun))
    dumped = dump_sealed(_database("default"), half / places.CONTENT)
    listed = blobs.copy_into(folder, half)
    manifest.write(
        half / places.MANIFEST,
        Manifest(
            kind="content",
            begun_at=begun.isoformat(),
            finished_at=timezone.now().isoformat(),
            sha256=dumped.sha256,
            size=dumped.size,
            blobs=len(listed),
            blobs_size=sum(blob.size for blob in listed),
            blobs_sha256=sha256_of(half / places.BLOBS),
            ledger_number=head.number,
            ledger_hash=head.hash,
            gone=gone,
        ),
    )
    return places.finish(half)


def _copy_keys(folder: Path, gone: Mapping[str, str]) -> Path:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    begun, head = timezone.now(), ledger.head()
    before = list(folder.glob(f"{places.KEYS}-*"))
    path = folder / f"{places.KEYS}-{begun:%Y%m%dT%H%M%S%fZ}.age"
    dumped = dump_sealed(_database("keys"), path)
    said = Manifest(
        kind="keys",
        begun_at=begun.isoformat(),
        finished_at=timezone.now().isoformat(),
        sha256=dumped.sha256,
        size=dumped.size,
        blobs=0,
        blobs_size=0,
        blobs_sha256="",
        ledger_number=head.number,
        ledger_hash=head.hash,
        gone=gone,
    )
    manifest.write(path.with_suffix(".json"), said)
    flush_folder(folder)
    for older in before:
        older.unlink()
    flush_folder(folder)
    return path


def _clear_half_made(content: Path) -> None:
    for half in places.half_made(content):
        shutil.rmtree(half)


def _let_old_ones_go(folder: Path) -> int:
    """Sets older than they may be, but for the newest, and the newest that the keys fit.

    A set that was begun after the copy of the keys holds what no key in it opens. Without a copy of
    the keys nobody knows which fit, so none goes.
    """
    oldest, all_of_them = timezone.now() - timedelta(days=settings.BACKUP_DAYS), places.sets(folder)
    old = [one for one in all_of_them[:-1] if _begun(one) < oldest]
    keys = newest_keys() if old else None
    if keys is None:
        return 0
    copied_at = datetime.fromisoformat(keys.begun_at)
    fit = [one for one in all_of_them if _begun(one) <= copied_at]
    old = [one for one in old if one not in fit[-1:]]
    for one in old:
        going = one.with_name(f"{one.name}.half")
        one.rename(going)  # gone at once as a set, whatever happens in the middle
        shutil.rmtree(going)
    return len(old)


def _begun(one: Path) -> datetime:
    return datetime.strptime(one.name, "%Y%m%dT%H%M%S%fZ").replace(tzinfo=UTC)
