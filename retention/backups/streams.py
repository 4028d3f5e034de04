"""Programs of PostgreSQL, and what flows out of and into them: sealed before it meets a disk.

Sealed as age files (age-encryption.org): to a recipient, so that the machine which makes copies
can't read them, and so that the standard `age` program opens them when this one is gone.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import pyrage
import pyrage.x25519
from django.conf import settings

from retention.backups.places import BackupRefused


class BackupFailed(Exception):
    """A copy could not be made, or put back; the message names the step."""


@dataclass(frozen=True)
class Written:
    """A sealed file as it stands on disk."""

    sha256: str
    size: int


def recipients() -> list[pyrage.x25519.Recipient]:
    """Who can open the copies. Raises BackupRefused when nobody is named, or not rightly."""
    try:
        named = [pyrage.x25519.Recipient.from_str(each) for each in settings.BACKUP_RECIPIENTS]
    except pyrage.RecipientError as error:
        raise BackupRefused("PORTAL_BACKUP_RECIPIENTS holds something else than age1...") from error
    if not named:
        raise BackupRefused(
            "Nobody could open the copies: run `python -m launcher.backup_key` somewhere safe and"
            " put the public key it tells into PORTAL_BACKUP_RECIPIENTS."
        )
    return named


def identity(path: Path) -> pyrage.x25519.Identity:
    """The private key in a file as `launcher.backup_key` and age-keygen write it."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        (secret,) = [line for line in lines if line.startswith("AGE-SECRET-KEY-")]
        return pyrage.x25519.Identity.from_str(secret)
    except OSError as error:
        raise BackupRefused(
            f"{path.name} can't be read. It must be there, and readable for the user of this"
            f" program ({os.getuid()})."
        ) from error
    except (ValueError, pyrage.IdentityError) as error:
        raise BackupRefused(f"{path.name} does not hold one private key of age.") from error


class _Hashing:
    """A file that knows its own hash."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._hash = hashlib.sha256()
        self._size = 0

    def write(self, data: bytes) -> int:
        self._hash.update(data)
        self._size += len(data)
        return self._file.write(data)

    def flush(self) -> None:
        self._file.flush()

    @property
    def written(self) -> Written:
        return Written(self._hash.hexdigest(), self._size)


def dump_sealed(database: Mapping[str, Any], path: Path) -> Written:
    """`pg_dump` of one database into a sealed file. Raises BackupFailed; then no file stays."""
    command = [_program("pg_dump"), "--format=custom", "--compress=1", *_address(database)]
    try:
        with _open_new(path) as file, _running(command, database, stdout=subprocess.PIPE) as dump:
            sealed = _Hashing(file)
            pyrage.encrypt_io(dump.stdout, sealed, recipients())
            if dump.wait() != 0:
                raise BackupFailed(f"pg_dump stopped: {_said(dump)}")
            file.flush()
            os.fsync(file.fileno())
            return sealed.written
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def restore_sealed(
    path: Path, database: Mapping[str, Any], opened_by: pyrage.x25519.Identity
) -> None:
    """Puts a sealed dump back, whole or not at all. Raises BackupFailed."""
    command = [
        _program("pg_restore"),
        "--exit-on-error",
        "--single-transaction",
        "--no-comments",
        *_address(database),
    ]
    with path.open("rb") as file, _running(command, database, stdin=subprocess.PIPE) as restore:
        assert restore.stdin is not None
        try:
            pyrage.decrypt_io(file, restore.stdin, [opened_by])
        except (pyrage.DecryptError, OSError) as error:
            restore.kill()  # a truncated dump would be half a database
            raise BackupFailed(f"{path.name} does not open with this key") from error
        restore.stdin.close()
        if restore.wait() != 0:
            raise BackupFailed(f"pg_restore stopped: {_said(restore)}")


class _Opened(Exception):
    """Its first bytes came."""


class _FirstBytes:
    def write(self, _data: bytes) -> int:
        raise _Opened

    def flush(self) -> None:
        return


def must_open(path: Path, opened_by: pyrage.x25519.Identity) -> None:
    """Reads no further than it takes to know that a key opens a dump. Raises BackupFailed."""
    try:
        with path.open("rb") as file:
            pyrage.decrypt_io(file, _FirstBytes(), [opened_by])
    except _Opened:
        return
    except (pyrage.DecryptError, OSError) as error:
        raise BackupFailed(f"{path.name} does not open with this key") from error


def sha256_of(path: Path) -> str:
    """The hash of a file, however large."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _open_new(path: Path) -> IO[bytes]:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _program(name: str) -> str:
    """PostgreSQL's own programs: of the server's version, or newer."""
    return str(Path(settings.PG_BIN) / name) if settings.PG_BIN else name


def _address(database: Mapping[str, Any]) -> list[str]:
    named = {"--host": database["HOST"], "--port": database["PORT"], "--username": database["USER"]}
    return [
        *(f"{option}={value}" for option, value in named.items() if value),
        f"--dbname={database['NAME']}",
        "--no-password",
    ]


def _running(
    command: list[str],
    database: Mapping[str, Any],
    *,
    stdin: int = subprocess.DEVNULL,
    stdout: int = subprocess.DEVNULL,
) -> subprocess.Popen[bytes]:
    """The password goes by the environment: arguments are for everybody to see."""
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "LANG", "HOME")}
    options = {f"PG{name.upper()}": str(value) for name, value in database["OPTIONS"].items()}
    try:
        return subprocess.Popen(
            command,
            env={**kept, **options, "PGPASSWORD": database["PASSWORD"]},
            stdin=stdin,
            stdout=stdout,
            stderr=subprocess.PIPE,
        )
    except OSError as error:
        raise BackupRefused(
            f"{command[0]} is not here. Install PostgreSQL's client programs, or say in"
            " PORTAL_PG_BIN in which folder they are."
        ) from error


def _said(program: subprocess.Popen[bytes]) -> str:
    """Its first line without values: PostgreSQL's details could quote a row."""
    text = program.stderr.read() if program.stderr else b""
    lines = text.decode(errors="replace").splitlines()
    return lines[0].partition("DETAIL")[0][:200] if lines else "it said nothing"
