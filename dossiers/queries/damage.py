"""What can't be opened any more: the page goes on and says so, and the log gets an event."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from access.acting import Damage
from audit import damage as audit_damage
from dossiers.models import (
    Agreement,
    Dossier,
    EmergencyCardVersion,
    FileVersion,
    NoteVersion,
    OtherSystemRecord,
)
from vault.errors import Unreadable
from vault.sealing import Keyring

OfPart = NoteVersion | FileVersion | Agreement | EmergencyCardVersion


def damage_of(row: OfPart | OtherSystemRecord) -> Damage:
    """How the log points at a row that can't be opened."""
    found: Dossier = row.dossier if isinstance(row, OtherSystemRecord) else row.part.dossier
    return Damage(row, (found.log_key,), found.school_id)


@contextmanager
def noticing(row: OfPart | OtherSystemRecord) -> Iterator[None]:
    """Notes for the log that this row can't be opened, and lets Unreadable go on."""
    with audit_damage.noticing(lambda: damage_of(row)):
        yield


def opened_text(row: OfPart, keys: Keyring) -> dict[str, Any]:
    """What a row says. Raises Unreadable, noted for the log, when it can't be opened any more."""
    with noticing(row):
        return keys.open_json(row.part_id, row.place, row.sealed)


def text_or_none(row: OfPart, keys: Keyring) -> dict[str, Any] | None:
    """The same for a list that goes on: none when it can't be opened, noted for the log."""
    try:
        return opened_text(row, keys)
    except Unreadable:
        return None
