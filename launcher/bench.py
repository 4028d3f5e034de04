"""Runs the benchmarks (`python -m bench`) against a private PostgreSQL as safe as production's.

Data and secrets stand in var/bench and go afterwards. Extra arguments go to the benchmarks.
"""

import os
import subprocess
import sys

from launcher.binaries import NoPostgres
from launcher.environment import (
    settings_of_tests,
    start_from_nothing,
)
from launcher.postgres import Cluster, ClusterFailed, ClusterInUse
from launcher.steps import MANAGE, ROOT, StepFailed, run, step

HOME = ROOT / "var" / "bench"


def measure(arguments: list[str]) -> int:
    """Make the databases, measure, and throw them away again."""
    cluster = Cluster(HOME)
    if HOME.exists():
        cluster.remove()
    try:
        with step("PostgreSQL"):
            cluster.start()
        settings = settings_of_tests(cluster.settings())
        with step("Tables"):
            run([*MANAGE, "prepare_database"], log=HOME / "log" / "steps.log", settings=settings)
        environment = {**os.environ, **settings, "PORTAL_BENCH_HOME": str(HOME)}
        code = subprocess.call(
            [sys.executable, "-m", "bench", *arguments], cwd=ROOT, env=environment
        )
    finally:
        cluster.stop()
    cluster.remove()
    return code


def main(arguments: list[str]) -> int:
    start_from_nothing()
    try:
        return measure(arguments)
    except KeyboardInterrupt:
        return 130
    except (ClusterFailed, ClusterInUse, NoPostgres, StepFailed) as problem:
        print(f"\nscript/bench: {problem}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
