"""Jobs of this room: thin shells over actions, one file a subject."""

from oversight.tasks import findings

__all__ = ["findings"]
