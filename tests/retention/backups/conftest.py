"""Places for copies, a key that opens them, and databases to put them back into."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyrage.x25519
import pytest
from django.conf import settings as configured
from django.db import connections

from launcher.binaries import find_binaries


class Places:
    """Where a test's copies go, and how they are put back."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.content = root / "content"
        self.keys = root / "apart" / "keys"
        self.private = root / "private-key"

    @contextmanager
    def empty_databases(self) -> Iterator[None]:
        """New ones under the connections of this thread; afterwards the ones before."""
        before = {alias: connections[alias].settings_dict["NAME"] for alias in connections}
        new = {alias: f"{name}_restored" for alias, name in before.items()}
        try:
            self._drop(new)
            for alias, name in new.items():
                with connections["default"]._nodb_cursor() as cursor:
                    cursor.execute(f'create database "{name}" template template0')
                self._use(alias, name)
            yield
        finally:
            for alias, name in before.items():
                self._use(alias, name)
            self._drop(new)

    def _drop(self, names: dict[str, str]) -> None:
        with connections["default"]._nodb_cursor() as cursor:
            for name in names.values():
                cursor.execute(f'drop database if exists "{name}" with (force)')

    def _use(self, alias: str, name: str) -> None:
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = name
        configured.DATABASES[alias]["NAME"] = name


@pytest.fixture
def places(settings, tmp_path) -> Places:
    made = Places(tmp_path)
    identity = pyrage.x25519.Identity.generate()
    made.private.write_text(f"# public key\n{identity}\n")
    settings.BACKUPS_DIR, settings.KEYS_BACKUP_DIR = str(made.content), str(made.keys)
    settings.BACKUP_RECIPIENTS = [str(identity.to_public())]
    settings.LEDGER = tmp_path / "ledger" / "destroyed"
    settings.FILES_DIR = tmp_path / "files"
    settings.LOG_HEADS = tmp_path / "heads" / "log-heads"
    settings.PG_BIN = str(find_binaries().folder)
    settings.BACKUP_DATABASES = {
        alias: {**database, "NAME": connections[alias].settings_dict["NAME"]}
        for alias, database in settings.BACKUP_DATABASES.items()
    }
    return made
