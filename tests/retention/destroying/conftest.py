"""Databases in which a list stands that may be carried out today, with everything beside it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import date
from pathlib import Path

import pyrage.x25519
import pytest
from django.db import connections
from django.test.utils import override_settings

from launcher.binaries import find_binaries
from tests.conftest import made_before
from tests.retention.destroying.leavers import Leavers, build_leavers
from tests.retention.destroying.worker import Worker
from tests.worlds import Worlds

FILES = Path(os.environ["PORTAL_FILES_DIR"]) / "of-the-leavers"
WORLD = "leavers"
Enter = Callable[[Path], AbstractContextManager[Leavers]]


def _fill(today: date) -> Leavers:
    with override_settings(FILES_DIR=FILES):
        return build_leavers(today)


@pytest.fixture(scope="session")
def enter(worlds: Worlds, django_db_blocker) -> Enter:
    """Opens a copy of these databases, with places of its own below a folder."""

    @contextmanager
    def entered(root: Path) -> Iterator[Leavers]:
        with ExitStack() as stack:
            stack.enter_context(django_db_blocker.unblock())
            stack.enter_context(worlds.of_its_own(WORLD, made_before(_fill)))
            stack.enter_context(override_settings(**_places(root)))
            shutil.copytree(FILES, root / "files")
            yield worlds.made_in(WORLD)

    return entered


def _places(root: Path) -> dict[str, object]:
    """As `places` of the copies' tests, and apart from them."""
    from django.conf import settings

    identity = pyrage.x25519.Identity.generate()
    (root / "private-key").write_text(f"{identity}\n")
    return {
        "FILES_DIR": root / "files",
        "LEDGER": root / "ledger" / "destroyed",
        "LOG_HEADS": root / "heads" / "log-heads",
        "BACKUPS_DIR": str(root / "content"),
        "KEYS_BACKUP_DIR": str(root / "apart" / "keys"),
        "BACKUP_RECIPIENTS": [str(identity.to_public())],
        "PG_BIN": str(find_binaries().folder),
        "BACKUP_DATABASES": {
            alias: {**database, "NAME": connections[alias].settings_dict["NAME"]}
            for alias, database in settings.BACKUP_DATABASES.items()
        },
    }


@pytest.fixture(scope="session")
def worker(tmp_path_factory) -> Iterator[Worker]:
    """The program that carries lists out; it imports once."""
    made = Worker(tmp_path_factory.mktemp("worker") / "standard-error")
    yield made
    made.end()
