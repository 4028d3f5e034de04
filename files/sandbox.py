"""Runs a function over bytes from outside in a process that can reach nothing.

Bytes go in through sealed memory and come out through a pipe: nothing is ever written to a
disk. A crash, an endless loop or too much memory ends that one process and refuses that one
file. What the process can't do is in files/locks.py, how it is made in files/forkserver.py.
"""

from __future__ import annotations

import fcntl
import io
import json
import os
import select
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import structlog

from files import limits
from files.errors import Reason, Unwelcome
from files.forkserver import HEAD

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
_PIPE_BYTES = 1024 * 1024
_MOST_HEAD = 4 * 1024 * 1024
_Server = subprocess.Popen[bytes]


@dataclass(frozen=True)
class Outcome:
    """What a job gives: plain facts and bytes."""

    facts: dict[str, Any]
    parts: list[bytes] = field(default_factory=list)


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
        *data: bytes,
        seconds: int = limits.JOB_SECONDS,
        memory: int = limits.JOB_MEMORY_BYTES,
        **options: Any,
    ) -> Outcome:
        """Runs "module:function" over the bytes; raises Unwelcome when that does not end well."""
        if not (self._room.acquire(blocking=False) or self._wait()):
            raise Unwelcome(Reason.BUSY)
        try:
            request = {
                "job": job,
                "sizes": [len(part) for part in data],
                "seconds": seconds,
                "cpu_seconds": min(seconds, limits.JOB_CPU_SECONDS),
                "memory": memory,
                "options": options,
            }
            answer, process = self._ask(request, data)
            return _outcome(job, answer, process, seconds)
        finally:
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

    def close(self) -> None:
        """Ends the server and every job in it."""
        with self._starting:
            self._end()

    @property
    def server(self) -> int | None:
        """The number of the server's process, if it runs."""
        return None if self._process is None else self._process.pid

    # Asking

    def _ask(self, request: dict[str, Any], data: Sequence[bytes]) -> tuple[int, _Server]:
        """Sends the bytes; gives the end of the pipe on which the answer comes, and who answers."""
        source = _sealed_memory(data)
        try:
            for attempt in (1, 2):
                control, process = self._running()
                answer, target = os.pipe2(os.O_CLOEXEC)
                with suppress(OSError):  # a machine may allow less: then it is only slower
                    fcntl.fcntl(target, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
                try:
                    socket.send_fds(control, [json.dumps(request).encode()], [source, target])
                    return answer, process
                except OSError:
                    os.close(answer)
                    self._restart(control)
                    if attempt == 2:  # tried again once
                        raise
                finally:
                    os.close(target)
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


def _outcome(job: str, answer: int, process: _Server, seconds: int) -> Outcome:
    """Reads the answer, which is not to be trusted: bounded, and JSON at most."""
    pipe = _Pipe(answer, time.monotonic() + seconds + 2)
    try:
        return _understood(pipe)
    except Unwelcome:
        raise
    except _NOT_AN_ANSWER as broken:
        why = str(broken) if isinstance(broken, _BrokenOff) else "not an answer"
        structlog.get_logger("files").warning("job_broken_off", job=job, why=why)
        # If the server itself was ended, the file is not to blame.
        raise Unwelcome(Reason.BUSY if _has_ended(process) else Reason.UNREADABLE) from None
    finally:
        os.close(answer)


def _has_ended(process: _Server) -> bool:
    """A moment's patience: its jobs are killed just before it has ended itself."""
    with suppress(subprocess.TimeoutExpired):
        process.wait(_ENDING_SECONDS)
    return process.returncode is not None


def _understood(pipe: _Pipe) -> Outcome:
    """The answer on the pipe, or why there is none."""
    (length,) = HEAD.unpack(pipe.read(HEAD.size, HEAD.size))
    head = json.loads(pipe.read(length, _MOST_HEAD))
    if "broken" in head:
        raise _BrokenOff(str(head["broken"])[:80])
    if "unwelcome" in head:
        known = [reason for reason in Reason if reason == head["unwelcome"]]
        values = {str(name): int(value) for name, value in head.get("values", {}).items()}
        raise Unwelcome(known[0] if known else Reason.UNREADABLE, **values)
    left, parts = limits.JOB_RESULT_BYTES, []
    for size in head["sizes"]:
        parts.append(pipe.read(int(size), left))
        left -= int(size)
    return Outcome(head["facts"], parts)


class _BrokenOff(Exception):
    """The job ended without an answer."""


_NOT_AN_ANSWER = (
    _BrokenOff, TypeError, KeyError, ValueError, AttributeError, OverflowError, RecursionError,
)  # fmt: skip


class _Pipe:
    """The reading end of a pipe, with an end of patience."""

    def __init__(self, fd: int, deadline: float) -> None:
        self.fd, self.deadline = fd, deadline
        self.poller = select.poll()
        self.poller.register(fd, select.POLLIN)

    def read(self, size: int, most: int) -> bytes:
        """Exactly so many bytes, or the job has broken off."""
        if not 0 <= size <= most:
            raise _BrokenOff("more than allowed")
        got = io.BytesIO()  # gives what it holds without a second copy
        while got.tell() < size:
            wait = self.deadline - time.monotonic()
            if wait <= 0 or not self.poller.poll(wait * 1000):
                raise _BrokenOff("too late")
            piece = os.read(self.fd, min(size - got.tell(), _PIPE_BYTES))
            if not piece:
                raise _BrokenOff("ended early")
            got.write(piece)
        return got.getvalue()


def _sealed_memory(data: Sequence[bytes]) -> int:
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
