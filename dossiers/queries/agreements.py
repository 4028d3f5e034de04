"""Agreements of a dossier, and those that ask to be looked at again."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from access.models import User
from dossiers import rules
from dossiers.models import Agreement, Dossier
from dossiers.queries.damage import text_or_none
from dossiers.queries.visible import agreements_visible_to
from vault.sealing import Keyring, keyring


@dataclass(frozen=True)
class ShownAgreement:
    """An agreement, opened, and how it stands to its day. One that is damaged has no text."""

    agreement: Agreement
    text: dict[str, str] | None
    review: rules.Review

    @property
    def is_damaged(self) -> bool:
        """Whether what was agreed can't be read any more."""
        return self.text is None

    @property
    def said(self) -> dict[str, str]:
        """What was agreed and with whom; nothing when it is damaged."""
        return self.text or {}

    @property
    def dossier(self) -> Dossier:
        """Whose agreement it is."""
        dossier: Dossier = self.agreement.part.dossier
        return dossier

    @property
    def log_key(self) -> uuid.UUID:
        """Whose agreement it is, for the log."""
        return self.dossier.log_key


def opened_agreements(
    rows: Iterable[Agreement], keys: Keyring, *, on: date
) -> list[ShownAgreement]:
    """The agreements with what they say; what can't be opened is noted for the log."""
    return [
        ShownAgreement(
            row,
            text_or_none(row, keys),
            rules.review_of(row.review_on, on=on),
        )
        for row in rows
    ]


def agreements_to_review(user: User, *, on: date, at_most: int = 10) -> list[ShownAgreement]:
    """Overdue agreements and those of the coming weeks in `user`'s dossiers, most urgent first.

    For the home page: two queries. Whoever shows them names them:
    `request.page.names(*shown, ground=Ground.ASSIGNMENT)`.
    """
    last = on + timedelta(days=rules.COMING_DAYS)
    rows = list(
        agreements_visible_to(user, on=on)
        .filter(closed_at__isnull=True, review_on__lte=last)
        .order_by("review_on", "made_on")[:at_most]
    )
    keys = keyring({row.part_id for row in rows}) if rows else Keyring({})
    return opened_agreements(rows, keys, on=on)
