"""Brings both databases to this version of the software: `python -m launcher.release`.

Runs once before the new version serves (docker-compose.yml: `migrate`), as the owner. The demo and
the benchmarks do the same to their own databases.
"""

import os
import subprocess
import sys

from launcher.steps import MANAGE, ROOT

# One after the other; each may run again and then changes nothing.
COMMANDS = (
    ("migrate", "--no-input"),
    ("migrate", "--no-input", "--database", "keys"),
    ("createcachetable",),
)


def main() -> int:
    environment = {**os.environ, "PORTAL_LOGIN": "owner"}
    for command in COMMANDS:
        code = subprocess.call([*MANAGE, *command], env=environment, cwd=ROOT)
        if code != 0:
            return code
    return 0


if __name__ == "__main__":
    sys.exit(main())
