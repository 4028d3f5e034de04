"""Jobs as a file would write them that has taken over whoever reads it."""

from __future__ import annotations

import ctypes
import errno
import json
import os
import resource
import signal
import socket
import struct
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from files.errors import Reason, Unwelcome
from files.forkserver import WRITE

Answer = tuple[dict[str, Any], list[bytes]]
_LIBC = ctypes.CDLL(None, use_errno=True)


def echo(*data: bytes, **options: Any) -> Answer:
    return {"options": options}, list(data)


def go_on(*data: bytes, pause: float = 0) -> tuple[dict, list[bytes], Callable]:
    """Hands over what it was sent, and works on."""

    def later() -> list[bytes]:
        time.sleep(pause)
        return [b"later"]

    return {}, list(data), later


def go_on_when_told(*data: bytes) -> tuple[dict, list[bytes], Callable]:
    """The same, until a signal says that it may end."""
    told: list[int] = []
    signal.signal(signal.SIGUSR1, lambda number, _frame: told.append(number))

    def later() -> list[bytes]:
        while not told:
            time.sleep(0.01)
        return [b"later"]

    return {}, list(data), later


def fail_later(*data: bytes) -> tuple[dict, list[bytes], Callable]:
    return {}, list(data), lambda: [bytes(1 // 0)]


def say_much_later(*data: bytes) -> tuple[dict, list[bytes], Callable]:
    return {}, list(data), lambda: [bytes(60 * 1024 * 1024)]


def answer_and_write_on(*data: bytes) -> Answer:
    """Says that it is done, and keeps the memory in which its answer stands."""
    head = json.dumps({"facts": {}, "sizes": [3], "later": False}).encode()
    os.write(WRITE, struct.pack("!I", len(head)) + head)
    time.sleep(600)
    return {}, []


def hang(*data: bytes) -> Answer:
    time.sleep(600)
    return {}, []


def hang_deaf(*data: bytes) -> Answer:
    """To every signal that can be refused."""
    for number in range(1, 32):
        if number not in {signal.SIGKILL, signal.SIGSTOP}:
            signal.signal(number, signal.SIG_IGN)
    time.sleep(600)
    return {}, []


def spin(*data: bytes) -> Answer:
    while True:
        pass


def crash(*data: bytes) -> Answer:
    ctypes.string_at(0)
    return {}, []


def eat_memory(*data: bytes) -> Answer:
    held = []
    while True:
        held.append(bytearray(64 * 1024 * 1024))


def recurse(*data: bytes) -> Answer:
    def deeper(value: list) -> None:
        deeper([value])

    deeper([])
    return {}, []


def stop_at_once(*data: bytes) -> Answer:
    os._exit(0)


def refuse(*data: bytes) -> Answer:
    raise Unwelcome(Reason.TOO_MANY_PAGES, pages=7)


def fail(*data: bytes) -> Answer:
    raise RuntimeError(bytes(data[0]).decode())


def say(*data: bytes) -> Answer:
    """Bytes of its own on the pipe, instead of an answer."""
    os.write(WRITE, data[0])
    os._exit(0)


def say_much(*data: bytes) -> Answer:
    return {}, [bytes(60 * 1024 * 1024)]


def lie_about_length(*data: bytes) -> Answer:
    head = json.dumps({"facts": {}, "sizes": [10**15]}).encode()
    os.write(WRITE, struct.pack("!I", len(head)) + head)
    time.sleep(600)
    return {}, []


def look_around(*data: bytes) -> Answer:
    """What this process was left with."""
    numbers = []
    for number in range(1024):
        try:
            os.lseek(number, 0, os.SEEK_CUR)
        except OSError as error:
            if error.errno == errno.EBADF:
                continue
        numbers.append(number)
    return {"environment": dict(os.environ), "numbers": numbers, "folder": str(Path.cwd())}, []


def break_out(*data: bytes, parent: int) -> Answer:
    """Tries each way out; gives those on which nothing stopped it."""
    ways = {
        "read a file": lambda: os.open("/etc/passwd", os.O_RDONLY),
        "read its keys": lambda: os.open(f"/proc/{parent}/environ", os.O_RDONLY),
        "read its own folder": lambda: list(Path("/").iterdir()),
        "write a file": lambda: os.open("/tmp/broken-out", os.O_CREAT | os.O_WRONLY),
        "write to memory": lambda: os.memfd_create("a"),
        "reach the network": lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM),
        "reach a neighbour": lambda: socket.socket(socket.AF_UNIX, socket.SOCK_STREAM),
        "make a process": os.fork,
        "become a program": lambda: os.execve("/bin/true", ["true"], {}),
        "kill its parent": lambda: os.kill(parent, 0),
        "copy a number": lambda: os.dup(WRITE),
        "lift its limits": lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64)),
        "trace its parent": lambda: _call(_LIBC.ptrace, 16, parent, 0, 0),
        "read its parent": lambda: _call(_LIBC.process_vm_readv, parent, 0, 0, 0, 0, 0),
        "be dumped": lambda: _call(_LIBC.prctl, 4, 1, 0, 0, 0),
        "remove a file": lambda: Path("/nowhere").unlink(),
        "change its folder": lambda: os.chdir("/tmp"),
    }
    done, stopped = [], {}
    for way, attempt in ways.items():
        try:
            attempt()
            done.append(way)
        except OSError as error:
            stopped[way] = error.errno
        except ValueError:  # as Python says "not permitted" for limits
            stopped[way] = errno.EPERM
    return {"done": done, "stopped": stopped}, []


def _call(function: Any, *arguments: int) -> None:
    if function(*arguments) < 0:
        raise OSError(ctypes.get_errno(), "refused")
