"""Reads the environment: a missing or odd setting stops the program with a hint."""

from __future__ import annotations

import base64
import binascii
import ipaddress
import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured
from environs import Env

env = Env()

LOGINS = ("web", "owner", "worker")
_DATABASE_VARIABLES = {
    "web": ("PORTAL_CONTENT_DB", "PORTAL_KEYS_DB"),
    "owner": ("PORTAL_CONTENT_DB_OWNER", "PORTAL_KEYS_DB_OWNER"),
    "worker": ("PORTAL_WORKER_DB", "PORTAL_WORKER_KEYS_DB"),
}


def secret(name: str) -> str:
    """The value of `name`, or the content of the file that `name_FILE` points at.

    Raises ImproperlyConfigured, with what to do, when neither is set.
    """
    path = env.str(f"{name}_FILE", default="")
    if path:
        return Path(path).read_text(encoding="utf-8").strip()
    value = env.str(name, default="")
    if not value:
        raise ImproperlyConfigured(
            f"{name} is not set. Put the value in {name} or a path to a file in {name}_FILE. "
            "To look around without settings, use script/demo."
        )
    return value


def master_keys() -> tuple[bytes, ...]:
    """The 32 bytes that wrap every key of the vault, as base64; after a comma, those before it."""
    try:
        words = secret("PORTAL_MASTER_KEY").split(",")
        keys = tuple(base64.b64decode(word.strip(), validate=True) for word in words)
    except binascii.Error as error:
        raise ImproperlyConfigured("PORTAL_MASTER_KEY is not base64.") from error
    if any(len(key) != 32 for key in keys):
        raise ImproperlyConfigured("PORTAL_MASTER_KEY must be 32 bytes, written as base64.")
    if len(set(keys)) < len(keys):
        raise ImproperlyConfigured("PORTAL_MASTER_KEY holds the same key twice.")
    return keys


def log_keys() -> tuple[tuple[str, bytes], ...]:
    """The keys that mark and seal the log, newest first: `name:base64,older:base64`."""
    keys: list[tuple[str, bytes]] = []
    for word in secret("PORTAL_LOG_KEYS").replace("\n", ",").split(","):
        if not word.strip():
            continue
        name, _colon, encoded = word.strip().partition(":")
        try:
            key = base64.b64decode(encoded, validate=True)
        except binascii.Error as error:
            raise ImproperlyConfigured("PORTAL_LOG_KEYS: after the name comes base64.") from error
        if not re.fullmatch(r"[A-Za-z0-9._-]{1,40}", name) or len(key) < 32:
            raise ImproperlyConfigured(
                "PORTAL_LOG_KEYS is name:key,name:key with the newest first; a name has letters, "
                "digits, dots and dashes, a key at least 32 bytes, written as base64."
            )
        keys.append((name, key))
    if not keys or len({name for name, _key in keys}) < len(keys):
        raise ImproperlyConfigured("PORTAL_LOG_KEYS holds at least one key, each under its name.")
    return tuple(keys)


def database(url: str) -> dict[str, Any]:
    """Django's settings for one `postgresql://user:password@host:port/name?option=...` address."""
    parts = urlsplit(url)
    if parts.scheme not in ("postgresql", "postgres"):
        raise ImproperlyConfigured("A database address starts with postgresql://")
    options: dict[str, Any] = dict(parse_qsl(parts.query))
    host = options.pop("host", None) or unquote(parts.hostname or "")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or options.pop("port", "")),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }


def login() -> str:
    """As whom this process works: `PORTAL_LOGIN`, web unless told."""
    name = env.str("PORTAL_LOGIN", default="web")
    if name not in LOGINS:
        raise ImproperlyConfigured(f"PORTAL_LOGIN must be one of {', '.join(LOGINS)}.")
    return name


def databases() -> dict[str, dict[str, Any]]:
    """Both databases under the login that `PORTAL_LOGIN` names (web unless told)."""
    content, keys = _DATABASE_VARIABLES[login()]
    return {"default": database(secret(content)), "keys": database(secret(keys))}


def backup_databases() -> dict[str, dict[str, Any]]:
    """Both databases under the login that reads everything and writes nothing, where it is set."""
    names = {"default": "PORTAL_BACKUP_DB", "keys": "PORTAL_BACKUP_KEYS_DB"}
    given = [name for name in names.values() if env.str(name, "") or env.str(f"{name}_FILE", "")]
    if not given:
        return {}
    return {alias: database(secret(name)) for alias, name in names.items()}


def refuse_demo_outside_loopback(hosts: list[str]) -> None:
    """DEMO opens doors without a password: it is refused anywhere but on a loopback address."""
    for host in hosts:
        if host == "localhost":
            continue
        try:
            loopback = ipaddress.ip_address(host.strip("[]")).is_loopback
        except ValueError:
            loopback = False
        if not loopback:
            raise ImproperlyConfigured(
                "PORTAL_DEMO signs people in without a password. It only runs on localhost: "
                "leave PORTAL_ALLOWED_HOSTS at localhost,127.0.0.1 or switch PORTAL_DEMO off."
            )


def scanner() -> str:
    """Where the virus scanner listens: `unix:/path` or `host:port`; empty when there is none."""
    address: str = env.str("PORTAL_CLAMD", default="")
    host, _colon, port = address.rpartition(":")
    if address and not address.startswith("unix:/") and not (host and port.isdecimal()):
        raise ImproperlyConfigured(
            "PORTAL_CLAMD is unix:/path/of/socket or host:port. Leave it out without a scanner."
        )
    return address
