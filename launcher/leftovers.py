"""What a run that was killed may have left behind."""

import os
import signal
import time
from pathlib import Path

SECONDS_TO_STOP = 60


def end_leftover_server(data: Path) -> None:
    """End a server that outlived an earlier run, and drop a pid file that points at a stranger.

    We hold the lock, so whatever runs on this folder has lost its launcher.
    """
    note = data / "postmaster.pid"
    try:
        process = int(note.read_text().split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return
    limit = time.monotonic() + SECONDS_TO_STOP
    while _works_in(process, data) and time.monotonic() < limit:
        try:
            os.kill(process, signal.SIGINT)
        except ProcessLookupError:
            break
        time.sleep(0.1)
    if Path(f"/proc/{process}").exists() and not _works_in(process, data):
        # The number was given out again. PostgreSQL would believe that it is still running.
        note.unlink(missing_ok=True)


def _works_in(process: int, data: Path) -> bool:
    """Whether this process is a PostgreSQL server of this folder: its working directory tells."""
    try:
        return Path(f"/proc/{process}/cwd").readlink() == data.resolve()
    except OSError:
        return False
