"""Files as they are shown: their newest version with what it is called and what it is, opened."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, ClassVar

from django.db import connection

from access.models import User
from dossiers.models import Dossier, File, FileVersion, Note, PartKind
from dossiers.queries.damage import noticing, opened_text
from dossiers.queries.visible import file_versions_visible_to, files_visible_to
from files.changes import Change
from files.kinds import Kind, has_pages_to_show
from vault import blobs
from vault.chunks import SealedFile
from vault.errors import Unreadable
from vault.sealing import Keyring


@dataclass(frozen=True)
class Description:
    """What a version is called and what it is; sealed in its row."""

    name: str
    media_type: str
    extension: str
    kind: Kind
    size: int
    pages: int | None
    changes: tuple[Change, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """As it is sealed."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Description:
        """As it was sealed. A change that is known no longer is left out."""
        known = {change.value for change in Change}
        changes = tuple(Change(change) for change in data["changes"] if change in known)
        return cls(**{**data, "kind": Kind(data["kind"]), "changes": changes})

    @property
    def has_pages(self) -> bool:
        """Whether it is shown page by page."""
        return has_pages_to_show(self.kind)

    @property
    def is_text(self) -> bool:
        """Whether it is shown as text."""
        return self.kind in (Kind.TEXT, Kind.MAIL)


@dataclass(frozen=True)
class ShownFile:
    """A file with its newest version, opened."""

    file: File
    version: FileVersion
    what: Description
    is_damaged: ClassVar = False

    @property
    def was_replaced(self) -> bool:
        """Whether there are older versions to look at."""
        return self.version.number > 1


@dataclass(frozen=True)
class DamagedFile:
    """A file whose newest version can't be opened any more; its name, if that can still be read."""

    file: File
    version: FileVersion
    name: str = ""
    is_damaged: ClassVar = True


def description_of(version: FileVersion, keys: Keyring) -> Description:
    """What a version is called and what it is. Raises Unreadable when it can't be opened."""
    return Description.from_json(opened_text(version, keys))


def description_or_none(version: FileVersion, keys: Keyring) -> Description | None:
    """The same for a list that goes on: none when it can't be opened, noted for the log."""
    try:
        return description_of(version, keys)
    except Unreadable:
        return None


def newest_file_versions(
    user: User, files: Iterable[File], *, on: date
) -> dict[uuid.UUID, FileVersion]:
    """The newest version of each file."""
    rows = file_versions_visible_to(user, on=on).filter(file__in=[file.pk for file in files])
    return {v.file_id: v for v in rows.order_by("file_id", "-number").distinct("file_id")}


def opened_files(
    files: Iterable[File], versions: dict[uuid.UUID, FileVersion], keys: Keyring
) -> list[ShownFile | DamagedFile]:
    """The files with what they are. A file whose version is not visible is left out.

    What can't be opened any more, or whose bytes are gone, is noted for the log.
    """
    return [_opened_file(file, versions[file.pk], keys) for file in files if file.pk in versions]


def _opened_file(file: File, version: FileVersion, keys: Keyring) -> ShownFile | DamagedFile:
    name = ""
    try:
        with noticing(version):
            what = description_of(version, keys)
            name = what.name
            if not blobs.is_there(version.blob):
                raise Unreadable("the sealed file is not there")
    except Unreadable:
        return DamagedFile(file, version, name)
    return ShownFile(file, version, what)


def readable(files: Iterable[ShownFile | DamagedFile]) -> list[ShownFile]:
    """Those that can be opened."""
    return [shown for shown in files if isinstance(shown, ShownFile)]


def files_of_notes(
    user: User, notes: Iterable[Note], keys: Keyring, *, on: date
) -> dict[uuid.UUID, tuple[ShownFile | DamagedFile, ...]]:
    """The files of each note, in the order in which they came."""
    rows = files_visible_to(user, on=on).filter(note__in=[note.pk for note in notes])
    files = list(rows.order_by("created_at", "pk"))
    found: dict[uuid.UUID, tuple[ShownFile | DamagedFile, ...]] = {}
    for shown in opened_files(files, newest_file_versions(user, files, on=on), keys):
        if shown.file.note_id is not None:
            found[shown.file.note_id] = (*found.get(shown.file.note_id, ()), shown)
    return found


def content_of(version: FileVersion, keys: Keyring) -> SealedFile:
    """The bytes of a version, to be read by range; closed with its source by whoever asked.

    Raises Unreadable when the blob is not there or was changed at its beginning or its end.
    """
    with noticing(version):
        return _opened(keys, version.part_id, version.content_place, version.blob)


def whole_of(version: FileVersion, keys: Keyring) -> bytes:
    """All bytes of a version, in memory. Raises Unreadable, noted for the log."""
    with noticing(version), content_of(version, keys) as content:
        return content.read_all()


def thumbnail_of(version: FileVersion, keys: Keyring) -> bytes:
    """The small picture of a version. Raises Unreadable when there is none."""
    if version.thumbnail is None:
        raise Unreadable("this version has no thumbnail")
    with noticing(version):
        sealed = _opened(keys, version.part_id, version.thumbnail_place, version.thumbnail)
        with sealed:
            return sealed.read_all()


def _opened(keys: Keyring, part_id: uuid.UUID, place: str, name: uuid.UUID) -> SealedFile:
    source = blobs.open_blob(name)
    try:
        sealed = SealedFile(keys, part_id, place, source)
        sealed.check_ends()
    except BaseException:
        source.close()
        raise
    return sealed


@dataclass(frozen=True)
class FileHeader:
    """That a file exists: who added it and when, in which part; never what it is or is called."""

    id: uuid.UUID
    kind: str
    author_name: str
    created_at: datetime
    withdrawn_at: datetime | None

    @property
    def part_label(self) -> str:
        """The part in words."""
        return str(PartKind(self.kind).label)


def file_headers(dossier: Dossier) -> list[FileHeader]:
    """Headers for the keeper; the database gives none to anybody else (see 0009_files)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select h.id, h.kind, u.name, h.created_at, h.withdrawn_at"
            " from file_headers(%s) h join access_user u on u.id = h.author_id"
            " order by h.created_at desc",
            [dossier.pk],
        )
        return [FileHeader(*row) for row in cursor.fetchall()]


def blobs_of_dossiers(names: list[uuid.UUID]) -> set[uuid.UUID]:
    """Which of these sealed files a version names; asked past row-level security."""
    with connection.cursor() as cursor:
        cursor.execute("select blobs_in_use(%s)", [names])
        return {name for (name,) in cursor.fetchall()}
