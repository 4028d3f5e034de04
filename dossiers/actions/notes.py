"""Writing in a dossier."""

from __future__ import annotations

import uuid
from dataclasses import asdict, dataclass
from datetime import date

from access.errors import NotAllowed
from access.models import User
from audit.actions import record
from audit.grounds import Ground
from dossiers import events
from dossiers.models import DossierPart, Note, NoteVersion
from dossiers.queries import CHANGE, assignment_of, permissions_on
from vault.sealing import keyring


@dataclass(frozen=True)
class NoteText:
    """What a note says: facts apart from opinions (P24)."""

    title: str
    facts: str
    opinion: str = ""


def write_note(*, part: DossierPart, text: NoteText, happened_on: date, by: User, on: date) -> Note:
    """Adds a note to a part that is open to `by`; sealed before it reaches the database."""
    if not permissions_on(by, on, CHANGE).filter(content_object=part).exists():
        raise NotAllowed
    note = Note.objects.create(part=part, author=by, happened_on=happened_on)
    add_version(note=note, text=text, number=1, by=by)
    assignment = assignment_of(by, part.dossier, on=on)
    record(
        events.NOTE_WRITTEN,
        by=by,
        subjects=[part.dossier.pupil.log_key],
        unit=part.dossier.school_id,
        target=note,
        ground=assignment.ground if assignment else Ground.NONE,
    )
    return note


def add_version(*, note: Note, text: NoteText, number: int, by: User) -> NoteVersion:
    """Seals one version of a note."""
    version = NoteVersion(
        id=uuid.uuid4(), note=note, part_id=note.part_id, number=number, author=by
    )
    keys = keyring([note.part_id])
    version.sealed = keys.seal_json(note.part_id, version.place, asdict(text))
    version.save(force_insert=True)
    return version
