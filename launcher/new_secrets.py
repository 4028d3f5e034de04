"""Makes the secret files of production: `python3 -m launcher.new_secrets deploy/secrets`

What is there already stays as it is, so it may run again. Needs nothing but Python.
"""

import os
import sys
from pathlib import Path

from launcher.environment import (
    DATABASE_VARIABLES,
    kept_secret,
    new_log_keys,
    new_master_key,
    new_password,
)

SERVER = "postgres"
"""Under this name the other services reach PostgreSQL (docker-compose.yml)."""
SUPERUSER = "portal_superuser"
CONTAINER_USER = 10001
"""Whom the portal's image runs as (Dockerfile)."""
POSTGRES_USER = 999
"""Whom the image of PostgreSQL runs as."""
PASSWORDS = ("superuser", "owner", "web", "worker", "backup")


def address(login: str, password: str, database: str) -> str:
    return f"postgresql://{login}:{password}@{SERVER}/{database}"


def secret_name(variable: str) -> str:
    """PORTAL_CONTENT_DB_OWNER -> content_db_owner"""
    return variable.removeprefix("PORTAL_").lower()


def keep(path: Path, value: str) -> None:
    kept_secret(path, lambda: value)


def make_secrets(folder: Path) -> None:
    """Make each file that is missing; nobody but the owner can read one."""
    passwords = {login: kept_secret(folder / f"{login}_password") for login in PASSWORDS}
    keep(folder / "superuser_db", address(SUPERUSER, passwords["superuser"], "postgres"))
    for variable, (login, database) in DATABASE_VARIABLES.items():
        keep(folder / secret_name(variable), address(f"portal_{login}", passwords[login], database))
    kept_secret(folder / "secret_key", lambda: new_password() + new_password())
    kept_secret(folder / "master_key", new_master_key)
    kept_secret(folder / "log_keys", new_log_keys)
    keep(folder / "smtp_password", "")  # until you fill it in


def main(arguments: list[str]) -> int:
    (folder,) = map(Path, arguments)
    make_secrets(folder)
    if os.geteuid() == 0:
        for path in folder.iterdir():
            owner = POSTGRES_USER if path.name == "superuser_password" else CONTAINER_USER
            os.chown(path, owner, owner)
        print(f"The secrets stand in {folder}, each readable only by the container that needs it.")
    else:
        print(f"The secrets stand in {folder}. Run this once more as root: it gives the files to")
        print("the users of the containers, who can't read them now.")
    print("Keep a copy of master_key apart from every backup: without it no dossier can be read.")
    print("And one of log_keys: without it nobody can prove that the log was not changed.")
    return 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1:]))
