"""docker-compose.yml, Dockerfile and Caddyfile name nothing that does not exist in the code."""

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import get_commands
from django.urls import resolve

from launcher import environment, new_secrets
from launcher.logins import DATABASES, LOGINS
from launcher.postgres import SETTINGS

ROOT = Path(__file__).resolve().parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if "build" in service}
DOCKERFILE = (ROOT / "Dockerfile").read_text()
CADDYFILE = (ROOT / "deploy" / "Caddyfile").read_text()
ENV_EXAMPLE = (ROOT / "deploy" / "env.example").read_text()

SETTINGS_SOURCE = "".join(
    (ROOT / path).read_text()
    for path in ("privacy_portal/settings.py", "privacy_portal/environment.py")
)
LOGINS_VARIABLES = {"PORTAL_SUPERUSER_DB", *(f"PORTAL_{name.upper()}_PASSWORD" for name in LOGINS)}


def variables_of_settings() -> set[str]:
    return set(re.findall(r'"(PORTAL_[A-Z_]+)"', SETTINGS_SOURCE))


def secrets_of_settings() -> set[str]:
    """Those that may also come from a file: read through `secret()`."""
    direct = set(re.findall(r'secret\("(PORTAL_[A-Z_]+)"\)', SETTINGS_SOURCE))
    return direct | set(environment.DATABASE_VARIABLES)


def variables_of(service: dict[str, Any]) -> dict[str, str]:
    return dict(service.get("environment", {}))


def filled_in(value: str) -> str:
    """A value as compose fills it in with deploy/env.example beside it."""
    given = dict(re.findall(r"^([A-Z_]+)=(.*)$", ENV_EXAMPLE, re.MULTILINE))

    def fill(found: re.Match[str]) -> str:
        return given.get(found[1]) or (found[3] if found[2] == ":-" else "")

    return re.sub(r"\$\{([A-Z_]+)(:-|:\?)?([^}]*)\}", fill, value)


@pytest.fixture
def secret_files(tmp_path: Path) -> Path:
    new_secrets.make_secrets(tmp_path / "secrets")
    return tmp_path / "secrets"


def settings_in(service: str, secret_files: Path) -> dict[str, str]:
    return {
        name: filled_in(str(value)).replace("/run/secrets", str(secret_files))
        for name, value in variables_of(SERVICES[service]).items()
    }


def test_there_is_every_service_that_production_needs() -> None:
    needed = {"postgres", "logins", "migrate", "web", "worker", "proxy"}
    assert {name for name, service in SERVICES.items() if "profiles" not in service} == needed
    assert {name for name, service in SERVICES.items() if "profiles" in service} == {"clamd"}
    assert set(OURS) == {"logins", "migrate", "web", "worker"}


@pytest.mark.parametrize("name", ["migrate", "web", "worker"])
def test_each_variable_is_read_by_the_settings(name: str) -> None:
    for variable in variables_of(SERVICES[name]):
        base = variable.removesuffix("_FILE")
        assert base in variables_of_settings(), variable
        if variable != base:
            assert base in secrets_of_settings(), f"{base} can't come from a file"


def test_each_variable_of_the_logins_job_is_read_by_it() -> None:
    given = {name.removesuffix("_FILE") for name in variables_of(SERVICES["logins"])}
    assert given == LOGINS_VARIABLES


def test_each_variable_of_other_images_is_one_they_know() -> None:
    known = {"POSTGRES_USER", "POSTGRES_PASSWORD_FILE", "POSTGRES_INITDB_ARGS"}
    assert set(variables_of(SERVICES["postgres"])) == known
    assert set(variables_of(SERVICES["proxy"])) == set(re.findall(r"\{\$([A-Z_]+)\}", CADDYFILE))
    assert variables_of(SERVICES["postgres"])["POSTGRES_USER"] == new_secrets.SUPERUSER


def test_each_variable_one_fills_in_is_in_the_example_and_the_other_way_round() -> None:
    asked = set(re.findall(r"\$\{([A-Z_]+)", (ROOT / "docker-compose.yml").read_text()))
    assert asked == set(re.findall(r"^([A-Z_]+)=", ENV_EXAMPLE, re.MULTILINE))


@pytest.mark.parametrize("name", sorted(OURS))
def test_each_command_exists(name: str) -> None:
    command = SERVICES[name]["command"]
    match command:
        case ["python", "manage.py", sub_command, *_]:
            assert (ROOT / "manage.py").exists()
            assert sub_command in get_commands()
        case ["python", "-m", module, *_]:
            assert importlib.util.find_spec(module) is not None
        case ["granian", *options, application]:
            check_granian(options, application)
        case _:
            pytest.fail(f"what is {command}?")


def check_granian(options: list[str], application: str) -> None:
    granian = Path(sys.executable).with_name("granian")
    known = subprocess.run([granian, "--help"], capture_output=True, text=True, check=True).stdout
    for option in options:
        assert re.search(rf"(^|\s){re.escape(option.split('=')[0])}\b", known), option
    module, name = application.split(":")
    assert f"{name} =" in (ROOT / f"{module.replace('.', '/')}.py").read_text()


def test_the_command_of_the_image_is_that_of_the_web_service_with_fewer_options() -> None:
    (command,) = re.findall(r"^CMD \[(.*)\]$", DOCKERFILE, re.MULTILINE)
    words = re.findall(r'"([^"]+)"', command)
    assert set(words) <= set(SERVICES["web"]["command"])
    assert words[0] == "granian"


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_each_health_check_calls_what_exists(name: str) -> None:
    if SERVICES[name].get("restart") == "no":
        return
    match SERVICES[name]["healthcheck"]["test"]:
        case ["CMD", "python", "-m", module, port, path]:
            assert importlib.util.find_spec(module) is not None
            assert f"--port={port}" in SERVICES[name]["command"]
            assert resolve(path).view_name == "health"
        case ["CMD", "python", "manage.py", "procrastinate", "healthchecks"]:
            from procrastinate.contrib.django.management.commands import procrastinate

            assert "procrastinate" in get_commands()
            assert "healthchecks" in Path(procrastinate.__file__).read_text() + _procrastinate_cli()
        case ["CMD", "pg_isready", user, database]:
            assert user == f"--username={new_secrets.SUPERUSER}"
            assert database == "--dbname=postgres"
        case ["CMD", "clamdcheck.sh"]:
            assert SERVICES[name]["image"].startswith("clamav/clamav:")  # which brings it
        case ["CMD", "caddy", "validate", "--config", path]:
            assert any(f":{path}:" in volume for volume in SERVICES[name]["volumes"])
        case other:
            pytest.fail(f"{name} has no health check we know: {other}")


def _procrastinate_cli() -> str:
    from procrastinate import cli

    return Path(cli.__file__).read_text()


def test_the_proxy_leads_to_the_port_on_which_the_web_service_listens() -> None:
    name, port = re.search(r"name (\w+)\n\s*port (\d+)", CADDYFILE).groups()
    assert f"--port={port}" in SERVICES[name]["command"]
    assert f"EXPOSE {port}" in DOCKERFILE
    assert SERVICES["proxy"]["ports"] == ["80:80", "443:443", "443:443/udp"]
    assert set(SERVICES["proxy"]["networks"]) & set(SERVICES[name]["networks"])


def test_the_proxy_buffers_at_least_what_an_upload_may_be(settings: Any) -> None:
    limits = re.findall(r"(?:max_size|request_buffers) (\d+)MiB", CADDYFILE)
    assert len(limits) == 2
    assert min(map(int, limits)) * 1024 * 1024 > settings.UPLOAD_LIMIT


def test_only_the_proxy_can_be_reached_from_outside_and_web_can_be_many() -> None:
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["proxy"]
    assert not [name for name, service in SERVICES.items() if "container_name" in service]
    assert "replicas" in SERVICES["web"]["deploy"]
    assert COMPOSE["networks"]["data"]["internal"] is True
    assert SERVICES["postgres"]["networks"] == ["data"]


def test_the_scanner_is_reached_by_web_and_worker_alone_under_the_name_in_the_manual() -> None:
    assert COMPOSE["networks"]["scan"]["internal"] is True
    beside = {name for name, service in SERVICES.items() if "scan" in service.get("networks", [])}
    assert beside == {"clamd", "web", "worker"}
    manual = (ROOT / "docs" / "operations.md").read_text()
    for text in (manual, ENV_EXAMPLE, (ROOT / "docker-compose.yml").read_text()):
        assert "clamd:3310" in text
    assert SERVICES["clamd"]["profiles"] == ["scanner"]
    assert "--profile scanner" in manual


def test_each_path_on_this_machine_exists() -> None:
    for service in SERVICES.values():
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert source in COMPOSE["volumes"] or (ROOT / source).exists(), volume
    for source in re.findall(r"^COPY (\S+) ", DOCKERFILE, re.MULTILINE):
        assert (ROOT / source).exists(), source
    for module in re.findall(r"python -m (launcher\.\w+)", DOCKERFILE):
        assert importlib.util.find_spec(module) is not None
    for network in {name for service in SERVICES.values() for name in service["networks"]}:
        assert network in COMPOSE["networks"]


def test_each_secret_is_one_we_make_and_each_service_gets_only_what_it_reads(
    secret_files: Path,
) -> None:
    made = {path.name for path in secret_files.iterdir()}
    assert set(COMPOSE["secrets"]) == made
    for name, secret in COMPOSE["secrets"].items():
        assert secret["file"] == f"deploy/secrets/{name}"
    for name, service in SERVICES.items():
        read = {
            value.removeprefix("/run/secrets/")
            for value in variables_of(service).values()
            if value.startswith("/run/secrets/")
        }
        assert read == set(service.get("secrets", [])), name


def test_copies_are_made_with_programs_of_the_servers_own_version() -> None:
    (server,) = re.findall(r"^postgres:(\d+)$", SERVICES["postgres"]["image"])
    assert f"postgresql-client-{server} " in DOCKERFILE


def test_web_reaches_no_copy_and_reads_the_ledger_only() -> None:
    volumes = set(SERVICES["web"]["volumes"])
    assert {volume for volume in volumes if "backup" in volume} == set()
    assert {volume for volume in volumes if "ledger" in volume} == {"ledger:/ledger:ro"}


def test_each_volume_of_ours_is_a_folder_of_the_image() -> None:
    for name in OURS:
        for volume in SERVICES[name].get("volumes", []):
            assert re.search(rf" {volume.split(':')[1]}\b", DOCKERFILE), volume


def test_secrets_are_made_once_and_for_the_owner_alone(secret_files: Path) -> None:
    before = {path.name: path.read_text() for path in secret_files.iterdir()}
    new_secrets.make_secrets(secret_files)
    assert {path.name: path.read_text() for path in secret_files.iterdir()} == before
    assert {path.stat().st_mode & 0o777 for path in secret_files.iterdir()} == {0o600}
    assert before["content_db"].startswith("postgresql://portal_web:")
    for database in DATABASES:
        assert any(address.endswith(f"@postgres/{database}") for address in before.values())


def test_secrets_stay_out_of_the_repository_and_of_the_image() -> None:
    for name in (".gitignore", ".dockerignore"):
        lines = (ROOT / name).read_text().splitlines()
        assert {"deploy/secrets", ".env"} <= set(lines), name


@pytest.mark.parametrize("name", ["migrate", "web", "worker"])
def test_django_accepts_the_very_settings_of_each_service(name: str, secret_files: Path) -> None:
    """`check --deploy` is clean with exactly the variables of the file and nothing else."""
    answer = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **settings_in(name, secret_files)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr


def test_each_service_waits_for_what_it_needs() -> None:
    waits = {name: service.get("depends_on", {}) for name, service in SERVICES.items()}
    assert waits["logins"] == {"postgres": {"condition": "service_healthy"}}
    assert waits["migrate"] == {"logins": {"condition": "service_completed_successfully"}}
    for name in ("web", "worker"):
        assert waits[name] == {"migrate": {"condition": "service_completed_successfully"}}
    for service in waits.values():
        assert set(service) <= set(SERVICES)


def test_postgres_logs_as_little_as_everywhere_else() -> None:
    command = SERVICES["postgres"]["command"]
    given = dict(option.split("=") for option in command[2::2])
    assert command[1::2] == ["-c"] * len(given)
    assert given == {name: SETTINGS[name] for name in given}
    assert {name for name in SETTINGS if name.startswith("log_") and "zone" not in name} - set(
        given
    ) == {"log_duration", "log_min_duration_statement"}  # off as PostgreSQL comes


def test_the_lock_of_the_image_has_the_versions_of_the_whole_lock() -> None:
    pin = re.compile(r"^([a-z0-9._-]+)(?:\[[^\]]*\])?==(\S+)", re.MULTILINE)
    everything = dict(pin.findall((ROOT / "requirements.lock").read_text()))
    image = dict(pin.findall((ROOT / "requirements-web.lock").read_text()))
    assert image.items() <= everything.items()
    assert "django" in image
    assert "pytest" not in image


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-web.lock"])
def test_a_lock_names_no_address(name: str) -> None:
    assert "://" not in (ROOT / name).read_text()


MANUAL = (ROOT / "docs" / "operations.md").read_text().replace("\\\n", " ")
COMMANDS = re.findall(
    r"docker compose (run|exec)[^`\n]*? (\w+) python (manage\.py \w+|-m [\w.]+)([^`\n]*)", MANUAL
)


def test_the_manual_runs_what_exists_where_it_can_be_done() -> None:
    assert len(COMMANDS) > 20
    for how, service, command, arguments in COMMANDS:
        program, name = command.split()
        if program == "-m":
            assert importlib.util.find_spec(name) is not None, name
        else:
            assert name in get_commands(), name
        assert service in OURS
        # What lies on the machine is in no container: it comes by standard input.
        assert ".pdf" not in arguments.partition("<")[0], name
        if name in {"backup", "check_backup", "erase_on_request"}:  # the worker has the folders
            assert (how, service) == ("exec", "worker"), name
    bare = re.findall(r"`python manage\.py (\w+)", MANUAL.partition("## Without Docker")[0])
    assert not bare, f"say in which container: {bare}"


def test_the_manual_names_each_setting_and_no_other() -> None:
    manual = set(re.findall(r"`(PORTAL_[A-Z_]+)", (ROOT / "docs" / "operations.md").read_text()))
    of_compose = set(re.findall(r"^([A-Z_]+)=", ENV_EXAMPLE, re.MULTILINE))
    assert manual == variables_of_settings() | LOGINS_VARIABLES | of_compose
