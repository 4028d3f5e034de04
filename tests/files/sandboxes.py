"""A sandbox of its own, and what the tests ask about its processes."""

import os
import signal
import time
from contextlib import suppress
from pathlib import Path

import pytest

from files.errors import Reason, Unwelcome
from files.sandbox import Sandbox

JOBS = "tests.files.misbehaving"
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def sandbox():
    made = Sandbox([JOBS], at_once=2, wait_seconds=10)
    yield made
    made.close()


def children_of(pid: int) -> list[int]:
    try:
        return [int(n) for n in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except (FileNotFoundError, ProcessLookupError):  # it ended, also between opening and reading
        return []


def is_gone(pid: int) -> bool:
    """No such process, or one that has ended and waits to be buried."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return True


def comes_true(question, seconds=60) -> bool:
    """As soon as it does; a busy machine may take long."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if question():
            return True
        time.sleep(0.02)
    return False


def only_job_of(sandbox) -> int:
    """The process of the one job that runs; no job of before is still being buried."""
    (job,) = children_of(sandbox.server)
    return job


def end_jobs(sandbox) -> None:
    """Kills what still runs, and waits until the server has buried it."""
    for job in children_of(sandbox.server):
        with suppress(ProcessLookupError):  # it ended by itself just now
            os.kill(job, signal.SIGKILL)
    assert comes_true(lambda: not children_of(sandbox.server))


def refused(sandbox, job, *data, **options) -> Reason:
    with pytest.raises(Unwelcome) as why:
        sandbox.run(f"{JOBS}:{job}", *data, **options)
    return why.value.reason
