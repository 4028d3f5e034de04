"""What stands on the pages of one dossier: parts with counts, notes, counsellors, where and since.

Each function is one query, whatever the number of rows (the keys of the vault make one more).
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.functional import Promise

from access.models import Membership, User
from access.roles import ROLES
from dossiers import rules
from dossiers.kinds import Part
from dossiers.models import (
    Assignment,
    Dossier,
    DossierPart,
    Note,
    NoteVersion,
    PartKind,
)
from dossiers.queries.damage import text_or_none
from dossiers.queries.files import DamagedFile, ShownFile
from dossiers.queries.visible import (
    agreements_visible_to,
    files_visible_to,
    note_versions_visible_to,
    notes_visible_to,
    parts_visible_to,
)
from students.models import Enrolment, GroupMembership, Parenthood
from vault.sealing import Keyring


@dataclass(frozen=True)
class PartEntry:
    """One part in the side navigation; a locked part has no row and no count."""

    kind: str
    label: str
    part: DossierPart | None
    notes: int = 0
    agreements: int = 0
    files: int = 0

    @property
    def is_open(self) -> bool:
        """Whether the reader may go in."""
        return self.part is not None

    @property
    def count(self) -> int | None:
        """How much is in an open part; the emergency card is one thing and has no count."""
        if self.part is None or self.kind == PartKind.EMERGENCY:
            return None
        return self.notes + self.agreements + self.files


def part_entries(user: User, dossier: Dossier, *, on: date) -> list[PartEntry]:
    """Every part in its fixed order: the open ones with how much is in them, the others locked."""
    notes = _how_many(notes_visible_to(user, on=on))
    agreements = _how_many(agreements_visible_to(user, on=on).filter(closed_at__isnull=True))
    files = _how_many(files_visible_to(user, on=on))
    rows = parts_visible_to(user, on=on).filter(dossier=dossier)
    found: dict[str, Any] = {
        part.kind: part
        for part in rows.annotate(
            number_of_notes=Coalesce(notes, 0),
            number_of_agreements=Coalesce(agreements, 0),
            number_of_files=Coalesce(files, 0),
        )
    }
    return [_entry(kind, found.get(kind)) for kind in PartKind]


def _how_many(rows: QuerySet[Any]) -> Subquery:
    counted = rows.filter(part=OuterRef("pk")).order_by().values("part").annotate(n=Count("pk"))
    return Subquery(counted.values("n"))


def _entry(kind: PartKind, part: Any) -> PartEntry:
    """One part with how much is in it; one that is not open has no row."""
    if part is None:
        return PartEntry(kind.value, str(kind.label), None)
    return PartEntry(
        kind.value,
        str(kind.label),
        part,
        notes=part.number_of_notes,
        agreements=part.number_of_agreements,
        files=part.number_of_files,
    )


@dataclass(frozen=True)
class ShownNote:
    """A note as it is read: its newest version, opened. One that is damaged has no text."""

    note: Note
    version: NoteVersion
    text: dict[str, str] | None
    files: tuple[ShownFile | DamagedFile, ...] = ()

    @property
    def is_damaged(self) -> bool:
        """Whether what was written can't be read any more."""
        return self.text is None

    @property
    def said(self) -> dict[str, str]:
        """What it says, by field; nothing when it is damaged."""
        return self.text or {}

    @property
    def was_corrected(self) -> bool:
        """Whether there are older versions to look at."""
        return self.version.number > 1

    @property
    def mentions_others(self) -> bool:
        """Whether a passage about somebody else is marked in it."""
        return any(p.about_others for said in self.said.values() for p in rules.passages(said))


def newest_versions(user: User, notes: list[Note], *, on: date) -> dict[uuid.UUID, NoteVersion]:
    """The newest version of each note."""
    rows = note_versions_visible_to(user, on=on).filter(note__in=notes)
    return {v.note_id: v for v in rows.order_by("note_id", "-number").distinct("note_id")}


def opened(
    notes: list[Note], versions: dict[uuid.UUID, NoteVersion], keys: Keyring
) -> list[ShownNote]:
    """The notes with what they say. A note whose version is not visible is left out.

    What can't be opened any more is there without a text, and noted for the log.
    """
    return [
        ShownNote(note, versions[note.pk], text_or_none(versions[note.pk], keys))
        for note in notes
        if note.pk in versions
    ]


@dataclass(frozen=True)
class CounsellorLine:
    """Somebody who may open (a part of) this dossier today, as the side of the page lists them."""

    name: str
    role: str | Promise
    kind: str
    until: date | None


def counsellors_of(dossier: Dossier, *, on: date) -> list[CounsellorLine]:
    """Everybody assigned today, each once, longest standing first; emergencies are for the log."""
    rows = (
        Assignment.objects.filter(
            Q(ends_on__isnull=True) | Q(ends_on__gte=on), dossier=dossier, starts_on__lte=on
        )
        .exclude(kind=Assignment.Kind.EMERGENCY)
        .select_related("user")
        .order_by(F("ends_on").desc(nulls_first=True), "starts_on", "assigned_at")
    )
    found: dict[uuid.UUID, Assignment] = {}
    for row in rows:
        found.setdefault(row.user_id, row)
    roles = _roles_at(dossier, list(found), on=on)
    return [
        CounsellorLine(row.user.name, roles.get(row.user_id, ""), row.kind, row.ends_on)
        for row in sorted(found.values(), key=lambda row: row.starts_on)
    ]


def _roles_at(dossier: Dossier, users: list[uuid.UUID], *, on: date) -> dict[uuid.UUID, Any]:
    held = Membership.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=on),
        user__in=users,
        unit=dossier.school_id,
        starts_on__lte=on,
    ).order_by("-starts_on")
    return {row.user_id: ROLES[row.role].label for row in held}


def _groups(**which: Any) -> QuerySet[GroupMembership]:
    """Places in groups, a real group before a combined one, the newest first."""
    rows = GroupMembership.objects.filter(**which)
    return rows.order_by("group__is_combined", "-starts_on")


def place_of(dossier: Dossier, *, on: date) -> Any:
    """The newest enrolment at the dossier's school, with the name of today's group."""
    groups = _groups(enrolment=OuterRef("pk"), starts_on__lte=on).filter(_lasts_on(on))
    return (
        Enrolment.objects.filter(pupil=dossier.pupil_id, school=dossier.school_id)
        .annotate(group_name=Subquery(groups.values("group__name")[:1]))
        .order_by("-starts_on")
        .first()
    )


def group_names(dossiers: Iterable[Dossier], *, on: date) -> dict[uuid.UUID, str]:
    """Today's group of each dossier's pupil at its school: one query, one name a dossier."""
    by_place = {(d.pupil_id, d.school_id): d.pk for d in dossiers}
    rows = _groups(
        enrolment__pupil__in=[pupil for pupil, _school in by_place], starts_on__lte=on
    ).filter(_lasts_on(on))
    found: dict[uuid.UUID, str] = {}
    for pupil, school, name in rows.values_list(
        "enrolment__pupil", "enrolment__school", "group__name"
    ):
        key = by_place.get((pupil, school))
        if key is not None:
            found.setdefault(key, name)
    return found


def _lasts_on(day: date) -> Q:
    return Q(ends_on__isnull=True) | Q(ends_on__gte=day)


def assignment_for(
    user: User, dossier: Dossier, part: Part | str, *, on: date
) -> Assignment | None:
    """The assignment on which `user` reads this part: the longest standing one that reaches it."""
    return (
        Assignment.objects.filter(
            Q(ends_on__isnull=True) | Q(ends_on__gte=on),
            user=user,
            dossier=dossier,
            starts_on__lte=on,
            kind__in=[kind.value for kind in rules.reached_by(Part(part))],
        )
        .order_by("starts_on", "assigned_at")
        .first()
    )


@dataclass(frozen=True)
class NoteHeader:
    """That a note exists: who wrote it and when, in which part; never what it says."""

    id: uuid.UUID
    kind: str
    author_name: str
    happened_on: date
    created_at: datetime
    withdrawn_at: datetime | None

    @property
    def part_label(self) -> str:
        """The part in words."""
        return str(PartKind(self.kind).label)


def note_headers(dossier: Dossier) -> list[NoteHeader]:
    """Headers for the keeper; the database gives none to anybody else (see 0002_locks)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select h.id, h.kind, u.name, h.happened_on, h.created_at, h.withdrawn_at"
            " from note_headers(%s) h join access_user u on u.id = h.author_id"
            " order by h.created_at desc",
            [dossier.pk],
        )
        return [NoteHeader(*row) for row in cursor.fetchall()]


def is_own_child(user: User, dossier: Dossier) -> bool:
    """Whether `user` is a parent of this pupil: then they handle nothing here as staff."""
    return Parenthood.objects.filter(
        parent__user=user, pupil=dossier.pupil_id, withdrawn_at__isnull=True
    ).exists()
