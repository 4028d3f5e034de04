"""Signing in as in production, under the web login's own rights; and sending files."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.db import connection, transaction
from django.test import RequestFactory
from django.urls import reverse

from audit.models import LogEntry
from dossiers.views.files import adding
from tests.dossiers.files.conftest import clean

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


@pytest.fixture
def place(cast, settings, tmp_path, monkeypatch) -> str:
    """Where files are sent; taken in without the sandbox."""
    settings.FILES_DIR = tmp_path / "files"
    monkeypatch.setattr(adding, "take_in", lambda data, name: clean(data, name=name))
    return reverse("add_files", args=[cast.dossier("own").pk, "guidance"])


@pytest.fixture
def asked(cast, rf: RequestFactory, place):
    """A request with files as the form's view would see it, from somebody or nobody."""

    def request(files, *, by="counsellor", address=place):
        made = rf.post(address, files)
        made.day = cast.today
        if by:
            made.user = cast.people[by]
            made.session = {"account_authentication_methods": [{"method": "mfa"}]}
        return made

    return request
