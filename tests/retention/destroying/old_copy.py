"""Yesterday's copy in careless hands: put back past the portal's own restore, with what remains."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.db import connections

from dossiers.models import DossierPart, FileVersion, NoteVersion
from dossiers.queries import content_of
from retention.backups import blobs, places
from retention.backups.streams import identity, restore_sealed
from tests.cast import Cast
from tests.retention.backups.conftest import Places
from vault.errors import Unreadable
from vault.sealing import keyring


def what_opens(content: Path, root: Path, cast: Cast) -> dict[str, bool]:
    """Per pupil whether one note or file of that copy can be read with the newest keys.

    Nothing is asked of the ledger: whoever does this has both copies, the private key they are
    sealed to, and the master key.
    """
    (keys,) = Path(settings.KEYS_BACKUP_DIR).glob("*.age")
    opened_by = identity(root / "private-key")
    before, settings.FILES_DIR = settings.FILES_DIR, root / "files-of-the-copy"
    try:
        with Places(root).empty_databases():
            for alias, dump in (("keys", keys), ("default", content / places.CONTENT)):
                restore_sealed(dump, connections[alias].settings_dict, opened_by)
            blobs.put_back(content.parent, content)
            return {key: _any_opens(pupil.pk) for key, pupil in cast.pupils.items()}
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
