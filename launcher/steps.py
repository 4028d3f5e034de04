"""Steps that take time: each on a line of its own, with how long it took."""

import os
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from launcher.kept import KeptProgram

ROOT = Path(__file__).resolve().parent.parent
MANAGE = (sys.executable, str(ROOT / "manage.py"))


class StepFailed(Exception):
    """A step did not succeed. The message holds the end of what it said."""


@contextmanager
def step(name: str) -> Iterator[None]:
    """Say what is being done, and afterwards how long it took."""
    start = time.monotonic()
    print(f"  {name} ".ljust(58, "."), end=" ", flush=True)
    try:
        yield
    except BaseException:
        print("stopped", flush=True)
        raise
    print(f"{time.monotonic() - start:5.1f} s", flush=True)


def run(command: Sequence[str], *, log: Path, settings: Mapping[str, str]) -> None:
    """Run a program to its end; it ends with us. Raises StepFailed with the end of what it said."""
    log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    start_of_log = log.stat().st_size if log.exists() else 0
    program = KeptProgram(command, log=log, environment={**os.environ, **settings}, folder=ROOT)
    try:
        code = program.wait()
    finally:
        program.stop()
    if code != 0:
        said = log.read_bytes()[start_of_log:].decode(errors="replace").strip()
        raise StepFailed(f"{' '.join(command[1:])} did not succeed:\n{last_lines(said)}")


def knows_command(name: str) -> bool:
    """Whether one of our rooms has this management command."""
    return any(ROOT.glob(f"*/management/commands/{name}.py"))


def last_lines(text: str, count: int = 30) -> str:
    return "\n".join(text.splitlines()[-count:]) or "(it said nothing)"


def compile_translations(settings: Mapping[str, str], log: Path) -> None:
    """Make the .mo files that are missing or older than their .po."""
    for source in sorted(ROOT.glob("locale/*/LC_MESSAGES/*.po")):
        made = source.with_suffix(".mo")
        if made.exists() and made.stat().st_mtime >= source.stat().st_mtime:
            continue
        new = made.with_suffix(f".{os.getpid()}.new")
        babel = (sys.executable, "-m", "babel.messages.frontend", "compile")
        run(
            [*babel, "--input-file", str(source), "--output-file", str(new)],
            log=log,
            settings=settings,
        )
        new.replace(made)
