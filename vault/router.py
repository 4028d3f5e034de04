"""Keys live apart from what they open: another database, another backup."""

from __future__ import annotations

from typing import Any

from django.db.models import Model

KEYS = "keys"


class KeysApart:
    """Sends the vault's tables to the database `keys`, and everything else to the first one."""

    def db_for_read(self, model: type[Model], **hints: Any) -> str | None:
        """Where a model is read."""
        return KEYS if model._meta.app_label == "vault" else None

    db_for_write = db_for_read

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        """Which tables a database gets: the vault's and no others in `keys`."""
        return (db == KEYS) == (app_label == "vault")
