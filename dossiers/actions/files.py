"""Files of a dossier: adding, replacing, moving within the dossier, taking one out of sight."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from access.errors import NotAllowed, Overtaken, Refused
from access.models import User
from access.turns import wait_for_turn
from audit.actions import record
from audit.blobs import kept_blobs
from audit.events import Event
from audit.grounds import Ground
from dossiers import events, rules
from dossiers.actions.refusals import ground_for, is_first, must_reach
from dossiers.kinds import Part
from dossiers.models import Dossier, DossierPart, File, FileVersion, Note
from dossiers.queries import (
    Description,
    description_of,
    is_own_child,
    thumbnail_of,
    whole_of,
)
from files.changes import Change
from files.errors import Unwelcome
from files.intake import Clean, take_in
from vault.blobs import Kept
from vault.chunks import seal_file
from vault.errors import Unreadable
from vault.sealing import Keyring, keyring

_ALREADY_WITHDRAWN = _("This file was withdrawn already.")
_LOST = _("This file can't be read any more. Tell your administrator.")


@dataclass(frozen=True)
class Sent:
    """A file as somebody sent it: what they call it, and how it becomes one that may be kept."""

    name: str
    clean: Callable[[], Clean]

    @classmethod
    def of(cls, name: str, data: bytes) -> Sent:
        """Bytes nobody knows yet."""
        return cls(name, lambda: take_in(data, name=name))


@dataclass(frozen=True)
class Result:
    """What became of one file: kept and what was changed in it, or refused and why."""

    name: str
    file: File | None = None
    changes: tuple[Change, ...] = ()
    refusal: str = ""


@transaction.atomic
def add_files(
    *, part: DossierPart, sent: Sequence[Sent], by: User, on: date, note: Note | None = None
) -> list[Result]:
    """Adds files to a part, each for itself: one that is refused does not lose the others."""
    results = []
    for one in sent:
        try:
            results.append(add_file(part=part, sent=one, by=by, on=on, note=note))
        except (Unwelcome, Refused) as refusal:
            results.append(Result(one.name, refusal=str(refusal.sentence)))
    return results


@transaction.atomic
def add_file(
    *, part: DossierPart, sent: Sent, by: User, on: date, note: Note | None = None
) -> Result:
    """Cleans one file, seals it and adds it to a part, or to a note of that part.

    Raises NotAllowed for a part that is not open, Unwelcome when the file can't be taken in,
    Refused when the part holds no files, a citizen service number stands in its name or the disk
    is full. Then nothing of it is kept.
    """
    must_reach(part=part, by=by, on=on)
    if Part(part.kind) not in rules.HOLDS_FILES:
        raise Refused(_("The emergency card holds no files."))
    if note is not None and note.part_id != part.pk:
        raise NotAllowed
    clean = _cleaned(sent)
    must_reach(part=part, by=by, on=on)  # cleaning takes a while: an assignment may have ended
    if note is not None:
        wait_for_turn(part.dossier_id)  # nobody begins to erase the note meanwhile
    file = File.objects.create(part=part, note=note, author=by)
    with kept_blobs() as kept:
        _add_version(file, clean, number=1, by=by, kept=kept)
    _record(events.FILE_ADDED, file, by=by, on=on)
    return Result(clean.name, file, clean.changes)


@transaction.atomic
def replace_file(*, file: File, sent: Sent, seen_number: int, by: User, on: date) -> Result:
    """Adds a version to a file and keeps the old ones.

    `seen_number` is the version the sender had before them. Raises Overtaken when somebody else
    replaced it meanwhile, Refused or Unwelcome as with a new file.
    """
    must_reach(part=file.part, by=by, on=on)
    clean = _cleaned(sent)
    must_reach(part=file.part, by=by, on=on)
    _must_stand(file)
    newest = FileVersion.objects.filter(file=file).order_by("-number")[0]
    if newest.number != seen_number:
        raise Overtaken(_("Somebody else replaced this file while you were choosing yours."))
    with kept_blobs() as kept:
        _add_version(file, clean, number=seen_number + 1, by=by, kept=kept)
    _record(events.FILE_REPLACED, file, by=by, on=on, version=seen_number + 1)
    return Result(clean.name, file, clean.changes)


@transaction.atomic
def withdraw_file(*, file: File, by: User, on: date) -> None:
    """Takes an own file out of sight for everybody; destroyed with the dossier, or sooner."""
    must_reach(part=file.part, by=by, on=on)
    if file.author_id != by.pk:
        raise NotAllowed
    _withdraw(file, by)
    _record(events.FILE_WITHDRAWN, file, by=by, on=on)


@transaction.atomic
def withdraw_file_as_keeper(*, dossier: Dossier, file_id: uuid.UUID, by: User, on: date) -> None:
    """Takes a file out of sight as keeper of the dossiers (P7), without seeing it.

    The database decides who keeps this dossier; never one of the keeper's own child.
    """
    if is_own_child(by, dossier):
        raise NotAllowed
    with connection.cursor() as cursor:
        cursor.execute("select withdraw_file_as_keeper(%s, %s)", [dossier.pk, file_id])
        (touched,) = cursor.fetchone()
    if not touched:
        raise Refused(_ALREADY_WITHDRAWN)
    record(
        events.FILE_WITHDRAWN,
        by=by,
        subjects=[dossier.pupil.log_key],
        unit=dossier.school_id,
        target=File(pk=file_id),
        changed=["withdrawn_at"],
        ground=Ground.CUSTODIAN,
    )


@transaction.atomic
def move_file(*, file: File, to: DossierPart, by: User, on: date) -> File:
    """Moves a file to another part of the same dossier: every version is sealed anew under its key.

    The old row stays, withdrawn, as where it came from. Raises NotAllowed for a part that is not
    open or of another dossier, Refused when it stands there already or was withdrawn.
    """
    must_reach(part=file.part, by=by, on=on)
    must_reach(part=to, by=by, on=on)
    if to.dossier_id != file.part.dossier_id:
        raise NotAllowed
    if to.pk == file.part_id:
        raise Refused(_("This file stands in that part already."))
    if Part(to.kind) not in rules.HOLDS_FILES:
        raise Refused(_("The emergency card holds no files."))
    wait_for_turn(to.dossier_id)  # nobody begins to erase it meanwhile
    _withdraw(file, by)
    moved = File.objects.create(
        part=to, author_id=file.author_id, created_at=file.created_at, moved_from=file
    )
    with kept_blobs() as kept:
        _seal_anew(file, moved, kept)
    _record(events.FILE_MOVED, moved, by=by, on=on, from_part=file.part.kind)
    return moved


def _cleaned(sent: Sent) -> Clean:
    clean = sent.clean()
    if rules.holds_bsn(clean.name):
        raise Refused(
            _("A citizen service number (bsn) stands in the name of this file. Rename it first.")
        )
    return clean


def _must_stand(file: File) -> None:
    """Neither the file nor the note it belongs to was withdrawn meanwhile."""
    rows = File.objects.filter(pk=file.pk, note__withdrawn_at__isnull=True)
    if not is_first(rows.filter(withdrawn_at__isnull=True)):
        raise Refused(_ALREADY_WITHDRAWN)


def _withdraw(file: File, by: User) -> None:
    _must_stand(file)
    File.objects.filter(pk=file.pk).update(withdrawn_at=timezone.now(), withdrawn_by=by)


def _add_version(file: File, clean: Clean, *, number: int, by: User, kept: Kept) -> None:
    """Seals one version: its bytes and its thumbnail on disk, what it is in its row."""
    version = FileVersion(id=uuid.uuid4(), file=file, part_id=file.part_id, number=number)
    version.author = by
    what = Description(
        name=clean.name,
        media_type=clean.media_type,
        extension=clean.extension,
        kind=clean.kind,
        size=len(clean.content),
        pages=clean.pages,
        changes=clean.changes,
    )
    keys = keyring([file.part_id])
    _seal(version, what, clean.content, lambda: clean.thumbnail, keys=keys, kept=kept)


def _seal(
    version: FileVersion,
    what: Description,
    data: bytes | memoryview,
    draw: Callable[[], bytes | None],
    *,
    keys: Keyring,
    kept: Kept,
) -> None:
    """The thumbnail comes second: it is still being drawn while the file is sealed."""
    part = version.part_id
    version.blob = kept.keep(seal_file(keys, part, version.content_place, data))
    thumbnail = draw()
    if thumbnail:
        version.thumbnail = kept.keep(seal_file(keys, part, version.thumbnail_place, thumbnail))
    version.sealed = keys.seal_json(part, version.place, what.as_json())
    version.save(force_insert=True)


def _as_it_was(thumbnail: bytes | None) -> bytes | None:
    return thumbnail


def _seal_anew(file: File, moved: File, kept: Kept) -> None:
    """Every version of a file, from the key of the old part to that of the new one."""
    keys = keyring([file.part_id, moved.part_id])
    for old in FileVersion.objects.filter(file=file).order_by("number"):
        new = FileVersion(
            id=uuid.uuid4(),
            file=moved,
            part_id=moved.part_id,
            number=old.number,
            author_id=old.author_id,
            created_at=old.created_at,
        )
        try:
            data = whole_of(old, keys)
            thumbnail = thumbnail_of(old, keys) if old.thumbnail else None
            what = description_of(old, keys)
        except Unreadable as problem:
            raise Refused(_LOST) from problem
        _seal(new, what, data, partial(_as_it_was, thumbnail), keys=keys, kept=kept)


def _record(event: Event, file: File, *, by: User, on: date, **detail: str | int) -> None:
    part = file.part
    record(
        event,
        by=by,
        subjects=[part.dossier.pupil.log_key],
        unit=part.dossier.school_id,
        target=file,
        changed=["withdrawn_at"] if event is events.FILE_WITHDRAWN else [],
        ground=ground_for(part=part, by=by, on=on),
        detail={"part": part.kind, **detail},
    )
