"""Why somebody may open a dossier, in words, for who may see the assignment."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.utils.translation import gettext as _

from dossiers import rules
from dossiers.kinds import AssignmentKind
from dossiers.models import Assignment, DossierPart, KeeperNotice
from vault.errors import Unreadable
from vault.sealing import Keyring, keyring


def with_reasons(rows: Iterable[Assignment]) -> list[Assignment]:
    """The assignments with their reasons opened: two queries, however many there are."""
    found = list(rows)
    parts = _parts_of(found)
    keys = keyring(parts.values()) if parts else Keyring({})
    for row in found:
        row.reason = _opened(row, parts, keys)
    return found


def notices_with_reasons(rows: Iterable[KeeperNotice]) -> list[KeeperNotice]:
    """Notices to the keeper, who reads why a card was opened though not the card itself."""
    found = list(rows)
    with_reasons(notice.assignment for notice in found if notice.assignment)
    return found


def _part_key(row: Assignment) -> tuple[uuid.UUID, str]:
    return row.dossier_id, rules.seals_reason_of(AssignmentKind(row.kind)).value


def _parts_of(rows: list[Assignment]) -> dict[tuple[uuid.UUID, str], uuid.UUID]:
    wanted = {_part_key(row) for row in rows}
    if not wanted:
        return {}
    parts = DossierPart.objects.filter(
        dossier__in={dossier for dossier, _kind in wanted}, kind__in={kind for _d, kind in wanted}
    ).values_list("dossier", "kind", "pk")
    return {(dossier, kind): pk for dossier, kind, pk in parts if (dossier, kind) in wanted}


def _opened(row: Assignment, parts: dict[tuple[uuid.UUID, str], uuid.UUID], keys: Keyring) -> str:
    if row.sealed_reason is None:
        return ""
    try:
        return keys.open(parts[_part_key(row)], row.place, row.sealed_reason).decode()
    except Unreadable:
        # The part it opened is destroyed, with its key; that somebody had it is still told.
        return _("the reason was destroyed with the dossier")
