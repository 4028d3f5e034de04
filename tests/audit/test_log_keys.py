"""The keys of the log: odd ones stop the programme instead of making marks nobody can check."""

from __future__ import annotations

import base64

import pytest
from django.core.exceptions import ImproperlyConfigured

from audit.marks import LENGTH, seal_signer, signers
from launcher.environment import new_log_keys
from privacy_portal.environment import log_keys

GOOD = base64.b64encode(b"k" * 32).decode()


@pytest.mark.parametrize(
    "given",
    [
        "",
        ",",
        GOOD,
        f":{GOOD}",
        f"2026 1:{GOOD}",
        "2026-1:",
        "2026-1:c2hvcnQ=",
        "2026-1:not base64",
        f"2026-1:{GOOD},2026-1:{GOOD}",
    ],
)
def test_odd_keys_stop_the_programme(monkeypatch, given):
    monkeypatch.setenv("PORTAL_LOG_KEYS", given)
    with pytest.raises(ImproperlyConfigured, match="PORTAL_LOG_KEYS"):
        log_keys()


def test_keys_are_read_newest_first_and_the_newest_one_marks(monkeypatch, settings):
    monkeypatch.setenv("PORTAL_LOG_KEYS", f"newest:{GOOD},{new_log_keys()}")
    read = log_keys()
    assert next(name for name, _key in read) == "newest"
    before = next(iter(signers().values())).mark(bytes(32))
    settings.LOG_KEYS = read
    newest, oldest = signers().values()
    assert len({newest.mark(bytes(32)), oldest.mark(bytes(32)), before}) == 3
    assert newest.mark(bytes(32)).startswith(newest.tag)
    assert len(newest.mark(bytes(32))) == LENGTH
    assert seal_signer("newest") is not None
    assert seal_signer("2025-1") is None
