"""Jobs of this room: thin shells over actions, one file a subject."""

from retention.tasks import accounts, backups, erasures, holds, leavers, lists, restored

__all__ = ["accounts", "backups", "erasures", "holds", "leavers", "lists", "restored"]
