"""The launcher's smaller parts: ports, fingerprints, secrets, browsers, and the rooms' contract."""

import os
import socket
import tomllib
from pathlib import Path

import pytest

from launcher import checks
from launcher.chromium import find_chromium
from launcher.environment import (
    MissingSetting,
    database_url,
    forget_other_databases,
    forget_portal_settings,
    kept_secret,
    read_setting,
)
from launcher.fingerprints import Done, fingerprint
from launcher.ports import PortTaken, choose_port, is_free
from launcher.steps import StepFailed, run

ROOT = Path(__file__).resolve().parents[2]


def test_every_room_stands_under_the_import_contracts() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    rooms = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    rooms -= {"tests", "bench"}
    assert set(contracts["root_packages"]) == rooms
    layers = " ".join(contracts["contracts"][0]["layers"]).replace("(", " ").replace(")", " ")
    assert rooms - {"launcher"} <= set(layers.replace("|", " ").split())
    outside = contracts["contracts"][2]["source_modules"]
    assert set(outside) == rooms - {"launcher", "privacy_portal"}
    assert set(contracts["contracts"][3]["forbidden_modules"]) == set(outside)


def test_a_taken_port_is_seen_and_the_next_free_one_is_chosen() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        assert not is_free(taken)
        assert choose_port(None, taken) > taken
        with pytest.raises(PortTaken, match=f"Port {taken} is taken"):
            choose_port(taken, 8000)


def test_a_fingerprint_changes_with_a_file_its_name_and_its_absence(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    one.write_text("a")
    two.write_text("b")
    first = fingerprint([one, two], tmp_path)
    assert fingerprint([two, one], tmp_path) == first
    assert fingerprint([one], tmp_path) != first
    two.write_text("c")
    assert fingerprint([one, two], tmp_path) != first


def test_what_is_done_is_remembered_with_its_fingerprint(tmp_path: Path) -> None:
    done = Done(tmp_path / "done")
    assert not done.is_done("tables", "v1")
    done.remember("tables", "v1")
    assert done.is_done("tables", "v1")
    assert not done.is_done("tables", "v2")


def test_a_secret_is_made_once(tmp_path: Path) -> None:
    first = kept_secret(tmp_path / "secrets" / "one")
    assert len(first) > 30
    assert kept_secret(tmp_path / "secrets" / "one") == first


def test_a_password_with_odd_characters_survives_its_address() -> None:
    url = database_url("portal_web", "a/b@c:d", "portal_content", Path("/tmp/x y"))
    assert url == "postgresql://portal_web:a%2Fb%40c%3Ad@/portal_content?host=/tmp/x%20y"


def test_a_missing_setting_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("PORTAL_WEB_PASSWORD", raising=False)
    with pytest.raises(MissingSetting, match="PORTAL_WEB_PASSWORD_FILE"):
        read_setting("PORTAL_WEB_PASSWORD")
    (tmp_path / "file").write_text("from-a-file\n")
    monkeypatch.setenv("PORTAL_WEB_PASSWORD_FILE", str(tmp_path / "file"))
    assert read_setting("PORTAL_WEB_PASSWORD") == "from-a-file"


def test_settings_of_other_databases_and_of_production_are_forgotten(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("DATABASE_URL", "PGDATABASE", "PORTAL_CONTENT_DB"):
        monkeypatch.setenv(name, "production")
    monkeypatch.setenv("PGBOUNCER_is_not_ours", "stays")
    before = {name for name in os.environ if name.startswith("PORTAL_")}
    monkeypatch.setattr(os, "environ", os.environ.copy())
    forget_other_databases()
    forget_portal_settings()
    assert before
    assert not {"DATABASE_URL", "PGDATABASE", *before} & set(os.environ)
    assert "PGBOUNCER_is_not_ours" in os.environ


def test_a_step_that_fails_says_what_it_said(tmp_path: Path) -> None:
    command = ["/bin/sh", "-c", "echo it broke here; exit 3"]
    with pytest.raises(StepFailed, match="it broke here"):
        run(command, log=tmp_path / "log", settings={})


def test_a_snap_is_no_browser_for_tests(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PORTAL_CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    stand_in = tmp_path / "chromium"
    stand_in.write_text("#!/bin/sh\nexec /snap/bin/chromium\n")
    stand_in.chmod(0o755)
    assert find_chromium() is None
    stand_in.write_text("#!/bin/sh\nexit 0\n")
    assert find_chromium() == stand_in


def test_a_failed_check_is_named_and_its_words_are_shown(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    good = checks.Check("good one", ("/bin/true",))
    bad = checks.Check("bad one", ("/bin/sh", "-c", "echo line 12 is wrong; exit 1"))
    monkeypatch.setattr(checks, "CHECKS", (good, bad))
    assert checks.run_checks() == ["bad one"]
    said = capsys.readouterr().out
    assert "FAILED" in said
    assert "line 12 is wrong" in said
