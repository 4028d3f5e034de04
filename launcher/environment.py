"""The environment variables between the launcher and Django's settings.

`privacy_portal/settings.py` reads these; here they are made for a private cluster. Nobody's
DATABASE_URL or PG* variable may reach a program we start: the demo must never meet a real database.
"""

import base64
import os
import secrets
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import quote

CONTENT = "portal_content"
KEYS = "portal_keys"
DATABASE_VARIABLES = {
    "PORTAL_CONTENT_DB": ("web", CONTENT),
    "PORTAL_KEYS_DB": ("web", KEYS),
    "PORTAL_CONTENT_DB_OWNER": ("owner", CONTENT),
    "PORTAL_KEYS_DB_OWNER": ("owner", KEYS),
    "PORTAL_WORKER_DB": ("worker", CONTENT),
    "PORTAL_WORKER_KEYS_DB": ("worker", KEYS),
    "PORTAL_BACKUP_DB": ("backup", CONTENT),
    "PORTAL_BACKUP_KEYS_DB": ("backup", KEYS),
}


class MissingSetting(Exception):
    """A variable that must be there isn't. The message names it."""


def read_setting(name: str) -> str:
    """The variable, or the contents of the file that ..._FILE points to."""
    if value := os.environ.get(name):
        return value
    if path := os.environ.get(f"{name}_FILE"):
        return Path(path).read_text().strip()
    raise MissingSetting(f"Set {name}, or {name}_FILE to the path of a file that holds it.")


def names_another_database(variable: str) -> bool:
    return variable == "DATABASE_URL" or (variable.startswith("PG") and variable.isupper())


def forget_other_databases() -> None:
    """Take every variable that names a database out of our environment and so our children's."""
    for variable in [name for name in os.environ if names_another_database(name)]:
        del os.environ[variable]


def forget_portal_settings() -> None:
    """Take out what someone set for a portal in production: demo and tests have their own."""
    for variable in [name for name in os.environ if name.startswith(("PORTAL_", "GRANIAN_"))]:
        del os.environ[variable]


def start_from_nothing() -> None:
    """Forget everything that could lead the programs we start elsewhere."""
    forget_other_databases()
    forget_portal_settings()
    os.environ.pop("DJANGO_SETTINGS_MODULE", None)


def database_url(login: str, password: str, database: str, socket_folder: Path) -> str:
    host = quote(str(socket_folder), safe="/")
    return f"postgresql://{login}:{quote(password, safe='')}@/{database}?host={host}"


def database_settings(passwords: Mapping[str, str], socket_folder: Path) -> dict[str, str]:
    """The addresses: two databases for each of web, owner, worker and backup."""
    return {
        variable: database_url(f"portal_{login}", passwords[login], database, socket_folder)
        for variable, (login, database) in DATABASE_VARIABLES.items()
    }


def new_password() -> str:
    return secrets.token_urlsafe(24)


def new_master_key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


def new_log_keys() -> str:
    """The first key that marks and seals the log; later ones are put in front of it."""
    return f"{time.strftime('%Y')}-1:{new_master_key()}"


def kept_secret(path: Path, make: Callable[[], str] = new_password) -> str:
    """The secret in this file, made when there is none yet. Only we can read the file."""
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        new = path.with_name(f".{path.name}.{os.getpid()}")
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(make())
        new.replace(path)
    return path.read_text().strip()


def settings_of_tests(databases: Mapping[str, str]) -> dict[str, str]:
    """Everything Django needs for a test run: production's strictness, nobody's secrets."""
    return {
        **databases,
        "PORTAL_LOGIN": "owner",
        "PORTAL_SECRET_KEY": secrets.token_urlsafe(50),
        "PORTAL_MASTER_KEY": new_master_key(),
        "PORTAL_LOG_KEYS": new_log_keys(),
        "PORTAL_DEMO": "no",
        "PORTAL_DEBUG": "no",
        "PORTAL_ALLOWED_HOSTS": "testserver,localhost,127.0.0.1",
        "PORTAL_TRUSTED_PROXIES": "0",
    }


def settings_without_a_server() -> dict[str, str]:
    """For tools that read the settings and never connect, such as mypy."""
    nowhere = dict.fromkeys(("web", "owner", "worker", "backup"), "unused")
    return settings_of_tests(database_settings(nowhere, Path("/nonexistent")))
