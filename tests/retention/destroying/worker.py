"""The program in program.py, as a test speaks to it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connections

from tests.guards.rooms import ROOT

_PLACES = ("FILES_DIR", "LEDGER", "LOG_HEADS", "BACKUPS_DIR", "KEYS_BACKUP_DIR")
KILLED = -9


@dataclass
class Run:
    """How one run ended, which steps it took, and what came of it."""

    ended: int
    steps: list[str]
    destroyed: int = 0
    left: int = 0
    failed: list[str] = field(default_factory=list)
    raised: str = ""


class Worker:
    """Runs the job again and again, each time in a process of its own."""

    def __init__(self, heard: Path) -> None:
        self.heard = heard  # what it wrote on standard error: a server's log
        self._log = heard.open("wb")
        self._program = subprocess.Popen(
            [sys.executable, "-m", "tests.retention.destroying.program"],
            cwd=ROOT,
            env=_environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
        )

    def run(self, made: Any, on: date, **fault: Any) -> Run:
        """Carries the list out, until a fault or to the end."""
        assert self._program.stdin
        assert self._program.stdout
        order = {
            "databases": {a: connections[a].settings_dict["NAME"] for a in connections},
            "places": {name: str(getattr(settings, name)) for name in _PLACES},
            "list": str(made.pk),
            "on": on.isoformat(),
            **fault,
        }
        self._program.stdin.write(json.dumps(order) + "\n")
        self._program.stdin.flush()
        answer = self._program.stdout.readline()
        assert answer, self.heard.read_text()
        return Run(**json.loads(answer))

    def end(self) -> None:
        assert self._program.stdin
        assert self._program.stdout
        self._program.stdin.close()
        self._program.wait(10)
        self._program.stdout.close()
        self._log.close()


def _environment() -> dict[str, str]:
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "privacy_portal.settings",
        "PORTAL_LOGIN": "worker",
        "PYTHONPATH": str(ROOT),
    }
