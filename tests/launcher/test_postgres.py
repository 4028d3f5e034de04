"""The private PostgreSQL: who reaches it, what stays of it, and that it ends with its launcher."""

import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from launcher.leftovers import end_leftover_server
from launcher.postgres import Cluster, ClusterInUse

ROOT = Path(__file__).resolve().parents[2]
STARTER = """
import sys, time
from pathlib import Path
from launcher.postgres import Cluster
cluster = Cluster(Path(sys.argv[1]), durable=False)
cluster.start()
print(cluster.socket_folder, flush=True)
time.sleep(600)
"""


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with Cluster(tmp_path_factory.mktemp("cluster") / "home", durable=False) as running:
        yield running


def connect(cluster: Cluster, variable: str) -> psycopg.Connection:
    return psycopg.connect(cluster.settings()[variable], autocommit=True)


def start_elsewhere(home: Path) -> subprocess.Popen[str]:
    """Another process that starts a cluster here and would stay for ten minutes."""
    starter = subprocess.Popen(
        [sys.executable, "-c", STARTER, str(home)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert starter.stdout is not None
    starter.socket_folder = Path(starter.stdout.readline().strip())  # type: ignore[attr-defined]
    return starter


def postmaster_of(home: Path) -> int:
    data = Cluster(home, durable=False).data_folder
    return int((data / "postmaster.pid").read_text().split()[0])


def keeper_of(starter: subprocess.Popen[str]) -> int:
    children = Path(f"/proc/{starter.pid}/task/{starter.pid}/children").read_text().split()
    (keeper,) = children
    return int(keeper)


def has_ended(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return True
    return state == "Z"


def wait_until_ended(process: int) -> None:
    limit = time.monotonic() + 60
    while not has_ended(process):
        assert time.monotonic() < limit, f"process {process} still runs"
        time.sleep(0.02)


def test_nobody_else_reaches_it_and_it_listens_on_no_network_address(cluster: Cluster) -> None:
    assert stat.S_IMODE(cluster.socket_folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(cluster.home.stat().st_mode) == 0o700
    with psycopg.connect(cluster.superuser()) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)


def test_each_secret_is_readable_by_us_alone(cluster: Cluster) -> None:
    files = list(cluster.secrets.iterdir())
    assert len(files) == 5
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}


def test_a_wrong_password_is_refused(cluster: Cluster) -> None:
    url = cluster.settings()["PORTAL_CONTENT_DB"].replace("portal_web:", "portal_web:wrong")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(url)


@pytest.mark.parametrize(
    ("variable", "login", "database"),
    [
        ("PORTAL_CONTENT_DB", "portal_web", "portal_content"),
        ("PORTAL_KEYS_DB", "portal_web", "portal_keys"),
        ("PORTAL_CONTENT_DB_OWNER", "portal_owner", "portal_content"),
        ("PORTAL_KEYS_DB_OWNER", "portal_owner", "portal_keys"),
        ("PORTAL_WORKER_DB", "portal_worker", "portal_content"),
        ("PORTAL_WORKER_KEYS_DB", "portal_worker", "portal_keys"),
    ],
)
def test_each_address_leads_to_its_login_and_database(
    cluster: Cluster, variable: str, login: str, database: str
) -> None:
    with connect(cluster, variable) as connection:
        asked = "SELECT current_user, current_database(), pg_encoding_to_char(encoding) "
        answer = connection.execute(
            asked + "FROM pg_database WHERE datname = current_database()"
        ).fetchone()
    assert answer == (login, database, "UTF8")


def test_what_each_login_may_be(cluster: Cluster) -> None:
    with psycopg.connect(cluster.superuser()) as connection:
        rows = connection.execute(
            "SELECT rolname, rolcanlogin, rolsuper OR rolcreaterole OR rolcreatedb "
            "OR rolreplication, rolbypassrls, "
            "array(SELECT roleid::regrole::text FROM pg_auth_members WHERE member = r.oid "
            "ORDER BY 1) FROM pg_roles r WHERE rolname ~ '^portal_' "
            "AND rolname <> 'portal_launcher' ORDER BY rolname"
        ).fetchall()
    # name, may sign in, has any power over the server, passes row-level security, member of
    assert rows == [
        ("portal_backup", True, False, True, ["pg_read_all_data"]),
        ("portal_destroyer", False, False, False, []),
        ("portal_owner", True, False, False, ["portal_destroyer", "portal_web"]),
        ("portal_web", True, False, False, []),
        ("portal_worker", True, False, False, ["portal_destroyer", "portal_web"]),
    ]


@pytest.mark.parametrize("variable", ["PORTAL_CONTENT_DB", "PORTAL_KEYS_DB", "PORTAL_WORKER_DB"])
def test_only_the_owner_may_create_tables(cluster: Cluster, variable: str) -> None:
    with (
        connect(cluster, variable) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute("CREATE TABLE planted (id integer)")
    with connect(cluster, variable) as connection:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("CREATE TEMPORARY TABLE planted (id integer)")


def test_the_web_login_can_become_nobody_else(cluster: Cluster) -> None:
    with connect(cluster, "PORTAL_CONTENT_DB") as connection:
        for role in ("portal_owner", "portal_destroyer", "portal_worker", "portal_backup"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(f"SET ROLE {role}")


def test_the_backup_login_reads_everything_and_writes_nothing(cluster: Cluster) -> None:
    with connect(cluster, "PORTAL_CONTENT_DB_OWNER") as owner:
        owner.execute("CREATE TABLE guarded AS SELECT 1 AS id")
        owner.execute("ALTER TABLE guarded ENABLE ROW LEVEL SECURITY")
    url = cluster.settings()["PORTAL_CONTENT_DB"].replace(
        cluster.settings()["PORTAL_CONTENT_DB"].split("@")[0].split("//")[1],
        "portal_backup:" + (cluster.secrets / "portal_backup").read_text(),
    )
    with psycopg.connect(url, autocommit=True) as backup:
        assert backup.execute("SELECT id FROM guarded").fetchall() == [(1,)]
        backup.execute("SET default_transaction_read_only = off")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            backup.execute("DELETE FROM guarded")


def test_the_log_says_nothing_about_what_was_in_a_row(cluster: Cluster) -> None:
    with connect(cluster, "PORTAL_CONTENT_DB_OWNER") as owner:
        owner.execute("CREATE TABLE people (name text UNIQUE)")
        owner.execute("INSERT INTO people VALUES ('Marker-4711')")
        with pytest.raises(psycopg.errors.UniqueViolation):
            owner.execute("INSERT INTO people VALUES ('Marker-4711')")
        with pytest.raises(psycopg.errors.InvalidTextRepresentation):
            owner.execute("SELECT 'Marker-4711'::uuid")
        with pytest.raises(psycopg.errors.SyntaxError):
            owner.execute("SELEKT 'Marker-4711'")
    assert "Marker-4711" not in cluster.log.read_text()


def test_data_and_secrets_stay_when_it_stops(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with Cluster(home, durable=False) as first:
        assert first.new_databases == ["portal_content", "portal_keys"]
        with connect(first, "PORTAL_CONTENT_DB_OWNER") as owner:
            owner.execute("CREATE TABLE kept AS SELECT 42 AS id")
        socket_folder = first.socket_folder
    assert not socket_folder.exists()
    with Cluster(home, durable=False) as second:
        assert second.new_databases == []
        with connect(second, "PORTAL_CONTENT_DB_OWNER") as owner:
            assert owner.execute("SELECT id FROM kept").fetchone() == (42,)


def test_a_second_copy_is_told_who_is_there_and_the_first_one_lives_on(cluster: Cluster) -> None:
    with pytest.raises(ClusterInUse, match=rf"process {os.getpid()}\) is using"):
        Cluster(cluster.home, durable=False).start()
    with pytest.raises(ClusterInUse):
        Cluster(cluster.home, durable=False).remove()
    with connect(cluster, "PORTAL_CONTENT_DB") as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_other_databases_of_the_machine_are_ignored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://somebody@db.example/real")
    monkeypatch.setenv("PGHOST", "db.example")
    monkeypatch.setenv("PGSERVICE", "real")
    monkeypatch.setenv("PGOPTIONS", "-c default_transaction_read_only=on")
    with Cluster(tmp_path / "home", durable=False) as running:
        assert not {"DATABASE_URL", "PGHOST", "PGSERVICE", "PGOPTIONS"} & set(os.environ)
        with connect(running, "PORTAL_CONTENT_DB_OWNER") as owner:
            owner.execute("CREATE TABLE written (id integer)")


def test_kill_9_of_the_launcher_ends_the_server_cleanly(tmp_path: Path) -> None:
    home = tmp_path / "home"
    starter = start_elsewhere(home)
    server, keeper = postmaster_of(home), keeper_of(starter)
    starter.kill()
    starter.wait()
    wait_until_ended(keeper)
    assert has_ended(server)
    assert not starter.socket_folder.exists()  # type: ignore[attr-defined]
    assert "database system is shut down" in (home / "log" / "postgresql.log").read_text()


def test_kill_9_of_the_keeper_ends_the_server(tmp_path: Path) -> None:
    home = tmp_path / "home"
    starter = start_elsewhere(home)
    server = postmaster_of(home)
    os.kill(keeper_of(starter), signal.SIGKILL)
    wait_until_ended(server)
    starter.kill()
    starter.wait()
    with Cluster(home, durable=False):
        assert not starter.socket_folder.exists()  # type: ignore[attr-defined]


def test_it_starts_again_after_everything_was_killed(tmp_path: Path) -> None:
    home = tmp_path / "home"
    starter = start_elsewhere(home)
    server, keeper = postmaster_of(home), keeper_of(starter)
    for process in (starter.pid, keeper, server):
        os.kill(process, signal.SIGKILL)
    starter.wait()
    wait_until_ended(server)
    assert starter.socket_folder.exists()  # type: ignore[attr-defined]
    with Cluster(home, durable=False) as again, connect(again, "PORTAL_CONTENT_DB") as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
        assert not starter.socket_folder.exists()  # type: ignore[attr-defined]


def test_a_pid_file_that_names_a_stranger_is_dropped_and_the_stranger_lives(tmp_path: Path) -> None:
    (tmp_path / "postmaster.pid").write_text(f"{os.getpid()}\n/somewhere\n")
    end_leftover_server(tmp_path)
    assert not (tmp_path / "postmaster.pid").exists()


def test_removing_takes_data_and_secrets_along(tmp_path: Path) -> None:
    made = Cluster(tmp_path / "home", durable=False)
    made.start()
    made.stop()
    made.remove()
    assert not made.home.exists()
