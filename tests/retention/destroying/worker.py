"""The program in program.py, as a test speaks to it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
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
    """How one run ended, which steps it took, and what stopped it."""

    ended: int
    steps: list[str]
    raised: str


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

    def run(self, on: date, **fault: Any) -> Run:
        """The nightly job, until a fault or to the end."""
        return self.run_at_once(on, times=1, **fault)[0]

    def run_at_once(self, on: date, *, times: int, made: Any = None, **fault: Any) -> list[Run]:
        """The same several times at once, or one list's carrying out whatever its days say."""
        assert self._program.stdin
        assert self._program.stdout
        order = {
            "databases": {a: connections[a].settings_dict["NAME"] for a in connections},
            "places": {name: str(getattr(settings, name)) for name in _PLACES},
            "list": str(made.pk) if made else "",
            "on": on.isoformat(),
            "times": times,
            **fault,
        }
        self._program.stdin.write(json.dumps(order) + "\n")
        self._program.stdin.flush()
        answers = [self._program.stdout.readline() for _time in range(times)]
        assert all(answers), self.heard.read_text()
        return [Run(**json.loads(answer)) for answer in answers]

    def end(self) -> None:
        assert self._program.stdin
        assert self._program.stdout
        self._program.stdin.close()
        self._program.wait(60)
        self._program.stdout.close()
        self._log.close()


def _environment() -> dict[str, str]:
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "privacy_portal.settings",
        "PORTAL_LOGIN": "worker",
        "PYTHONPATH": str(ROOT),
    }
