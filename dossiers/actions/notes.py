"""Writing in a dossier: notes, their corrections, and taking one out of the wrong dossier."""

from __future__ import annotations

import uuid
from dataclasses import asdict, dataclass
from datetime import date

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from access.errors import NotAllowed, Overtaken, Refused
from access.models import User
from audit.actions import record
from audit.grounds import Ground
from dossiers import events, rules
from dossiers.actions.refusals import ground_for, is_first, must_hold_no_bsn, must_reach
from dossiers.kinds import Part
from dossiers.models import Dossier, DossierPart, Note, NoteVersion
from dossiers.queries import note_headers, opened_text
from vault.sealing import keyring

_ALREADY_WITHDRAWN = _("This note was withdrawn already.")


@dataclass(frozen=True)
class NoteText:
    """What a note says: facts apart from opinions (P24)."""

    title: str
    facts: str
    opinion: str = ""


@transaction.atomic
def write_note(*, part: DossierPart, text: NoteText, happened_on: date, by: User, on: date) -> Note:
    """Adds a note to a part that is open to `by`; sealed before it reaches the database.

    Raises NotAllowed for a part that is not open, Refused when the part holds no notes, the day
    has yet to come, or a citizen service number was typed.
    """
    must_reach(part=part, by=by, on=on)
    if Part(part.kind) not in rules.HOLDS_NOTES:
        raise Refused(_("Agreements and the emergency card have a form of their own."))
    if happened_on > on:
        raise Refused(_("A note is about something that happened. Choose today or an earlier day."))
    must_hold_no_bsn(text.title, text.facts, text.opinion)
    note = Note.objects.create(part=part, author=by, happened_on=happened_on)
    add_version(note=note, text=text, number=1, by=by)
    record(
        events.NOTE_WRITTEN,
        by=by,
        subjects=[part.dossier.pupil.log_key],
        unit=part.dossier.school_id,
        target=note,
        ground=ground_for(part=part, by=by, on=on),
        detail={"part": part.kind},
    )
    return note


@transaction.atomic
def correct_note(
    *, note: Note, text: NoteText, reason: str, seen_number: int, by: User, on: date
) -> NoteVersion:
    """Adds a version to a note and keeps the old ones: who, when, and the reason, sealed with it.

    `seen_number` is the version the writer had before them. Raises Overtaken when somebody else
    corrected the note meanwhile, Refused when it was withdrawn or nothing is different.
    """
    must_reach(part=note.part, by=by, on=on)
    must_hold_no_bsn(text.title, text.facts, text.opinion, reason)
    if not reason.strip():
        raise Refused(_("Say why you correct this note."))
    if not is_first(Note.objects.filter(pk=note.pk, withdrawn_at__isnull=True)):
        raise Refused(_ALREADY_WITHDRAWN)
    newest = NoteVersion.objects.filter(note=note).order_by("-number")[0]
    if newest.number != seen_number:
        raise Overtaken(_("Somebody else corrected this note while you were writing."))
    old = opened_text(newest, keyring([newest.part_id]))
    changed = [field for field, value in asdict(text).items() if old.get(field, "") != value]
    if not changed:
        raise Refused(_("Nothing is different from the note as it stands."))
    version = add_version(note=note, text=text, number=seen_number + 1, by=by, reason=reason)
    record(
        events.NOTE_CORRECTED,
        by=by,
        subjects=[note.part.dossier.pupil.log_key],
        unit=note.part.dossier.school_id,
        target=note,
        changed=changed,
        ground=ground_for(part=note.part, by=by, on=on),
        detail={"part": note.part.kind, "version": version.number},
    )
    return version


@transaction.atomic
def withdraw_note(*, note: Note, by: User, on: date) -> None:
    """Takes an own note out of sight for everybody; destroyed with the dossier, or sooner."""
    must_reach(part=note.part, by=by, on=on)
    if note.author_id != by.pk:
        raise NotAllowed
    standing = Note.objects.filter(pk=note.pk, withdrawn_at__isnull=True)
    if not is_first(standing):
        raise Refused(_ALREADY_WITHDRAWN)
    standing.update(withdrawn_at=timezone.now(), withdrawn_by=by)
    ground = ground_for(part=note.part, by=by, on=on)
    _record_withdrawal(note.part.dossier, note, by=by, ground=ground)


@transaction.atomic
def withdraw_note_as_keeper(*, dossier: Dossier, note_id: uuid.UUID, by: User, on: date) -> None:
    """Takes a note out of sight as keeper of the dossiers (P7), without reading what it says.

    The database decides who keeps this dossier, and shows its notes to nobody else: never those
    of the keeper's own child, and none that stands in another dossier.
    """
    if note_id not in {header.id for header in note_headers(dossier)}:
        raise NotAllowed
    with connection.cursor() as cursor:
        cursor.execute("select withdraw_note_as_keeper(%s)", [note_id])
        (touched,) = cursor.fetchone()
    if not touched:
        raise Refused(_ALREADY_WITHDRAWN)
    _record_withdrawal(dossier, Note(pk=note_id), by=by, ground=Ground.CUSTODIAN)


def _record_withdrawal(dossier: Dossier, note: Note, *, by: User, ground: Ground) -> None:
    record(
        events.NOTE_WITHDRAWN,
        by=by,
        subjects=[dossier.pupil.log_key],
        unit=dossier.school_id,
        target=note,
        changed=["withdrawn_at"],
        ground=ground,
    )


def add_version(
    *, note: Note, text: NoteText, number: int, by: User, reason: str = ""
) -> NoteVersion:
    """Seals one version of a note."""
    version = NoteVersion(
        id=uuid.uuid4(), note=note, part_id=note.part_id, number=number, author=by
    )
    content = asdict(text) | ({"reason": reason} if reason else {})
    keys = keyring([note.part_id])
    version.sealed = keys.seal_json(note.part_id, version.place, content)
    version.save(force_insert=True)
    return version
