"""Collects the texts of the interface (`script/translations`); gettext does the work."""

import os
import subprocess
import sys
from pathlib import Path

from launcher.environment import settings_without_a_server
from launcher.steps import ROOT

# What speaks to people; tests, benchmarks and tools do not.
ROOMS = (
    "access",
    "audit",
    "consent",
    "demo",
    "dossiers",
    "files",
    "oversight",
    "overview",
    "pdf",
    "privacy_portal",
    "retention",
    "students",
    "templates",
    "vault",
)
_IGNORED = (".venv", "var", "tests", "bench", "launcher", "docs", "staticfiles", "migrations")


def collect(root: Path) -> None:
    """Brings `locale/nl` below `root` up to date; raises CalledProcessError when gettext fails."""
    command = [sys.executable, str(ROOT / "manage.py"), "makemessages", "--locale", "nl"]
    command += ["--no-location", "--no-wrap", "--no-obsolete"]
    for folder in _IGNORED:
        command += ["--ignore", folder]
    environment = {**os.environ, **settings_without_a_server()}
    environment["PYTHONPATH"] = str(ROOT)
    subprocess.run(command, cwd=root, env=environment, check=True, stdout=subprocess.DEVNULL)


def main(arguments: list[str]) -> int:
    collect(Path(arguments[0]))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
