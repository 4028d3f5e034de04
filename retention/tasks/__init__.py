"""Jobs of this room: thin shells over actions, one file a subject."""

from retention.tasks import backups, erasures, holds, lists

__all__ = ["backups", "erasures", "holds", "lists"]
