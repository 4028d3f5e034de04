"""The process in which files are opened can reach nothing, and takes nobody with it."""

import base64
import errno
import importlib
import os
import signal
import struct
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.conf import settings
from structlog.testing import capture_logs

from files.errors import Reason, Unwelcome
from files.forkserver import WRITE
from files.sandbox import Sandbox

JOBS = "tests.files.misbehaving"
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def sandbox():
    made = Sandbox([JOBS], at_once=2, wait_seconds=10)
    yield made
    made.close()


def children_of(pid: int) -> list[int]:
    path = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in path.read_text().split()] if path.exists() else []


def is_gone(pid: int) -> bool:
    """No such process, or one that has ended and waits to be buried."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] in "ZX"
    except FileNotFoundError:
        return True


def comes_true(question, seconds=8) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if question():
            return True
        time.sleep(0.02)
    return False


def refused(sandbox, job, *data, **options) -> Reason:
    with pytest.raises(Unwelcome) as why:
        sandbox.run(f"{JOBS}:{job}", *data, **options)
    return why.value.reason


def test_bytes_go_in_and_come_out_unchanged(sandbox):
    first, second = os.urandom(25 * 1024 * 1024), b"\0"
    outcome = sandbox.run(f"{JOBS}:echo", first, second, page=3)
    assert (outcome.parts, outcome.facts) == ([first, second], {"options": {"page": 3}})


@pytest.mark.parametrize(
    "job",
    ["crash", "eat_memory", "recurse", "stop_at_once", "say_much", "lie_about_length"],
)
def test_what_goes_wrong_refuses_that_one_file(sandbox, job):
    assert refused(sandbox, job, b"a", seconds=5) is Reason.UNREADABLE
    assert sandbox.run(f"{JOBS}:echo", b"next").parts == [b"next"]


@pytest.mark.parametrize("job", ["hang", "hang_deaf", "spin"])
def test_what_never_ends_is_killed(sandbox, job):
    start = time.monotonic()
    assert refused(sandbox, job, b"a", seconds=1) is Reason.UNREADABLE
    assert time.monotonic() - start < 6
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
    assert refused(sandbox, "say", said, seconds=5) is Reason.UNREADABLE


def test_what_a_job_handed_over_stays_whatever_it_does_then(sandbox):
    outcome = sandbox.run(f"{JOBS}:go_on", b"first")
    assert outcome.parts == [b"first"]
    assert outcome.later.result(5) == [b"later"]
    for job in ("fail_later", "say_much_later"):
        outcome = sandbox.run(f"{JOBS}:{job}", b"first")
        with pytest.raises(Unwelcome) as why:
            outcome.later.result(5)
        assert (outcome.parts, why.value.reason) == ([b"first"], Reason.UNREADABLE)
    assert outcome.views[0].readonly


def test_an_answer_that_can_still_be_changed_is_not_taken(sandbox):
    with capture_logs() as logged:
        assert refused(sandbox, "answer_and_write_on", b"a", seconds=2) is Reason.UNREADABLE
    assert [line["why"] for line in logged] == ["still writing"]


def is_free(sandbox) -> bool:
    try:
        return sandbox.run(f"{JOBS}:echo", b"a").parts == [b"a"]
    except Unwelcome:
        return False


def test_a_job_that_goes_on_keeps_its_place_until_it_is_done():
    sandbox = Sandbox([JOBS], at_once=1, wait_seconds=0.1)
    slow = sandbox.run(f"{JOBS}:go_on", b"first", pause=0.6)
    assert refused(sandbox, "echo", b"a") is Reason.BUSY
    assert (slow.parts, slow.later.result(5)) == ([b"first"], [b"later"])
    assert comes_true(lambda: is_free(sandbox))
    never = sandbox.run(f"{JOBS}:go_on", b"first", pause=600, seconds=1)
    with pytest.raises(Unwelcome):
        never.later.result(8)
    sandbox.close()


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
                pieces.append(memory.read(end - start))
    return b"".join(pieces)


def test_the_locks_of_this_machine_hold(sandbox):
    sandbox.run(f"{JOBS}:echo", b"a")
    assert sandbox.locks["known_calls_only"]
    status = Path(f"/proc/{sandbox.server}/status").read_text()
    assert "NoNewPrivs:\t1" in status


def test_many_at_once_wait_for_their_turn(sandbox):
    with ThreadPoolExecutor(8) as threads:
        data = [os.urandom(200_000) for _ in range(24)]
        outcomes = list(threads.map(lambda part: sandbox.run(f"{JOBS}:echo", part), data))
    assert [outcome.parts[0] for outcome in outcomes] == data


def test_too_many_at_once_are_told_to_try_again():
    sandbox = Sandbox([JOBS], at_once=1, wait_seconds=0.2)
    sandbox.run(f"{JOBS}:echo", b"a")
    busy = threading.Thread(target=lambda: refused(sandbox, "hang", b"a", seconds=2))
    busy.start()
    assert comes_true(lambda: children_of(sandbox.server))
    with pytest.raises(Unwelcome) as why:
        sandbox.run(f"{JOBS}:echo", b"a")
    busy.join()
    assert why.value.reason is Reason.BUSY
    assert "Wait a minute" in why.value.sentence
    assert sandbox.run(f"{JOBS}:echo", b"b").parts == [b"b"]
    sandbox.close()


def test_only_one_waits_long_so_that_pages_keep_their_threads():
    sandbox = Sandbox([JOBS], at_once=1, wait_seconds=30)
    sandbox.run(f"{JOBS}:echo", b"a")
    with ThreadPoolExecutor(4) as threads:
        hangs = threads.submit(refused, sandbox, "hang", b"a", seconds=8)
        assert comes_true(lambda: children_of(sandbox.server))
        first = threads.submit(sandbox.run, f"{JOBS}:echo", b"first")
        time.sleep(0.2)
        start = time.monotonic()
        others = [threads.submit(refused, sandbox, "echo", b"next") for _ in range(2)]
        assert [other.result() for other in others] == [Reason.BUSY, Reason.BUSY]
        assert time.monotonic() - start < 6
        assert hangs.result() is Reason.UNREADABLE
        assert first.result().parts == [b"first"]
    sandbox.close()


def test_the_server_outlives_the_thread_that_started_it():
    sandbox = Sandbox([JOBS])
    first = threading.Thread(target=lambda: sandbox.run(f"{JOBS}:echo", b"a"))
    first.start()
    first.join()
    server = sandbox.server
    time.sleep(0.1)
    assert sandbox.run(f"{JOBS}:echo", b"b").parts == [b"b"]
    assert sandbox.server == server
    sandbox.close()


def test_warmed_it_is_there_before_the_first_file_comes():
    sandbox = Sandbox([JOBS])
    assert sandbox.server is None, "a command that takes in no file would pay for it"
    sandbox.warm().join()
    server = sandbox.server
    assert server is not None
    assert sandbox.run(f"{JOBS}:echo", b"a").parts == [b"a"]
    assert sandbox.server == server
    sandbox.close()


def test_the_web_process_warms_it_and_nothing_else_does(monkeypatch):
    warmed = []
    monkeypatch.setattr("files.sandbox.warm", lambda: warmed.append(True))
    monkeypatch.setattr("django.core.wsgi.get_wsgi_application", lambda: "the portal")
    monkeypatch.setattr("privacy_portal.memory.give_large_buffers_back", lambda: True)
    monkeypatch.delitem(sys.modules, "privacy_portal.wsgi", raising=False)
    door = importlib.import_module("privacy_portal.wsgi")
    monkeypatch.delitem(sys.modules, "privacy_portal.wsgi")
    assert (door.application, warmed) == ("the portal", [True])


def no_room(*args, **keywords):
    raise BlockingIOError(11, "no process is left")


def test_a_sandbox_that_cannot_start_early_says_so_and_harms_nobody(monkeypatch):
    sandbox = Sandbox([JOBS])
    with monkeypatch.context() as broken, capture_logs() as logged:
        broken.setattr("files.sandbox.subprocess.Popen", no_room)
        sandbox.warm().join()
    assert [line["event"] for line in logged] == ["sandbox_did_not_start"]
    assert sandbox.run(f"{JOBS}:echo", b"a").parts == [b"a"]
    sandbox.close()


def test_nothing_stays_open_after_many_jobs(sandbox):
    def left_open(pid) -> int:
        return len(list(Path(f"/proc/{pid}/fd").iterdir()))

    def a_round() -> tuple[int, int]:
        for _ in range(4):
            sandbox.run(f"{JOBS}:echo", b"a")
            refused(sandbox, "refuse", b"a")
            refused(sandbox, "stop_at_once", b"a")
            refused(sandbox, "say", b"")
        refused(sandbox, "hang", b"a", seconds=1)
        assert comes_true(lambda: not children_of(sandbox.server))
        return left_open(os.getpid()), left_open(sandbox.server)

    assert a_round() == a_round()


def test_a_server_that_was_killed_is_started_anew(sandbox):
    sandbox.run(f"{JOBS}:echo", b"a")
    killed = sandbox.server
    os.kill(killed, signal.SIGKILL)
    assert comes_true(lambda: is_gone(killed))
    assert sandbox.run(f"{JOBS}:echo", b"b").parts == [b"b"]
    assert sandbox.server != killed


def test_a_file_is_not_blamed_when_the_server_was_killed():
    sandbox = Sandbox([JOBS], at_once=1)
    sandbox.run(f"{JOBS}:echo", b"a")
    found = []
    waiting = threading.Thread(target=lambda: found.append(refused(sandbox, "hang", b"a")))
    waiting.start()
    assert comes_true(lambda: children_of(sandbox.server))
    os.kill(sandbox.server, signal.SIGKILL)
    waiting.join(5)
    assert found == [Reason.BUSY]
    assert sandbox.run(f"{JOBS}:echo", b"b").parts == [b"b"]
    sandbox.close()


PORTAL = """
import os, sys, threading, time
from files.forkserver import WRITE
from files.sandbox import Sandbox
sandbox = Sandbox(["tests.files.misbehaving"])
sandbox.run("tests.files.misbehaving:echo", b"a")
def hang(): sandbox.run("tests.files.misbehaving:hang", b"a", seconds=60)
"""


def portal(rest: str) -> subprocess.Popen:
    """A process of its own with a sandbox, as a web process has one."""
    return subprocess.Popen(
        [sys.executable, "-c", PORTAL + rest], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )


def test_when_the_portal_is_killed_its_sandbox_and_jobs_end():
    killed = portal(
        "threading.Thread(target=hang).start(); time.sleep(0.5); "
        "print(sandbox.server, flush=True); time.sleep(60)"
    )
    server = int(killed.stdout.readline())
    assert comes_true(lambda: children_of(server))
    (job,) = children_of(server)
    killed.kill()
    killed.wait()
    assert comes_true(lambda: is_gone(server) and is_gone(job))


def test_a_fork_of_the_portal_has_a_server_of_its_own():
    forked = portal(
        "first = sandbox.server\n"
        "if os.fork() == 0:\n"
        "    done = sandbox.run('tests.files.misbehaving:echo', b'b').parts == [b'b']\n"
        "    print(done and sandbox.server != first, flush=True); os._exit(0)\n"
        "os.wait(); print(sandbox.run('tests.files.misbehaving:echo', b'c').parts == [b'c'])\n"
    )
    assert forked.communicate(timeout=30)[0].split() == ["True", "True"]
