from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone

from audit.frozen import Verdict, Verified
from audit.telling_papers import VerifyCommand
from retention.ledger import LedgerDamaged
from retention.models import Certificate
from retention.queries.given import verify


class Command(VerifyCommand[Certificate]):
    """Tells whether somebody's certificate of destruction is the one that was made."""

    help = "Says of a file whether it is a certificate of destruction, a changed one, or not ours."
    job = "verify_certificate"
    too_large = "No certificate is this large."
    said = {
        Verdict.GENUINE: "intact: this is the certificate that was made, and all that is kept of"
        " it fits",
        Verdict.CHANGED: "changed: this is not, or no longer, the certificate that was made",
        Verdict.LOST: "intact: this is the certificate that was made. A copy of the portal from"
        " before was put back since, so the portal itself keeps no more of it than its hashes",
        Verdict.UNKNOWN: "not ours: nothing in this file points at a certificate of this portal",
    }

    def handle(self, *args: Any, **options: Any) -> None:
        """Reads the file and says which it is."""
        self.tell(options["file"], on=timezone.localdate())

    def verified(self, data: bytes) -> Verified[Certificate]:
        """Among the certificates of every board, and those that the ledger names."""
        try:
            return verify(data)
        except LedgerDamaged as error:
            raise CommandError(f"The ledger of destructions: {error}.") from error

    def lines_about(self, row: Certificate) -> list[str]:
        """Which board, number and list, and what fastens it to log and ledger."""
        return [
            f"Certificate {row.number} of board {row.board_id}, list {row.list_id}.",
            f"Head of the log when it was made: {row.head_number} {row.head_link}",
            f"Newest line of the ledger then: {row.ledger_number} {row.ledger_hash}",
        ]
