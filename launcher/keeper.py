"""Keeps one program running exactly as long as whoever started it.

Run as a program of its own, between a launcher and, say, PostgreSQL:

    python -I launcher/keeper.py --signal INT --remove FOLDER -- postgres -D ...

The launcher holds the other end of this program's standard input. When that closes, because the
launcher asks for the end or because it was killed, also with kill -9, the program gets its signal,
has `--patience` seconds to end, and is killed after that. Then the folders named are removed. If
this keeper itself is killed, the kernel sends the program its signal.

Imports nothing but the standard library, so that it starts in an instant.
"""

import argparse
import ctypes
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable

PR_SET_PDEATHSIG = 1


def ends_with_its_parent(end_signal: int) -> Callable[[], None]:
    """What a child does before it becomes the program: ask the kernel to end it with its parent."""
    libc = ctypes.CDLL(None)
    parent = os.getpid()

    def ask() -> None:
        libc.prctl(PR_SET_PDEATHSIG, end_signal)
        if os.getppid() != parent:
            os._exit(1)

    return ask


def sweep_group(group: int) -> None:
    """Kill whatever is left of the program's process group."""
    try:
        os.killpg(group, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


class Keeper:
    """One program, its end and what is removed after it."""

    def __init__(self, command: list[str], end_signal: int, patience: float) -> None:
        self._end_signal = end_signal
        self._patience = patience
        self._ending = threading.Lock()
        self._child = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            process_group=0,
            preexec_fn=ends_with_its_parent(end_signal),  # noqa: PLW1509  there is only one thread yet
        )

    def end(self) -> None:
        """Ask the program to end, and kill it when it takes too long."""
        if not self._ending.acquire(blocking=False):
            return
        self._child.send_signal(self._end_signal)
        try:
            self._child.wait(self._patience)
        except subprocess.TimeoutExpired:
            self._child.kill()

    def end_when_the_launcher_does(self) -> None:
        while os.read(0, 4096):
            pass
        self.end()

    def run(self) -> int:
        """Wait for the program; returns how it ended."""
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        signal.signal(
            signal.SIGTERM, lambda *_: threading.Thread(target=self.end, daemon=True).start()
        )
        threading.Thread(target=self.end_when_the_launcher_does, daemon=True).start()
        code = self._child.wait()
        sweep_group(self._child.pid)
        return code


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--signal", default="TERM", help="which signal asks the program to end")
    parser.add_argument("--patience", type=float, default=20, help="seconds it may take to end")
    parser.add_argument("--remove", action="append", default=[], help="folder removed afterwards")
    parser.add_argument("command", nargs="+")
    asked = parser.parse_args(arguments)
    keeper = Keeper(asked.command, signal.Signals[f"SIG{asked.signal}"], asked.patience)
    code = keeper.run()
    for folder in asked.remove:
        shutil.rmtree(folder, ignore_errors=True)
    return code


if __name__ == "__main__":
    # os._exit: the thread that waits for the launcher may still hang in its read.
    os._exit(main(sys.argv[1:]) & 0xFF)
