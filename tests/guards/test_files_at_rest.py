"""Nothing of a file can be read where it lies, also after a crash; and nothing half stays."""

from __future__ import annotations

import base64
import os
import signal
import subprocess
import sys
import zlib
from pathlib import Path

import psycopg
import pytest
from django.conf import settings as django_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection, connections
from django.urls import reverse
from psycopg.conninfo import make_conninfo

from access.acting import Job, acting_as
from audit.models import LogEntry
from dossiers.actions import files as actions
from dossiers.actions.sweeping import sweep_files
from dossiers.models import File
from dossiers.views.files import adding
from tests.dossiers.files.conftest import clean, sent
from tests.guards import marked_files
from tests.guards.killed import KILLED
from tests.guards.markers import marker
from tests.guards.rooms import ROOT
from tests.guards.test_at_rest import dump, files_with, server_log

__all__ = ["server_log"]
pytestmark = [pytest.mark.promise("P22"), pytest.mark.django_db(transaction=True)]


@pytest.fixture
def places(settings, tmp_path, monkeypatch) -> list[Path]:
    """Sealed files, and what a program would take for a temporary folder."""
    settings.FILES_DIR = tmp_path / "files"
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    return [settings.FILES_DIR, temporary]


def stored(places: list[Path]) -> list[Path]:
    return sorted(path for path in places[0].glob("*/*"))


def holding(word: str | list[bytes], places: list[Path], *, since: float = 0) -> list[str]:
    """Everything at rest that holds one of these: databases, logs, var, our folders.

    `since`: only files that were written to after this moment.
    """
    sought = [word.encode()] if isinstance(word, str) else word
    found = files_with(*sought, since=since) + in_folders(sought, places)
    dumped = dump()
    return found + ["dump" for one in sought if one in dumped][:1]


def in_folders(sought: list[bytes], places: list[Path]) -> list[str]:
    """The same of our own folders alone."""
    paths = [path for place in places for path in place.glob("**/*") if path.is_file()]
    return [str(path) for path in paths if any(one in path.read_bytes() for one in sought)]


def moment_of(places: list[Path]) -> float:
    """Now, as files have it: the clock of a test stands elsewhere."""
    (places[1] / "now").touch()
    return (places[1] / "now").stat().st_mtime - 1


def address(cast) -> str:
    return reverse("add_files", args=[cast.dossier("own").pk, "guidance"])


def upload(name: str, data: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


def test_neither_name_nor_bytes_of_a_file_are_readable_anywhere(
    cast, sign_in, places, server_log, monkeypatch
):
    word = marker("Zf")
    client = sign_in(cast.counsellor)
    client.raise_request_exception = False
    data = (word.encode() + b" is what it says.\n") * 20000
    answer = client.post(address(cast), {"uploads": upload(f"{word}.txt", data)})
    assert "kept safely" in answer.text
    file = File.objects.get()
    for name, keys in {
        "file": [file.pk],
        "download_file": [file.pk, 1],
        "file_page": [file.pk, 1, 1],
        "files_of_part": [cast.dossier("own").pk, "guidance"],
    }.items():
        page = client.get(reverse(name, args=keys))
        shown = b"".join(page) if page.streaming else page.content
        assert name == "file_page" or word.encode() in shown, name
    # Refused, too large a name, a full disk, a page that fails: each has the bytes in its hands.
    refused = client.post(address(cast), {"uploads": upload(f"{word}.pdf", b"%PDF-1.7\n" + data)})
    assert refused.status_code == 422
    with monkeypatch.context() as full:
        full.setattr(os, "fsync", _no_room)
        said = client.post(address(cast), {"uploads": upload(f"{word}.txt", data)})
        assert "nothing of this one was stored" in said.text
    with monkeypatch.context() as broken:
        broken.setattr(adding, "take_in", lambda data, name: 1 // 0)
        assert client.post(address(cast), {"uploads": upload("a.txt", data)}).status_code == 500
    assert len(stored(places)) == 1, "a text has no thumbnail, and nothing else was kept"
    assert not holding(word, places)
    for row in LogEntry.objects.all():
        assert word not in f"{row.additional_data} {row.changes} {row.object_pk} {row.event}"
    assert "ZeroDivisionError" in server_log.getvalue(), "the server said nothing"
    assert word not in server_log.getvalue()
    (places[1] / "control").write_text(word)
    assert holding(word, places), "the search found nothing, so it proves nothing"


def test_what_a_real_file_says_or_shows_is_readable_nowhere_in_any_form(
    cast, sign_in, places, server_log, monkeypatch
):
    word, began, sent_first = marker("Zr"), moment_of(places), b""
    client = sign_in(cast.counsellor)
    client.raise_request_exception = False
    sought = marked_files.forms_of(word)
    for ending, make in marked_files.MAKERS.items():
        data = make(word)
        sent_first = sent_first or data
        answer = client.post(address(cast), {"uploads": upload(f"{word}.{ending}", data)})
        assert "kept safely" in answer.text, ending
        keys = [File.objects.latest("created_at").pk, 1]
        shown = [data, fetched(client, "download_file", keys)]
        if ending != "docx":
            shown += [fetched(client, "file_thumbnail", keys)]
            shown += [fetched(client, "file_page", [*keys, 1])]
        for one in shown:
            sought += marked_files.pieces_of(one)
    with monkeypatch.context() as broken:  # it stands in the memory of whatever fails
        broken.setattr(actions, "seal_file", lambda *a: 1 // 0)
        sent = {"uploads": upload(f"{word}.pdf", marked_files.pdf(word))}
        assert client.post(address(cast), sent).status_code == 500
    assert len(stored(places)) == 9, "five files, four of them with a thumbnail"
    assert not holding(sought, places, since=began)
    assert not [one for one in sought if one in server_log.getvalue().encode()]
    controls = {
        "as it is": sent_first,
        "packed again": zlib.compress(sent_first, 9),
        "in a dump": sent_first.hex().encode(),
        "in wide letters": word.encode("utf-16-be"),
        "in letters": base64.b64encode(b"%%" + word.encode() + b"%"),
    }
    for way, control in controls.items():
        (places[1] / "control").write_bytes(b"before " + control + b" after")
        assert in_folders(sought, places), f"{way}, the search does not find it"


def fetched(client, name: str, keys: list) -> bytes:
    """What a page gives, whole."""
    page = client.get(reverse(name, args=keys))
    assert page.status_code == 200, name
    return b"".join(page) if page.streaming else page.content


def _no_room(descriptor: int) -> None:
    raise OSError(28, "No space left on device")


@pytest.mark.parametrize("moment", ["upload", "cleaning", "sealing", "recording"])
def test_killed_in_the_middle_a_program_leaves_nothing_to_read_and_no_half_file(
    cast, sign_in, places, moment
):
    word, began = marker("Zk"), moment_of(places)
    data = marked_files.pdf(word)
    sought = marked_files.forms_of(word) + marked_files.pieces_of(data)
    client = sign_in(cast.counsellor)
    cookie = client.cookies[django_settings.SESSION_COOKIE_NAME].value

    def send(what: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [sys.executable, "-c", KILLED, what, address(cast), cookie, word],
            env={**_environment(), "PORTAL_FILES_DIR": str(places[0]), "TMPDIR": str(places[1])},
            cwd=ROOT,
            input=data,
            capture_output=True,
            check=False,
        )

    killed = send(moment)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert not [one for one in sought if one in killed.stdout + killed.stderr]
    assert not File.objects.exists()
    left = {"upload": 0, "cleaning": 0, "sealing": 1, "recording": 2}
    assert len(stored(places)) == left[moment]
    assert not holding(sought, places, since=began)
    for path in stored(places):
        os.utime(path, (0, 0))
    with acting_as(Job("sweep_files"), on=cast.today):
        sweep_files(by=Job("sweep_files"), on=cast.today)
    assert not stored(places)
    retry = send("not at all")
    assert retry.stdout.startswith(b"200"), retry.stdout + retry.stderr
    assert File.objects.count() == 1


def _environment() -> dict[str, str]:
    """The databases of this test, for a program of its own; on the day of the test."""
    made = dict(os.environ)
    for kind, alias in (("CONTENT", "default"), ("KEYS", "keys")):
        variable = f"PORTAL_{kind}_DB_OWNER"
        head, _slash, tail = made[variable].rpartition("/portal_")
        _name, question, options = tail.partition("?")
        made[variable] = f"{head}/{connections[alias].settings_dict['NAME']}{question}{options}"
    return made | {"DJANGO_SETTINGS_MODULE": "privacy_portal.settings"}


def _end_our_connection() -> None:
    """As when the database goes down: the next statement fails."""
    pid = connection.connection.info.backend_pid
    owner = make_conninfo(
        os.environ["PORTAL_CONTENT_DB_OWNER"], dbname=connection.settings_dict["NAME"]
    )
    with psycopg.connect(owner, autocommit=True) as other:
        other.execute("select pg_terminate_backend(%s, 5000)", [pid])


@pytest.mark.parametrize("moment", ["cleaning", "sealing", "recording"])
def test_a_database_that_goes_away_during_an_upload_leaves_nothing_and_a_retry_works(
    cast, sign_in, places, monkeypatch, moment
):
    client = sign_in(cast.counsellor)
    client.raise_request_exception = False
    place = address(cast)
    monkeypatch.setattr(adding, "take_in", lambda data, name: clean(data, name=name))

    def after(module, name):
        """The real one, and then the database is gone."""
        real = getattr(module, name)

        def gone(*args, **kwargs):
            done = real(*args, **kwargs)
            _end_our_connection()
            return done

        return module, name, gone

    with monkeypatch.context() as patched:
        patched.setattr(
            *{
                "cleaning": after(actions, "_cleaned"),
                "sealing": after(actions, "seal_file"),
                "recording": after(actions, "_add_version"),
            }[moment]
        )
        answer = client.post(place, {"uploads": upload("a.pdf", b"bytes")})
    assert answer.status_code in {500, 503}
    assert "Traceback" not in answer.text
    connection.close()
    assert not stored(places)
    assert not File.objects.exists()
    assert client.post(place, {"uploads": upload("a.pdf", b"bytes")}).status_code == 200
    assert File.objects.count() == 1


def test_when_nobody_knows_whether_it_was_committed_the_sealed_file_stays_for_the_sweep(
    cast, places
):
    """Taken away, a file might be lost whose row did reach the database."""

    def request() -> None:
        with acting_as(cast.counsellor, on=cast.today):
            actions.add_files(
                part=cast.part("own"), sent=[sent()], by=cast.counsellor, on=cast.today
            )
            monkey.setattr(connection.connection, "commit", lost)

    def lost() -> None:
        raise psycopg.OperationalError("the answer never came")

    with pytest.MonkeyPatch.context() as monkey, pytest.raises(OperationalError):
        request()
    connection.close()
    assert len(stored(places)) == 2
    assert not File.objects.exists()
    for path in stored(places):
        os.utime(path, (0, 0))
    with acting_as(Job("sweep_files"), on=cast.today):
        sweep_files(by=Job("sweep_files"), on=cast.today)
    assert not stored(places)
