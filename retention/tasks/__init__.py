"""Jobs of this room: thin shells over actions, one file a subject."""

from retention.tasks import backups, erasures, holds, leavers, lists

__all__ = ["backups", "erasures", "holds", "leavers", "lists"]
