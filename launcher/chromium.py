"""The browser for journeys: Debian's chromium. Ubuntu's is a snap, which does not run in a test."""

import os
import shutil
import subprocess
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


def find_chromium() -> Path | None:
    """A browser that starts here, None when there is none. PORTAL_CHROMIUM names another one."""
    for name in (os.environ.get("PORTAL_CHROMIUM", ""), *NAMES):
        found = shutil.which(name) if name else None
        if found and not _is_snap(Path(found)):
            asked = [found, "--version"]
            if subprocess.run(asked, capture_output=True, check=False).returncode == 0:
                return Path(found)
    return None


def _is_snap(program: Path) -> bool:
    if "/snap/" in str(program.resolve()):
        return True
    return b"/snap/" in program.read_bytes()[:4096]  # Ubuntu's stand-in is a script that calls it
