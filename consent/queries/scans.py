"""Scans of answers on paper: which somebody may see, and what is in them, opened."""

from __future__ import annotations

import uuid
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet

from access.models import User
from access.permissions import Permission
from access.visibility import visibility_of
from audit.damage import noticing
from consent.attachments import read_file
from consent.models import Scan
from consent.queries.damage import damage_of_pupils_own
from files.changes import Change
from files.kinds import Kind
from files.results import Clean
from students.models import Parenthood
from vault.sealing import keyring


@dataclass(frozen=True)
class Paper:
    """What a scan is; sealed in its row. It is called a scan, not as whoever sent it called it."""

    name: str
    media_type: str
    extension: str
    kind: Kind
    size: int
    pages: int | None
    changes: tuple[Change, ...] = ()

    @classmethod
    def of(cls, clean: Clean) -> Paper:
        """What was taken in."""
        return cls(
            name=f"scan.{clean.extension}",
            media_type=clean.media_type,
            extension=clean.extension,
            kind=clean.kind,
            size=len(clean.content),
            pages=clean.pages,
            changes=clean.changes,
        )

    def as_json(self) -> dict[str, Any]:
        """As it is sealed."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Paper:
        """As it was sealed. A change that is known no longer is left out."""
        known = {change.value for change in Change}
        changes = tuple(Change(change) for change in data["changes"] if change in known)
        return cls(**{**data, "kind": Kind(data["kind"]), "changes": changes})


@visibility_of(lambda: Scan.objects.select_related("pupil", "school__unit", "added_by"))
def scans_kept_by(rows: QuerySet[Scan], user: User, day: date) -> QuerySet[Scan]:
    """Scans of the schools where `user` records answers, not withdrawn; never of an own child."""
    own = Parenthood.objects.filter(
        parent__user=user, pupil=OuterRef("pupil"), withdrawn_at__isnull=True
    )
    units = user.units_with(Permission.RECORD_CONSENT, day)
    return rows.filter(~Exists(own), school__in=units, withdrawn_at__isnull=True)


def paper_of(scan: Scan) -> Paper:
    """What a scan is. Raises Unreadable, noted for the log, when its key is gone."""
    with noticing(lambda: damage_of_pupils_own(scan)):
        return Paper.from_json(keyring([scan.pk]).open_json(scan.pk, scan.place, scan.sealed))


def content_of_scan(scan: Scan) -> bytes:
    """The whole scan, opened. Raises Unreadable, noted for the log, when it can't be."""
    with noticing(lambda: damage_of_pupils_own(scan)):
        return read_file(keyring([scan.pk]), scan.pk, scan.content_place, scan.blob)


def blobs_of_scans(names: list[uuid.UUID]) -> set[uuid.UUID]:
    """Which of these sealed files a scan names; asked past row-level security, by the sweep."""
    with connection.cursor() as cursor:
        cursor.execute("select scans_in_use(%s)", [names])
        return {name for (name,) in cursor.fetchall()}
