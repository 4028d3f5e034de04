"""Signing in as in production: the connection works under the web login's own rights."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.db import connection, transaction

from audit.models import LogEntry

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture
def web_login(db) -> Iterator[None]:
    """Everything, sign-in pages too, has the web login's rights and no more."""
    with connection.cursor() as cursor:
        cursor.execute("set role portal_web")
    yield
    with connection.cursor() as cursor:
        cursor.execute("reset role")


@pytest.fixture
def commits_at_once(monkeypatch):
    """allauth tells of new second factors at the commit, within the request; tests never commit."""
    monkeypatch.setattr(transaction, "on_commit", lambda do, using=None, robust=False: do())


@pytest.fixture
def events(db):
    """The codes of the log's rows since this test began, oldest first."""
    before = set(LogEntry.objects.values_list("pk", flat=True))

    def since(*codes: str) -> list[str]:
        rows = LogEntry.objects.exclude(pk__in=before).order_by("timestamp")
        found = list(rows.values_list("event", flat=True))
        return [code for code in found if not codes or code in codes]

    return since


@pytest.fixture(autouse=True)
def slow_machines_type_slowly(settings) -> None:
    """A code stays good while a test runs on into the next half minute."""
    settings.MFA_TOTP_TOLERANCE = 1


def code_now(secret: str = SECRET) -> str:
    """What an app with codes shows now."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def give_factor(user) -> Authenticator:
    """An app with codes and recovery codes, as if set up before."""
    authenticator = TOTP.activate(user, SECRET).instance
    RecoveryCodes.activate(user)
    return authenticator
