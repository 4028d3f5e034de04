"""The emergency card in all its versions, opened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from access.models import User
from dossiers.models import DossierPart, EmergencyCardVersion
from dossiers.queries.damage import text_or_none
from dossiers.queries.visible import cards_visible_to
from vault.sealing import Keyring, keyring


@dataclass(frozen=True)
class ShownCard:
    """One version of an emergency card, opened. One that is damaged has no text."""

    version: EmergencyCardVersion
    text: dict[str, str] | None

    @property
    def is_damaged(self) -> bool:
        """Whether it can't be read any more: that is not the same as empty."""
        return self.text is None

    @property
    def is_empty(self) -> bool:
        """Whether nothing is filled in."""
        return self.text is not None and not any(self.text.values())


def cards_of(user: User, part: DossierPart, keys: Keyring, *, on: date) -> list[ShownCard]:
    """Every version of the card, the newest first."""
    rows = cards_visible_to(user, on=on).filter(part=part).order_by("-number")
    return [ShownCard(version, text_or_none(version, keys)) for version in rows]


def newest_card(user: User, part: DossierPart, *, on: date) -> ShownCard | None:
    """The card as it counts now."""
    row = cards_visible_to(user, on=on).filter(part=part).order_by("-number").first()
    if row is None:
        return None
    return ShownCard(row, text_or_none(row, keyring([part.pk])))
