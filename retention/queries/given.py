"""Certificates that were made, as the ledger names them: also those that a restore lost."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import QuerySet

from audit import frozen
from audit.frozen import Verdict, Verified
from retention import ledger
from retention.events import LIST_CLOSED
from retention.models import Certificate, DestructionList, LedgerLine


@dataclass(frozen=True)
class Given:
    """One line of the ledger about a certificate."""

    line: int
    at: datetime
    keys: Mapping[str, Sequence[str]]

    def said(self, what: str) -> str:
        """Its board, list, number, or the hash on it or of the file."""
        return self.keys[what][0]

    @property
    def number(self) -> int:
        """Of its board."""
        return int(self.said("number"))


def keys_of(certificate: Certificate) -> dict[str, list[str | uuid.UUID]]:
    """What the ledger says of a certificate: no database that is put back forgets it then."""
    return {
        "certificate": [certificate.pk],
        "list": [certificate.list_id],
        "board": [certificate.board_id],
        "number": [str(certificate.number)],
        "digest": [certificate.digest],
        "paper": [certificate.paper_digest],
    }


def next_number(board: uuid.UUID) -> int:
    """The board's next number: never one that was on a certificate that is lost here."""
    kept = Certificate.objects.filter(board=board).order_by("-number").first()
    given = [one.number for one in _given(_lines().filter(keys__board=[str(board)]))]
    return 1 + max([kept.number if kept else 0, *given])


def given_for(made: DestructionList) -> list[Given]:
    """Certificates that closed this list before a copy from before that was put back."""
    return _given(_lines().filter(keys__list=[str(made.pk)]).order_by("number"))


def _lines() -> QuerySet[LedgerLine]:
    return LedgerLine.objects.filter(keys__has_key="certificate")


def _given(lines: QuerySet[LedgerLine]) -> list[Given]:
    return [Given(line.number, line.at, line.keys) for line in lines]


def verify(data: bytes) -> Verified[Certificate]:
    """Whether these bytes are a certificate; where neither row nor log can say it, the ledger does.

    The file of the ledger is asked, which carries tags of its own. Raises LedgerDamaged.
    """
    found = frozen.verify(data, Certificate.objects.all(), LIST_CLOSED)
    if found.row is not None and not found.has_left_the_log:
        return found
    lines = [entry for entry in ledger.read() if "certificate" in entry.keys]
    given = [Given(entry.number, entry.at, entry.keys) for entry in lines]
    if found.row is not None:
        return _as_the_ledger_says(found, found.row, given)
    digest = hashlib.sha256(data).hexdigest()
    for one in given:
        if one.said("paper") == digest:
            return Verified(Verdict.LOST, beside=_lines_about(one))
    on_it = set(frozen.hashes_on(data)) if given else set()
    for one in given:
        if one.said("digest") in on_it:
            return Verified(Verdict.CHANGED, beside=_lines_about(one))
    return found


def _as_the_ledger_says(
    found: Verified[Certificate], row: Certificate, given: Sequence[Given]
) -> Verified[Certificate]:
    if any((one.said("paper"), one.said("digest")) == (row.paper_digest, row.digest)
           for one in given):  # fmt: skip
        return found
    trouble = (*found.trouble, "the line in the ledger")
    return replace(found, verdict=Verdict.CHANGED, trouble=trouble)


def _lines_about(one: Given) -> tuple[str, ...]:
    return (
        f"Certificate {one.number} of board {one.said('board')}, list {one.said('list')}.",
        f"Line {one.line} of the ledger names it.",
    )
