"""How the sandbox starts, takes turns, goes on and ends."""

import gc
import importlib
import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from files.errors import Reason, Unwelcome
from files.sandbox import Sandbox
from tests.files.sandboxes import (
    JOBS,
    ROOT,
    children_of,
    comes_true,
    end_jobs,
    is_gone,
    only_job_of,
    refused,
    sandbox,
)

__all__ = ["sandbox"]
WAIT = 60  # seconds: a busy machine is slow


def test_what_a_job_handed_over_stays_whatever_it_does_then(sandbox):
    outcome = sandbox.run(f"{JOBS}:go_on", b"first")
    assert outcome.parts == [b"first"]
    assert outcome.later.result(WAIT) == [b"later"]
    for job in ("fail_later", "say_much_later"):
        outcome = sandbox.run(f"{JOBS}:{job}", b"first")
        with pytest.raises(Unwelcome) as why:
            outcome.later.result(WAIT)
        assert (outcome.parts, why.value.reason) == ([b"first"], Reason.UNREADABLE)
    assert outcome.views[0].readonly


def test_an_answer_that_can_still_be_changed_is_not_taken(sandbox):
    with capture_logs() as logged:
        assert refused(sandbox, "answer_and_write_on", b"a") is Reason.UNREADABLE
    end_jobs(sandbox)
    assert [line["why"] for line in logged] == ["still writing"]


def is_free(sandbox) -> bool:
    try:
        return sandbox.run(f"{JOBS}:echo", b"a").parts == [b"a"]
    except Unwelcome:
        return False


def test_a_job_that_goes_on_keeps_its_place_until_it_is_done():
    sandbox = Sandbox([JOBS], at_once=1, wait_seconds=0.1)
    slow = sandbox.run(f"{JOBS}:go_on_when_told", b"first")
    assert refused(sandbox, "echo", b"a") is Reason.BUSY
    os.kill(only_job_of(sandbox), signal.SIGUSR1)
    assert (slow.parts, slow.later.result(WAIT)) == ([b"first"], [b"later"])
    assert comes_true(lambda: is_free(sandbox))
    never = sandbox.run(f"{JOBS}:go_on", b"first", pause=600, seconds=1)
    with pytest.raises(Unwelcome):
        never.later.result(WAIT)
    sandbox.close()


def test_many_at_once_wait_for_their_turn(sandbox):
    with ThreadPoolExecutor(8) as threads:
        data = [os.urandom(200_000) for _ in range(24)]
        outcomes = list(threads.map(lambda part: sandbox.run(f"{JOBS}:echo", part), data))
    assert [outcome.parts[0] for outcome in outcomes] == data


def test_too_many_at_once_are_told_to_try_again():
    sandbox = Sandbox([JOBS], at_once=1, wait_seconds=0.2)
    sandbox.run(f"{JOBS}:echo", b"a")
    assert comes_true(lambda: not children_of(sandbox.server))
    busy = threading.Thread(target=lambda: refused(sandbox, "hang", b"a"))
    busy.start()
    assert comes_true(lambda: children_of(sandbox.server))
    with pytest.raises(Unwelcome) as why:
        sandbox.run(f"{JOBS}:echo", b"a")
    end_jobs(sandbox)
    busy.join()
    assert why.value.reason is Reason.BUSY
    assert "Wait a minute" in why.value.sentence
    assert sandbox.run(f"{JOBS}:echo", b"b").parts == [b"b"]
    sandbox.close()


def test_only_one_waits_long_so_that_pages_keep_their_threads(monkeypatch):
    monkeypatch.setattr("files.sandbox._SHORT_WAIT_SECONDS", 0.5)
    sandbox = Sandbox([JOBS], at_once=1, wait_seconds=2 * WAIT)
    sandbox.run(f"{JOBS}:echo", b"a")
    assert comes_true(lambda: not children_of(sandbox.server))
    with ThreadPoolExecutor(4) as threads:
        hangs = threads.submit(refused, sandbox, "hang", b"a", seconds=2 * WAIT)
        assert comes_true(lambda: children_of(sandbox.server))
        first = threads.submit(sandbox.run, f"{JOBS}:echo", b"first")
        assert comes_true(lambda: sandbox._first_waits._value == 0)
        start = time.monotonic()
        others = [threads.submit(refused, sandbox, "echo", b"next") for _ in range(2)]
        assert [other.result() for other in others] == [Reason.BUSY, Reason.BUSY]
        assert time.monotonic() - start < WAIT, "not as long as the first one would"
        assert not hangs.done()
        end_jobs(sandbox)
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

    gc.collect()  # what other tests left open is not closed in between
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
    assert comes_true(lambda: not children_of(sandbox.server))  # the next one is the one that hangs
    found = []
    waiting = threading.Thread(target=lambda: found.append(refused(sandbox, "hang", b"a")))
    waiting.start()
    assert comes_true(lambda: children_of(sandbox.server))
    os.kill(sandbox.server, signal.SIGKILL)
    waiting.join(WAIT)  # returns as soon as it is told; a machine may be slow
    assert found == [Reason.BUSY]
    assert sandbox.run(f"{JOBS}:echo", b"b").parts == [b"b"]
    sandbox.close()


PORTAL = """
import os, sys, threading, time
from files.forkserver import WRITE
from files.sandbox import Sandbox
sandbox = Sandbox(["tests.files.misbehaving"])
sandbox.run("tests.files.misbehaving:echo", b"a")
print(sandbox.server, flush=True)
def hang(): sandbox.run("tests.files.misbehaving:hang", b"a", seconds=60)
"""


def portal(rest: str) -> subprocess.Popen:
    """A process of its own with a sandbox, as a web process has one."""
    return subprocess.Popen(
        [sys.executable, "-c", PORTAL + rest],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_when_the_portal_is_killed_its_sandbox_and_jobs_end():
    killed = portal("sys.stdin.readline(); threading.Thread(target=hang).start(); time.sleep(60)")
    with killed:
        server = int(killed.stdout.readline())
        assert comes_true(lambda: not children_of(server))  # the next one is the one that hangs
        killed.stdin.write("hang\n")
        killed.stdin.flush()
        assert comes_true(lambda: children_of(server))
        (job,) = children_of(server)
        killed.kill()
    assert comes_true(lambda: is_gone(server) and is_gone(job))


def test_a_fork_of_the_portal_has_a_server_of_its_own():
    forked = portal(
        "first = sandbox.server\n"
        "if os.fork() == 0:\n"
        "    done = sandbox.run('tests.files.misbehaving:echo', b'b').parts == [b'b']\n"
        "    print(done and sandbox.server != first, flush=True); os._exit(0)\n"
        "os.wait(); print(sandbox.run('tests.files.misbehaving:echo', b'c').parts == [b'c'])\n"
    )
    server, *done = forked.communicate(timeout=WAIT)[0].split()
    assert int(server)
    assert done == ["True", "True"]
