"""granian with one worker process, as in production, for as long as something is measured."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from bench.visitor import PROXY

THREADS = 4


@dataclass(frozen=True)
class Serving:
    """Where it listens, and the process that granian started to serve."""

    port: int
    process: int

    @property
    def worker(self) -> int:
        """The process that handles requests: granian's child, or granian itself."""
        children = f"/proc/{self.process}/task/{self.process}/children"
        with open(children, encoding="ascii") as found:  # noqa: PTH123  a file of the kernel
            return int((found.read().split() or [str(self.process)])[0])

    @property
    def memory(self) -> tuple[float, float]:
        """What the worker holds now, and the most it ever held, in megabytes."""
        with open(f"/proc/{self.worker}/status", encoding="ascii") as found:  # noqa: PTH123  same
            lines = dict(line.split(":", 1) for line in found if ":" in line)
        now, most = lines["VmRSS"], lines["VmHWM"]
        return int(now.split()[0]) / 1024, int(most.split()[0]) / 1024


@contextmanager
def served(
    application: str,
    *,
    login: str = "web",
    without: str = "",
    settings: str = "privacy_portal.settings",
) -> Iterator[Serving]:
    """Serves an application; ends it afterwards."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    environment = {**os.environ, "BENCH_WITHOUT": without, "PORTAL_LOGIN": login}
    environment["PORTAL_TRUSTED_PROXIES"] = "1"
    environment["DJANGO_SETTINGS_MODULE"] = settings
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws"]
    command += ["--host", "127.0.0.1", "--port", str(port), "--blocking-threads", str(THREADS)]
    process = subprocess.Popen([*command, application], env=environment)
    try:
        _wait(port)
        yield Serving(port, process.pid)
    finally:
        process.terminate()
        process.wait(timeout=20)


def _wait(port: int) -> None:
    for _ in range(200):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/health/", headers=PROXY)
            connection.getresponse().read()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the server to be measured did not start")
