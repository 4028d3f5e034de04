"""A private PostgreSQL: one folder, one socket that only we can reach, no network."""

import fcntl
import os
import secrets
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType

import psycopg
from psycopg.conninfo import make_conninfo

from launcher import logins
from launcher.binaries import Binaries, find_binaries, find_runner, outside_place, within_reach
from launcher.environment import database_settings, forget_other_databases, kept_secret
from launcher.kept import KeptProgram
from launcher.leftovers import end_leftover_server

SUPERUSER = "portal_launcher"
LONGEST_SOCKET_PATH = 107
SOCKET_NAME = ".s.PGSQL.5432"
SECONDS_TO_START = 60
SECONDS_TO_STOP = 60

# Values of rows have no business in PostgreSQL's log: no statement, no detail, and no errors at all
# (their first line may quote what was typed); the application logs those, without values.
SETTINGS = {
    "listen_addresses": "''",
    "unix_socket_permissions": "0700",
    "password_encryption": "'scram-sha-256'",
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_statement": "none",
    "log_duration": "off",
    "log_min_duration_statement": "-1",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_lock_waits": "off",
    "logging_collector": "off",
    "log_timezone": "'UTC'",
    "timezone": "'UTC'",
    "lc_messages": "'C'",
    "shared_buffers": "'256MB'",
    "max_connections": "100",
    "max_wal_size": "'2GB'",
    "jit": "off",
}
# Only for tests: their data need not survive a power cut, nor grow old.
CARELESS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
}


class ClusterInUse(Exception):
    """Another copy is using these data. The message says so."""


class ClusterFailed(Exception):
    """PostgreSQL did not start. The message holds what it said."""


class Cluster:
    """A PostgreSQL server of our own in `home`, started and stopped with us.

    Promises: it listens on no network address; its socket stands in a folder only we can enter;
    every login has a generated password, kept in `home`/secrets; it ends when we end, also when we
    are killed; its data stay; a second copy on the same `home` is refused, never let in.
    """

    def __init__(self, home: Path, *, durable: bool = True, for_tests: bool = False) -> None:
        """`durable=False` gives up safety against power cuts for speed.

        `for_tests` lets the owner create databases.
        """
        self.home = home.absolute()
        self.new_databases: list[str] = []
        self.socket_folder = Path()
        self._durable = durable
        self._for_tests = for_tests
        self._lock = -1
        self._server: KeptProgram | None = None
        self._runner = find_runner()

    def __enter__(self) -> "Cluster":
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    # --- places -----------------------------------------------------------------------------

    @property
    def secrets(self) -> Path:
        return self.home / "secrets"

    @property
    def log(self) -> Path:
        return self.home / "log" / "postgresql.log"

    @property
    def data_folder(self) -> Path:
        """The server's own folder: in our home, or outside when it can't reach that."""
        if self._runner.owner is None and self._runner.may("-w", self.home):
            return self.home / "pgdata"
        return outside_place(self.home, self._runner) / "pgdata"

    # --- what others ask --------------------------------------------------------------------

    def settings(self) -> dict[str, str]:
        """The database variables of Django's settings."""
        return database_settings(self._passwords(), self.socket_folder)

    def superuser(self, database: str = "postgres") -> str:
        """How to connect as the superuser: for making logins, and for looking at the catalogue."""
        return make_conninfo(
            host=str(self.socket_folder),
            user=SUPERUSER,
            password=kept_secret(self.secrets / SUPERUSER),
            dbname=database,
            connect_timeout=10,
        )

    def start(self) -> None:
        """Start the server; makes the cluster, the databases and the logins where they are missing.

        Raises ClusterInUse, ClusterFailed or NoPostgres, each with a sentence for who started it.
        """
        forget_other_databases()
        self._take_lock()
        try:
            self._start()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop the server and wait until it has written everything. Its data stay."""
        if self._server is not None:
            self._server.stop()
            self._server = None
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1

    def remove(self) -> None:
        """Throw this cluster away: its data, its secrets, its log. Refused while it is in use."""
        self._take_lock()
        try:
            data = self.data_folder
            end_leftover_server(data)
            shutil.rmtree(data, ignore_errors=True)
            if data.parent != self.home:
                shutil.rmtree(data.parent, ignore_errors=True)
            shutil.rmtree(self.home)
        finally:
            os.close(self._lock)
            self._lock = -1

    # --- how --------------------------------------------------------------------------------

    def _passwords(self) -> dict[str, str]:
        return {login: kept_secret(self.secrets / f"portal_{login}") for login in logins.LOGINS}

    def _take_lock(self) -> None:
        self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.home.chmod(0o700)
        lock = os.open(self.home / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(lock, 20).decode().strip()
            os.close(lock)
            raise ClusterInUse(
                f"Another copy (process {holder or 'unknown'}) is using {self.home}. "
                "Stop that one first, or wait until it has stopped."
            ) from None
        os.truncate(lock, 0)
        os.pwrite(lock, f"{os.getpid()}\n".encode(), 0)
        self._lock = lock

    def _start(self) -> None:
        binaries = within_reach(self._find_binaries(), self._runner)
        data = self.data_folder
        self.log.parent.mkdir(mode=0o700, exist_ok=True)
        end_leftover_server(data)
        if not (data / "PG_VERSION").exists():
            self._make_data(binaries, data)
        self.socket_folder = self._make_socket_folder()
        (data / "portal.conf").write_text(self._configuration())
        self._runner.give(data / "portal.conf")
        if self.log.exists() and self.log.stat().st_size > 5_000_000:
            self.log.unlink()
        start_of_log = self.log.stat().st_size if self.log.exists() else 0
        self._server = KeptProgram(
            self._runner.command(binaries.postgres, "-D", str(data)),
            log=self.log,
            folder=Path("/"),
            end_signal="INT",  # a fast shutdown: whoever is connected is sent away, all is written
            patience=SECONDS_TO_STOP,
            remove=[self.socket_folder],
            hold_open=[self._lock],
        )
        self._wait_until_ready(start_of_log)
        self.new_databases = logins.make_logins(
            self.superuser(), self._passwords(), for_tests=self._for_tests
        )

    def _find_binaries(self) -> Binaries:
        made_by = self.data_folder / "PG_VERSION"
        return find_binaries(int(made_by.read_text()) if made_by.exists() else None)

    def _make_data(self, binaries: Binaries, data: Path) -> None:
        """Run initdb beside the place and move it there when whole: never half a cluster."""
        for half_made in data.parent.glob("pgdata-new-*"):
            shutil.rmtree(half_made, ignore_errors=True)
        new = data.with_name(f"pgdata-new-{secrets.token_hex(4)}")
        new.mkdir(mode=0o700)
        self._runner.give(new)
        password = data.with_name(f"pgdata-new-{secrets.token_hex(4)}-password")
        password.touch(mode=0o600)
        password.write_text(kept_secret(self.secrets / SUPERUSER))
        self._runner.give(password)
        options = ["-D", str(new), "-U", SUPERUSER, f"--pwfile={password}", "-A", "scram-sha-256"]
        options += ["-E", "UTF8", "--no-instructions", *([] if self._durable else ["--no-sync"])]
        for locale in ("C.UTF-8", "C"):
            command = self._runner.command(binaries.initdb, *options, f"--locale={locale}")
            made = subprocess.run(command, cwd="/", capture_output=True, text=True, check=False)
            if made.returncode == 0:
                break
        password.unlink()
        if made.returncode != 0:
            raise ClusterFailed(f"PostgreSQL's initdb did not succeed:\n{made.stderr.strip()}")
        # One line of rules instead of initdb's: everybody over the socket, with the password.
        (new / "pg_hba.conf").write_text("local all all scram-sha-256\n")
        with (new / "postgresql.conf").open("a") as configuration:
            configuration.write("\ninclude = 'portal.conf'\n")
        shutil.rmtree(data, ignore_errors=True)
        new.rename(data)

    def _make_socket_folder(self) -> Path:
        """A fresh folder in /tmp that only we can enter; the one of a killed run goes."""
        note = self.home / "socket-folder"
        if note.exists():
            left = Path(note.read_text().strip())
            if left.name.startswith("portal-pg-") and left.parent == Path("/tmp"):
                shutil.rmtree(left, ignore_errors=True)
        folder = Path(tempfile.mkdtemp(prefix="portal-pg-", dir="/tmp"))
        if len(str(folder / SOCKET_NAME)) > LONGEST_SOCKET_PATH:
            raise ClusterFailed(f"{folder} is too long for the path of a socket.")
        self._runner.give(folder)
        note.write_text(f"{folder}\n")
        return folder

    def _configuration(self) -> str:
        settings = {**SETTINGS, "unix_socket_directories": f"'{self.socket_folder}'"}
        if not self._durable:
            settings |= CARELESS
        lines = [f"{name} = {value}" for name, value in settings.items()]
        return "# Written anew at each start by launcher/postgres.py.\n" + "\n".join(lines) + "\n"

    def _wait_until_ready(self, start_of_log: int) -> None:
        limit = time.monotonic() + SECONDS_TO_START
        while time.monotonic() < limit:
            if self._server is None or not self._server.is_running:
                break
            if (self.socket_folder / SOCKET_NAME).exists():
                try:
                    psycopg.connect(self.superuser()).close()
                except psycopg.OperationalError:
                    pass  # it is still starting up
                else:
                    return
            time.sleep(0.02)
        said = self.log.read_bytes()[start_of_log:].decode(errors="replace").strip()
        raise ClusterFailed(f"PostgreSQL did not start. It said:\n{said or '(nothing)'}")
