"""Tables of this room, one file a subject."""

from retention.models.ledger import Backup, LedgerLine

__all__ = ["Backup", "LedgerLine"]
