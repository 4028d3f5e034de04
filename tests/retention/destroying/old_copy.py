"""Yesterday's copy: put back in careless hands, with what remains; then destroyed again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from django.conf import settings
from django.db import connections

from dossiers.models import DossierPart, FileVersion, NoteVersion
from dossiers.queries import content_of
from retention.actions.again import destroy_missing_again
from retention.backups import blobs, manifest, places
from retention.backups.streams import identity, restore_sealed
from retention.models import Certificate
from retention.taking_back import take_approvals_back
from tests.cast import Cast
from tests.retention.backups.conftest import Places
from tests.retention.destroying.evidence import Kept, everything
from vault.errors import Unreadable
from vault.sealing import keyring


@dataclass
class PutBack:
    """Per pupil whether one note or file of the copy could be read, before anything else was done.

    And what stood there once the portal's restore had destroyed again what the ledger names.
    """

    opens: dict[str, bool]
    lines: int
    destroyed_again: Kept
    certificates: list[Certificate]


def put_back(
    content: Path, root: Path, cast: Cast, on: date, carry_on: Callable[[], None]
) -> PutBack:
    """First nothing is asked of the ledger; then it is; then the worker carries on.

    Whoever does this has both copies, the private key they are sealed to, and the master key.
    """
    (keys,) = Path(settings.KEYS_BACKUP_DIR).glob("*.age")
    opened_by = identity(root / "private-key")
    before, settings.FILES_DIR = settings.FILES_DIR, root / "files-of-the-copy"
    try:
        with Places(root).empty_databases():
            for alias, dump in (("keys", keys), ("default", content / places.CONTENT)):
                restore_sealed(dump, connections[alias].settings_dict, opened_by)
            blobs.put_back(content.parent, content)
            opens = {key: _any_opens(pupil.pk) for key, pupil in cast.pupils.items()}
            lines = destroy_missing_again(on=on)
            made_at = manifest.read(content / places.MANIFEST).begun_at
            take_approvals_back(copied_at=datetime.fromisoformat(made_at), on=on)
            again = everything()
            carry_on()
            return PutBack(opens, lines, again, list(Certificate.objects.all()))
    finally:
        settings.FILES_DIR = before


def _any_opens(pupil: object) -> bool:
    parts = list(DossierPart.objects.filter(dossier__pupil=pupil).values_list("pk", flat=True))
    notes = NoteVersion.objects.filter(part_id__in=parts)
    files = FileVersion.objects.filter(part_id__in=parts)
    assert notes.exists(), "the copy holds nothing, so this proves nothing"
    assert files.exists()
    return any([*map(_note_opens, notes), *map(_file_opens, files)])


def _note_opens(version: NoteVersion) -> bool:
    try:
        keyring([version.part_id]).open_json(version.part_id, version.place, version.sealed)
    except Unreadable:
        return False
    return True


def _file_opens(version: FileVersion) -> bool:
    try:
        with content_of(version, keyring([version.part_id])) as content:
            content.read_all()
    except Unreadable:
        return False
    return True
