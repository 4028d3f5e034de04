"""Runs a function over bytes from outside in a process that can reach nothing.

Bytes go in and come out through memory without a name: nothing is ever written to a disk. A crash,
an endless loop or too much memory ends that one process and refuses that one file. What the process
can't do is in files/locks.py, how it is made in files/forkserver.py, what it says in
files/answers.py.
"""

from __future__ import annotations

import fcntl
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import structlog

from files import limits
from files.answers import NOT_AN_ANSWER, Answer, BrokenOff, Outcome
from files.errors import Reason, Unwelcome

__all__ = ["Outcome", "Sandbox", "run", "warm"]

# What is loaded before the first file comes; a job is a function of one of these.
MODULES = (
    "files.binding",
    "files.cleaning",
    "files.drawing",
    "files.letters",
    "files.mail_reading",
)
_ROOT = Path(__file__).resolve().parent.parent
_START_SECONDS, _ENDING_SECONDS = 30, 0.3
_SHORT_WAIT_SECONDS = 3.0
_Server = subprocess.Popen[bytes]
Bytes = bytes | memoryview


class Sandbox:
    """A fork server of this process and the jobs that run in it, a few at once."""

    def __init__(
        self,
        modules: Sequence[str] = MODULES,
        *,
        at_once: int = limits.JOBS_AT_ONCE,
        wait_seconds: float = limits.JOB_WAIT_SECONDS,
    ) -> None:
        self.modules = list(modules)
        self.wait_seconds = wait_seconds
        self.at_once = at_once
        self._forget()
        os.register_at_fork(after_in_child=self._forget)

    def _forget(self) -> None:
        """In a fork of the portal's process: the server belongs to the other one."""
        inherited = getattr(self, "_control", None)
        if inherited is not None:
            inherited.close()
        self._control: socket.socket | None = None
        self._process: _Server | None = None
        self._starting = threading.Lock()
        self._room = threading.BoundedSemaphore(self.at_once)
        self._first_waits = threading.BoundedSemaphore(1)
        self.locks: dict[str, bool] = {}

    def run(
        self,
        job: str,
        *data: Bytes,
        seconds: int = limits.JOB_SECONDS,
        memory: int = limits.JOB_MEMORY_BYTES,
        **options: Any,
    ) -> Outcome:
        """Runs "module:function" over the bytes; raises Unwelcome when that does not end well."""
        if not (self._room.acquire(blocking=False) or self._wait()):
            raise Unwelcome(Reason.BUSY)
        answer = Answer()
        try:
            request = {
                "job": job,
                "sizes": [len(part) for part in data],
                "seconds": seconds,
                "cpu_seconds": min(seconds, limits.JOB_CPU_SECONDS),
                "memory": memory,
                "options": options,
            }
            deadline = time.monotonic() + seconds + 2
            process = self._ask(request, data, answer)
            with _refusing(job, process):
                outcome, goes_on = answer.read(deadline)
        except BaseException:
            self._done(answer)
            raise
        if not goes_on:
            self._done(answer)
            return outcome
        return replace(outcome, later=self._await(job, answer, process, deadline))

    def _await(
        self, job: str, answer: Answer, process: _Server, deadline: float
    ) -> Future[list[bytes]]:
        """What the job still finds out, heard in the background; its place is taken until then."""
        later: Future[list[bytes]] = Future()

        def hear() -> None:
            try:
                with _refusing(job, process):
                    later.set_result(answer.read_more(deadline))
            except Exception as problem:  # noqa: BLE001  raised again where somebody waits for it
                later.set_exception(problem)
            finally:
                self._done(answer)

        try:
            threading.Thread(target=hear, name="sandbox-later", daemon=True).start()
        except RuntimeError:  # no thread is left right now
            self._done(answer)
            raise Unwelcome(Reason.BUSY) from None
        return later

    def _done(self, answer: Answer) -> None:
        answer.close()
        self._room.release()

    def _wait(self) -> bool:
        """One waits for its turn with patience; who comes then, shortly: pages need threads too."""
        is_first = self._first_waits.acquire(blocking=False)
        try:
            seconds = self.wait_seconds if is_first else min(self.wait_seconds, _SHORT_WAIT_SECONDS)
            return self._room.acquire(timeout=seconds)
        finally:
            if is_first:
                self._first_waits.release()

    def warm(self) -> threading.Thread:
        """Starts the server in the background, so that the first file does not wait for it."""
        starting = threading.Thread(target=self._start_early, name="sandbox", daemon=True)
        starting.start()
        return starting

    def _start_early(self) -> None:
        try:
            self._running()
        except (OSError, RuntimeError) as problem:  # the first file tries again, and says it
            why = type(problem).__name__
            structlog.get_logger("files").warning("sandbox_did_not_start", why=why)

    def close(self) -> None:
        """Ends the server and every job in it."""
        with self._starting:
            self._end()

    @property
    def server(self) -> int | None:
        """The number of the server's process, if it runs."""
        return None if self._process is None else self._process.pid

    # Asking

    def _ask(self, request: dict[str, Any], data: Sequence[Bytes], answer: Answer) -> _Server:
        """Sends the bytes; gives who answers."""
        source = _sealed_memory(data)
        try:
            for attempt in (1, 2):
                control, process = self._running()
                try:
                    numbers = [source, *answer.ends]
                    socket.send_fds(control, [json.dumps(request).encode()], numbers)
                    answer.sent()
                    return process
                except OSError:
                    self._restart(control)
                    if attempt == 2:  # tried again once
                        raise
        finally:
            os.close(source)
        raise AssertionError("unreachable")

    def _running(self) -> tuple[socket.socket, _Server]:
        with self._starting:
            if self._control is None:
                self._start()
            assert self._control is not None
            assert self._process is not None
            return self._control, self._process

    def _restart(self, broken: socket.socket) -> None:
        """The server has gone; another thread may have noticed first."""
        with self._starting:
            if self._control is broken:
                self._end()

    def _start(self) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        code = (
            f"import sys; sys.path.insert(0, {str(_ROOT)!r}); from files import forkserver; "
            f"forkserver.main({theirs.fileno()}, {self.modules!r})"
        )
        with theirs:
            # Isolated and with an empty environment: no key or password ever gets there.
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-B", "-c", code],
                env={},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                close_fds=True,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )
        self._control = ours
        ours.settimeout(_START_SECONDS)
        said = ours.recv(4096)
        if not said:
            self._end()
            raise RuntimeError("the sandbox did not start")
        self.locks = json.loads(said)
        if not self.locks["known_calls_only"]:  # that lock closes the network too
            structlog.get_logger("files").warning("sandbox_has_fewer_locks", **self.locks)

    def _end(self) -> None:
        control, process = self._control, self._process
        self._control = self._process = None
        if control is not None:
            control.close()
        if process is not None:
            process.kill()
            process.wait()


@contextmanager
def _refusing(job: str, process: _Server) -> Iterator[None]:
    """Whatever else than an answer comes refuses the file."""
    try:
        yield
    except Unwelcome:
        raise
    except NOT_AN_ANSWER as broken:
        why = str(broken) if isinstance(broken, BrokenOff) else "not an answer"
        structlog.get_logger("files").warning("job_broken_off", job=job, why=why)
        # If the server itself was ended, the file is not to blame.
        raise Unwelcome(Reason.BUSY if _has_ended(process) else Reason.UNREADABLE) from None


def _has_ended(process: _Server) -> bool:
    """A moment's patience: its jobs are killed just before it has ended itself."""
    with suppress(subprocess.TimeoutExpired):
        process.wait(_ENDING_SECONDS)
    return process.returncode is not None


def _sealed_memory(data: Sequence[Bytes]) -> int:
    """The bytes in memory that has a number but no name and no disk, and can't be changed."""
    fd = os.memfd_create("file", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    for part in data:
        rest = memoryview(part)
        while rest:
            rest = rest[os.write(fd, rest) :]
    seals = fcntl.F_SEAL_SEAL | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_WRITE
    fcntl.fcntl(fd, fcntl.F_ADD_SEALS, seals)
    return fd


_sandbox = Sandbox()
run = _sandbox.run
warm = _sandbox.warm
