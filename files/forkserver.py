"""The process in which files are opened: it waits with everything loaded and forks once a job.

It is started anew (exec) with an empty environment, so no key or password of the portal was
ever in its memory; see files/sandbox.py for who talks to it. Each job runs in a fork behind
every lock of files/locks.py, and is killed when its time is over.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import importlib
import itertools
import json
import mmap
import os
import select
import signal
import socket
import struct
import sys
import time
from collections.abc import Callable
from typing import Any

from files import limits, locks
from files.errors import Unwelcome

# A job gets views of the bytes it was sent, and options. It gives facts (JSON) and bytes, and
# possibly what it goes on to do once those are handed over: a function that gives more bytes.
Later = Callable[[], list[bytes]]
Given = tuple[dict[str, Any], list[bytes]] | tuple[dict[str, Any], list[bytes], Later]
Job = Callable[..., Given]
HEAD = struct.Struct("!I")
_MOST_ASKED = 64 * 1024
WRITE = 101  # the number of the job's output, above whatever a library holds
_LAST_TO_CLOSE = 1024
_LOOK_AROUND_SECONDS = 5.0
_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # of malloc.h
_FROM_THE_HEAP = 32 * 1024 * 1024


class Server:
    """Forks a child for each request, and sees to it that none outlives its time."""

    def __init__(self, control: socket.socket, modules: list[str], *, strict: bool) -> None:
        self.control = control
        self.modules = set(modules)
        self.strict = strict  # the kernel checks system calls: no job without that
        self.pid = os.getpid()
        self.random = _random_devices()
        self.parent = os.getppid()
        self.poller = select.poll()
        self.poller.register(control, select.POLLIN)
        self.children: dict[int, tuple[int, float]] = {}  # pidfd: (pid, deadline)

    def serve(self) -> None:
        """Until the portal's process has gone."""
        while os.getppid() == self.parent:
            for fd, _event in self.poller.poll(self._until_next_deadline() * 1000):
                if fd in self.children:
                    self._bury(fd)
                elif not self._answer():
                    return
            self._kill_late_children()

    def _until_next_deadline(self) -> float:
        ends = [end - time.monotonic() for _pid, end in self.children.values()]
        return max(0.0, min([_LOOK_AROUND_SECONDS, *ends]))

    def _answer(self) -> bool:
        """Starts one job; False when nobody will ask any more."""
        asked, fds, _flags, _address = socket.recv_fds(self.control, _MOST_ASKED, 3)
        if not asked:
            return False
        request = json.loads(asked)
        try:
            pid = os.fork()
        except OSError:  # no room for another process right now
            _say(fds[1], {"unwelcome": "busy"})
            pid = -1
        if pid == 0:
            self._be_a_child(request, fds)
        for fd in fds:
            os.close(fd)
        if pid > 0:
            pidfd = os.pidfd_open(pid)
            self.poller.register(pidfd, select.POLLIN)
            self.children[pidfd] = (pid, time.monotonic() + request["seconds"])
        return True

    def _bury(self, pidfd: int) -> None:
        pid, _end = self.children.pop(pidfd)
        self.poller.unregister(pidfd)
        os.close(pidfd)
        os.waitpid(pid, 0)

    def _kill_late_children(self) -> None:
        """By number, and surely the right one: nobody else can have buried it."""
        now = time.monotonic()
        for pid, end in self.children.values():
            if end <= now:
                os.kill(pid, signal.SIGKILL)

    def _be_a_child(self, request: dict[str, Any], fds: list[int]) -> None:
        """Never returns."""
        code = 1
        try:
            locks.die_with(self.pid)
            source, target, memory = fds
            # Now, for later nothing can be opened; what is not written takes no room.
            area = mmap.mmap(memory, limits.JOB_RESULT_BYTES)
            data = _views(source, request["sizes"])
            _keep_only(target, self.random)
            locks.bound(memory=request["memory"], seconds=request["cpu_seconds"])
            if locks.allow_only_known_calls() or not self.strict:
                _work(self._find(request["job"]), data, request["options"], area)
            code = 0
        finally:
            os._exit(code)

    def _find(self, name: str) -> Job:
        """A function of the modules that were loaded when the server started."""
        module, _colon, function = name.partition(":")
        if module not in self.modules:
            raise LookupError(name)
        job: Job = getattr(sys.modules[module], function)
        return job


def _checks_calls() -> bool:
    """The kernel lets a process bind itself to a list of system calls: tried in a fork."""
    pid = os.fork()
    if pid == 0:
        os._exit(0 if locks.allow_only_known_calls() else 1)
    return os.waitpid(pid, 0)[1] == 0


def _keep_buffers() -> None:
    """A job's large buffers are used again instead of given back: new memory comes page by page.

    A file of 25 MB is held several times over, one after another. Jobs inherit it and end soon.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:  # another C library may have no such setting
        mallopt(_MMAP_THRESHOLD, _FROM_THE_HEAP)
        mallopt(_TRIM_THRESHOLD, limits.JOB_MEMORY_BYTES)


def _random_devices() -> set[int]:
    """qpdf reads an encrypted file only with the random device at hand, and opens it once."""
    numbers = [int(name) for name in os.listdir("/proc/self/fd")]  # noqa: PTH208  numbers, not files
    found = set()
    for number in numbers:
        with contextlib.suppress(OSError):  # the listing's own number has gone already
            if os.readlink(f"/proc/self/fd/{number}") == "/dev/urandom":  # noqa: PTH115  not a file
                found.add(number)
    return found


def _views(source: int, sizes: list[int]) -> list[memoryview]:
    """The bytes that were sent, read where they stand: copied page by page when they are used."""
    if not sum(sizes):
        return [memoryview(b"") for _ in sizes]
    whole = memoryview(mmap.mmap(source, sum(sizes), access=mmap.ACCESS_READ))
    ends = list(itertools.accumulate(sizes))
    return [whole[end - size : end] for size, end in zip(sizes, ends, strict=True)]


def _keep_only(target: int, random: set[int]) -> None:
    """The way out, nothing else: not even a place for error messages."""
    os.dup2(target, WRITE)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nowhere, number)
    first = 3
    for kept in sorted({WRITE, _LAST_TO_CLOSE} | random):
        os.closerange(first, kept)
        first = kept + 1


def _work(job: Job, data: list[memoryview], options: dict[str, Any], area: mmap.mmap) -> None:
    """Works, answers; and when the job goes on, answers a second time, with bytes on the pipe.

    Before the first answer the memory it stands in is let go of: the portal then makes sure that
    nobody can write to it any more. An exception's text may hold content: only its name is told.
    """
    try:
        facts, parts, *later = job(*data, **options)
        for part in parts:
            area.write(part)
        answer = {"facts": facts, "sizes": [len(part) for part in parts], "later": bool(later)}
        area.close()
        _say(WRITE, answer)
        if later:
            more = later[0]()
            _say(WRITE, {"sizes": [len(part) for part in more]}, *more)
    except Unwelcome as refused:
        _say(WRITE, {"unwelcome": refused.reason, "values": refused.values})
    except Exception as broken:  # noqa: BLE001  told to the portal, which refuses the file
        _say(WRITE, {"broken": type(broken).__name__})


def _say(fd: int, answer: dict[str, Any], *parts: bytes) -> None:
    head = json.dumps(answer).encode()
    for piece in (HEAD.pack(len(head)), head, *parts):
        rest = memoryview(piece)
        while rest:
            rest = rest[os.write(fd, rest) :]


def main(control_fd: int, modules: list[str]) -> None:
    """Loads the modules, closes what can be closed already, says so and serves."""
    control = socket.socket(fileno=control_fd)
    for module in modules:
        importlib.import_module(module)
    with contextlib.suppress(OSError):
        os.nice(5)
    os.umask(0o077)
    os.chdir("/")
    os.environ.clear()
    no_network = locks.leave_the_network()
    locks.hide_from_others()
    _keep_buffers()
    gc.collect()
    gc.freeze()  # or the first collection in each child copies every page
    strict = _checks_calls()
    control.send(json.dumps({"no_network": no_network, "known_calls_only": strict}).encode())
    Server(control, modules, strict=strict).serve()
    os._exit(0)  # children die with this process
