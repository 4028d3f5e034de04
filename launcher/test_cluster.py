"""The server of tests: kept in `var/tests` between runs, so that it starts at once."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from launcher.environment import forget_portal_settings, settings_of_tests
from launcher.postgres import Cluster, ClusterFailed, ClusterInUse

STARTED = "PORTAL_TEST_CLUSTER"
"""Set in the environment of whatever runs under a server that somebody above it started."""


def enter_test_environment(root: Path) -> None:
    """Start the server and set our environment for it, unless somebody above us did."""
    if STARTED in os.environ:
        return
    forget_portal_settings()
    cluster = start_test_cluster(root)
    atexit.register(cluster.stop)
    os.environ.update(settings_of_tests(cluster.settings()))
    os.environ[STARTED] = str(cluster.socket_folder)


def start_test_cluster(root: Path) -> Cluster:
    """A running server whose data need not survive a power cut.

    When another run uses the kept one, this run gets one of its own that goes afterwards. A kept
    one that no longer starts (the machine went down: it gave up safety for speed) is made anew.
    """
    kept = Cluster(root / "var" / "tests", durable=False, for_tests=True)
    try:
        kept.start()
    except ClusterInUse:
        return _start_for_once()
    except ClusterFailed:
        kept.remove()
        kept.start()
    return kept


class _ForOnce(Cluster):
    """A cluster that goes with its server."""

    def stop(self) -> None:
        super().stop()
        shutil.rmtree(self.home.parent, ignore_errors=True)


def _start_for_once() -> Cluster:
    folder = Path(tempfile.mkdtemp(prefix="portal-tests-", dir="/tmp"))
    cluster = _ForOnce(folder / "cluster", durable=False, for_tests=True)
    cluster.start()
    return cluster
