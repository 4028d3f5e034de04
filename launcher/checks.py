"""Runs every check, two at a time, and then every test. `script/test` calls it.

With arguments it runs only pytest, with those. The last thing it prints is pytest's closing line;
only when something failed one more line follows, which says what.
"""

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from launcher.binaries import NoPostgres
from launcher.chromium import find_chromium
from launcher.postgres import ClusterFailed
from launcher.steps import MANAGE, ROOT, StepFailed, compile_translations, knows_command, run
from launcher.test_cluster import enter_test_environment

BIN = Path(sys.executable).parent
NO_BROWSER = """
**********************************************************************************************
*  THE BROWSER JOURNEYS DO NOT RUN: there is no chromium here that a test can start.          *
*  Ubuntu's chromium is a snap. Run this on Debian, or point PORTAL_CHROMIUM to a browser.    *
**********************************************************************************************
"""
NO_TINY_DISK = """
**********************************************************************************************
*  THE TEST OF A DISK THAT IS FULL DOES NOT RUN: this machine lets us mount none of 1 MB.      *
*  Run this as root, or allow user namespaces (Ubuntu restricts them by AppArmor).            *
**********************************************************************************************
"""


@dataclass(frozen=True)
class Check:
    """A program that must succeed, and the settings it differs in."""

    name: str
    command: tuple[str, ...]
    settings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    check: Check
    seconds: float
    code: int
    said: str


def manage(*command: str) -> tuple[str, ...]:
    return (*MANAGE, *command)


def tool(name: str, *arguments: str) -> tuple[str, ...]:
    return (str(BIN / name), *arguments)


PRODUCTION = {"PORTAL_LOGIN": "web", "PORTAL_ALLOWED_HOSTS": "portal.example"}
# The slowest first: two run at a time.
CHECKS = (
    Check("types (mypy)", tool("mypy")),
    Check("migrations are complete", manage("makemigrations", "--check", "--dry-run")),
    Check("production settings", manage("check", "--deploy", "--fail-level", "INFO"), PRODUCTION),
    Check("rooms (import-linter)", tool("lint-imports", "--no-cache")),
    Check("unsafe calls (bandit)", tool("bandit", "-q", "-c", "pyproject.toml", "-r", ".")),
    Check("templates (djlint)", tool("djlint", "--lint", "--quiet", "templates")),
    Check("lint (ruff)", tool("ruff", "check", ".")),
    Check("format (ruff)", tool("ruff", "format", "--check", ".")),
)


def run_check(check: Check) -> Outcome:
    start = time.monotonic()
    environment = {**os.environ, "NO_COLOR": "1", **check.settings}
    ran = subprocess.run(
        check.command,
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return Outcome(check, time.monotonic() - start, ran.returncode, ran.stdout.strip())


def run_checks() -> list[str]:
    """Run them all and print how each went; returns the names of those that failed."""
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 2) as pool:
        outcomes = []
        for outcome in pool.map(run_check, CHECKS):
            outcomes.append(outcome)
            verdict = "good" if outcome.code == 0 else "FAILED"
            print(f"  {outcome.check.name:<34} {outcome.seconds:6.1f} s  {verdict}", flush=True)
    failed = [outcome for outcome in outcomes if outcome.code != 0]
    for outcome in failed:
        print(f"\n--- {outcome.check.name}: {' '.join(outcome.check.command)}\n{outcome.said}\n")
    return [outcome.check.name for outcome in failed]


def prepare() -> None:
    """What tests find ready: translations and fonts."""
    log = ROOT / "var" / "log" / "test.log"
    compile_translations({}, log)
    if knows_command("build_fonts") and not any(ROOT.glob("static/fonts/*.woff2")):
        run([*MANAGE, "build_fonts"], log=log, settings={})


def can_mount() -> bool:
    """Whether a small disk may be mounted here: as root, or in a user namespace of our own."""
    mounted = ["--mount", "mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", "/tmp"]
    return any(
        subprocess.run(["unshare", *user, *mounted], capture_output=True, check=False).returncode
        == 0
        for user in ([], ["--user", "--map-root-user"])
    )


def run_pytest(arguments: list[str], *, without: list[str]) -> int:
    """Runs these tests, or all; `without` those marked so."""
    if "-m" not in arguments:
        marked = " and ".join(f"not {mark}" for mark in ["bench", *without])
        arguments = [*(arguments or ["-n", "2", "--dist", "loadgroup", "-q"]), "-m", marked]
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    return subprocess.call([*tool("pytest"), *arguments], cwd=ROOT, env=environment)


def check_everything(arguments: list[str]) -> int:
    without = []
    if find_chromium() is None:
        without.append("browser")
    if not can_mount():
        without.append("tiny_disk")
    enter_test_environment(ROOT)
    prepare()
    for mark in without:
        print({"browser": NO_BROWSER, "tiny_disk": NO_TINY_DISK}[mark], flush=True)
    failed = []
    if not arguments:
        print("Checks:", flush=True)
        failed = run_checks()
        print("\nTests:", flush=True)
    code = run_pytest(arguments, without=without)
    if code != 0:
        failed.append("tests (pytest)")
    if failed:
        print(f"\nscript/test: failed: {', '.join(failed)}.", flush=True)
    return 1 if failed else 0


def main(arguments: list[str]) -> int:
    try:
        return check_everything(arguments)
    except KeyboardInterrupt:
        print("\nscript/test: stopped.", file=sys.stderr)
        return 130
    except (ClusterFailed, NoPostgres, StepFailed) as problem:
        print(f"\nscript/test: {problem}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
