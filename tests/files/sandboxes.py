"""A sandbox of its own, and what the tests ask about its processes."""

import time
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
