"""A crash of the portal writes no memory to a disk: keys and open files stand in it."""

import os
import resource
import signal
import subprocess
import sys

from tests.guards.rooms import ROOT

CRASHES = """
import os, resource, signal, django
most = resource.getrlimit(resource.RLIMIT_CORE)[1]
resource.setrlimit(resource.RLIMIT_CORE, (most, most))
django.setup()
os.kill(os.getpid(), signal.SIGABRT)
"""


def test_a_program_that_crashes_leaves_no_copy_of_its_memory(tmp_path):
    crashed = subprocess.Popen(
        [sys.executable, "-c", CRASHES],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    _pid, status = os.waitpid(crashed.pid, 0)
    crashed.returncode = -signal.SIGABRT
    assert os.WTERMSIG(status) == signal.SIGABRT
    assert not os.WCOREDUMP(status)
    assert not list(tmp_path.iterdir())
    assert resource.getrlimit(resource.RLIMIT_CORE)[0] == 0
