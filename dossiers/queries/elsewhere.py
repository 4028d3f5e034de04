"""What other systems keep about a pupil, opened for who keeps that list."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from dossiers.models import Dossier, DossierPart, OtherSystemRecord, PartKind
from dossiers.queries.damage import noticing
from vault.errors import Unreadable
from vault.sealing import Keyring, keyring


@dataclass(frozen=True)
class ShownElsewhere:
    """One line of the list, opened: system, kind, custodian and term; none when it is damaged."""

    record: OtherSystemRecord
    text: dict[str, str] | None

    @property
    def is_damaged(self) -> bool:
        """Whether the line can't be read any more."""
        return self.text is None

    @property
    def has_ended(self) -> bool:
        """Whether the other system keeps it no longer."""
        return self.record.ended_at is not None


def part_of_records_elsewhere(dossier: Dossier) -> uuid.UUID:
    """The part under whose key the list is sealed; who keeps the list need not read that part."""
    part = DossierPart.objects.get(dossier=dossier, kind=PartKind.GUIDANCE)
    return part.pk


def records_elsewhere(dossier: Dossier) -> list[ShownElsewhere]:
    """What is and was kept about the pupil in other systems, by system and kind."""
    rows = list(OtherSystemRecord.objects.filter(dossier=dossier))
    if not rows:
        return []
    part_id = part_of_records_elsewhere(dossier)
    keys = keyring([part_id])
    shown = [ShownElsewhere(row, _text_of(row, part_id, keys)) for row in rows]
    return sorted(shown, key=_in_order)


def _text_of(row: OtherSystemRecord, part_id: uuid.UUID, keys: Keyring) -> dict[str, str] | None:
    try:
        with noticing(row):
            return keys.open_json(part_id, row.place, row.sealed)
    except Unreadable:
        return None


def _in_order(line: ShownElsewhere) -> tuple[str, str]:
    """By system and kind; what can't be read last."""
    if line.text is None:
        return "\N{REPLACEMENT CHARACTER}", str(line.record.pk)
    return line.text["system"].lower(), line.text["kind"].lower()
