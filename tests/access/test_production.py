"""Production settings: Django's own list of what a public site needs has nothing to add."""

from __future__ import annotations

import base64
import os
import secrets
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
SETTINGS = {
    "DJANGO_SETTINGS_MODULE": "privacy_portal.settings",
    "PORTAL_ALLOWED_HOSTS": "portal.example",
    "PORTAL_SECRET_KEY": secrets.token_urlsafe(60),
    "PORTAL_MASTER_KEY": base64.b64encode(os.urandom(32)).decode(),
    "PORTAL_LOG_KEYS": "2026-1:" + base64.b64encode(os.urandom(32)).decode(),
    "PORTAL_CONTENT_DB": "postgresql://nobody:x@localhost/content",
    "PORTAL_KEYS_DB": "postgresql://nobody:x@localhost/keys",
}


def check(**changes: str) -> subprocess.CompletedProcess[str]:
    """`manage.py check --deploy` in an environment of its own; touches no database."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "INFO"],
        cwd=ROOT,
        env={**kept, **SETTINGS, **changes},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.promise("P22")
def test_check_deploy_has_nothing_to_say():
    ran = check()
    assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.mark.parametrize(
    "changes",
    [
        {"PORTAL_DEMO": "true"},
        {"PORTAL_MASTER_KEY": "c2hvcnQ="},
        {"PORTAL_SECRET_KEY": ""},
        {"PORTAL_DEMO": "ja"},
    ],
)
def test_unsafe_or_odd_settings_stop_the_programme(changes):
    assert check(**changes).returncode != 0
