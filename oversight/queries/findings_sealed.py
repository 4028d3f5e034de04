"""What people typed about findings, opened; what can't be opened any more stands in the log."""

from __future__ import annotations

import uuid
from typing import Any

from django.db.models import Model

from access.acting import Damage, current_work
from oversight.models import Assent, Judgement, JudgementNote, Reply
from vault.errors import Unreadable
from vault.sealing import Keyring


def _opened(
    keys: Keyring, row: JudgementNote | Reply | Assent, place: str, sealed: Any, unit: uuid.UUID
) -> dict[str, Any] | None:
    try:
        return keys.open_json(row.pk, place, sealed)
    except Unreadable:
        _met(row, unit)
        return None


def _met(row: Model, unit: uuid.UUID) -> None:
    work = current_work()
    if work is not None:
        work.meets(Damage(row, (), unit))


def text_or_none(keys: Keyring, row: JudgementNote | Reply, unit: uuid.UUID) -> str | None:
    """The words of a note or a reply; none when they can't be opened, noted for the log."""
    said = _opened(keys, row, row.place, row.sealed, unit)
    return said["words"] if said else None


def note_or_none(keys: Keyring, judgement: Judgement, unit: uuid.UUID) -> str | None:
    """The note of a judgement; none when it can't be opened, or was never there: noted too."""
    try:
        note = judgement.note
    except JudgementNote.DoesNotExist:
        _met(judgement, unit)
        return None
    return text_or_none(keys, note, unit)


def assent_or_none(keys: Keyring, row: Assent) -> dict[str, Any] | None:
    """Who agreed and what the minutes say; none when that can't be opened, noted for the log."""
    return _opened(keys, row, row.place, row.sealed, row.school_id)


def reason_or_none(keys: Keyring, row: Assent) -> str | None:
    """Why an assent was withdrawn; empty when it was not."""
    if row.withdrawn_sealed is None:
        return ""
    said = _opened(keys, row, row.withdrawing_place, row.withdrawn_sealed, row.school_id)
    return said["words"] if said else None
