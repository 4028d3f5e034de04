"""The process in which files are opened can reach nothing, and takes nobody with it."""

import base64
import errno
import os
import struct
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest
from django.conf import settings
from structlog.testing import capture_logs

from files.errors import Reason, Unwelcome
from files.forkserver import WRITE
from tests.files.sandboxes import (
    JOBS,
    ROOT,
    children_of,
    comes_true,
    end_jobs,
    refused,
    sandbox,
)

__all__ = ["sandbox"]


def test_bytes_go_in_and_come_out_unchanged(sandbox):
    first, second = os.urandom(25 * 1024 * 1024), b"\0"
    outcome = sandbox.run(f"{JOBS}:echo", first, second, page=3)
    assert (outcome.parts, outcome.facts) == ([first, second], {"options": {"page": 3}})


@pytest.mark.parametrize(
    "job",
    ["crash", "eat_memory", "recurse", "stop_at_once", "say_much", "lie_about_length"],
)
def test_what_goes_wrong_refuses_that_one_file(sandbox, job):
    assert refused(sandbox, job, b"a") is Reason.UNREADABLE
    assert sandbox.run(f"{JOBS}:echo", b"next").parts == [b"next"]
    end_jobs(sandbox)


@pytest.mark.parametrize("job", ["hang", "hang_deaf", "spin"])
def test_what_never_ends_is_killed(sandbox, job):
    start = time.monotonic()
    assert refused(sandbox, job, b"a", seconds=1) is Reason.UNREADABLE
    assert time.monotonic() - start < 60, "long before it would end by itself"
    assert comes_true(lambda: not children_of(sandbox.server))


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"\0",
        struct.pack("!I", 2**32 - 1),
        struct.pack("!I", 4) + b"nono",
        struct.pack("!I", 2) + b"[]",
        struct.pack("!I", 2) + b"{}",
        struct.pack("!I", 31) + b'{"facts": {}, "sizes": ["many"]}'[:31],
        struct.pack("!I", 1) + b"\xff",
        struct.pack("!I", 5) + b"12345",
        struct.pack("!I", 30_000) + b"[" * 30_000,
        struct.pack("!I", 35) + b'{"unwelcome": "busy", "values": []}',
        struct.pack("!I", 29) + b'{"facts": {}, "sizes": [1e999]}'[:29],
        struct.pack("!I", 25) + b'{"unwelcome": "anything"}',
        struct.pack("!I", 26) + b'{"facts": {}, "sizes": [9]}'[:26] + b"few",
    ],
)
def test_an_answer_is_not_believed(sandbox, said):
    assert refused(sandbox, "say", said) is Reason.UNREADABLE


def test_a_refusal_keeps_its_figures(sandbox):
    with pytest.raises(Unwelcome) as why:
        sandbox.run(f"{JOBS}:refuse", b"a")
    assert why.value.sentence == "This file has more than 7 pages. Send it in parts."


def test_the_log_holds_no_content(sandbox):
    with capture_logs() as logged:
        assert refused(sandbox, "fail", b"Pip Zeeman") is Reason.UNREADABLE
    said = {"event": "job_broken_off", "job": f"{JOBS}:fail", "why": "RuntimeError"}
    assert logged == [{**said, "log_level": "warning"}]


def test_only_known_modules_are_run(sandbox):
    with pytest.raises(Unwelcome):
        sandbox.run("os:abort", b"")


@pytest.mark.promise("P22")
def test_a_child_can_reach_nothing(sandbox):
    found = sandbox.run(f"{JOBS}:break_out", b"a", parent=os.getpid()).facts
    assert not found["done"]
    assert set(found["stopped"].values()) <= {errno.EPERM, errno.EMFILE, errno.EACCES}
    assert not Path("/tmp/broken-out").exists()


def test_a_child_has_no_environment_and_no_open_files_of_the_portal(sandbox):
    left = sandbox.run(f"{JOBS}:look_around", b"a").facts
    assert left == {"environment": {}, "numbers": [0, 1, 2, WRITE], "folder": "/"}


def test_where_the_kernel_checks_no_calls_nothing_can_be_opened_either():
    """As in a container that forbids it: what is left are the limits."""
    script = (
        "import os, socket; from files import locks; nowhere = os.open('/dev/null', os.O_WRONLY)\n"
        "locks.bound(memory=2**28, seconds=5)\n"
        "for way in (lambda: os.open('/etc/passwd', os.O_RDONLY), socket.socket,\n"
        "            lambda: os.pipe(), lambda: os.memfd_create('a'), lambda: os.dup(1)):\n"
        "    try: way()\n"
        "    except OSError as error: print(error.errno)\n"
        "try: bytearray(2**29)\n"
        "except MemoryError: print('memory')\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    *numbers, memory = ran.stdout.split()
    assert len(numbers) == 5
    assert set(map(int, numbers)) <= {errno.EMFILE, errno.EINVAL}
    assert memory == "memory"


@pytest.mark.promise("P22")
def test_the_master_key_is_nowhere_in_the_process(sandbox):
    sandbox.run(f"{JOBS}:echo", b"a")
    server = sandbox.server
    secrets = {settings.MASTER_KEY, base64.b64encode(settings.MASTER_KEY)}
    secrets |= {settings.SECRET_KEY.encode()}
    secrets |= {d["PASSWORD"].encode() for d in settings.DATABASES.values() if d["PASSWORD"]}
    assert any(secret in memory_of(os.getpid()) for secret in secrets), "the search finds nothing"
    if os.geteuid() != 0:  # hidden even from its own user, so also from another job
        with pytest.raises(PermissionError):
            Path(f"/proc/{server}/environ").read_bytes()
        return
    assert Path(f"/proc/{server}/environ").read_bytes() == b""
    memory = memory_of(server)
    assert b"misbehaving" in memory
    assert not [secret for secret in secrets if secret in memory]


def memory_of(pid: int) -> bytes:
    """Everything a process may write to, as it is now."""
    pieces = []
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
        for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
            span, rights = line.split()[:2]
            start, end = (int(number, 16) for number in span.split("-"))
            if rights.startswith("rw"):
                memory.seek(start)
                with suppress(OSError):  # let go of since it was listed: nothing stands there
                    pieces.append(memory.read(end - start))
    return b"".join(pieces)


def test_the_locks_of_this_machine_hold(sandbox):
    sandbox.run(f"{JOBS}:echo", b"a")
    assert sandbox.locks["known_calls_only"]
    status = Path(f"/proc/{sandbox.server}/status").read_text()
    assert "NoNewPrivs:\t1" in status
