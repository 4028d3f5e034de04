"""Nothing that a dossier says can be read where it lies: dump, files, logs, also after errors."""

from __future__ import annotations

import io
import logging
import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.db import connection, connections
from django.urls import reverse
from psycopg.conninfo import make_conninfo
from pypdf import PdfReader

from audit.models import LogEntry
from launcher.binaries import find_binaries
from students.models import Pupil
from tests.guards import odd_pages
from tests.guards.markers import marker
from tests.guards.rooms import ROOT

_PIECE = 1024 * 1024


@pytest.fixture
def server_log() -> Iterator[io.StringIO]:
    """What the portal's own handler would write on standard error."""
    heard = io.StringIO()
    handlers = [h for h in logging.getLogger().handlers if type(h) is logging.StreamHandler]
    assert handlers, "the portal's logging is not set up"
    before = [handler.setStream(heard) for handler in handlers]
    yield heard
    for handler, stream in zip(handlers, before, strict=True):
        handler.setStream(stream)


def dump(alias: str = "default") -> bytes:
    """A database, the first one unless told, as its owner dumps it."""
    address = make_conninfo(
        os.environ["PORTAL_CONTENT_DB_OWNER"], dbname=connections[alias].settings_dict["NAME"]
    )
    program = find_binaries().folder / "pg_dump"
    if program.exists():
        said = subprocess.run(
            [str(program), f"--dbname={address}"], capture_output=True, check=True
        )
        return said.stdout
    with psycopg.connect(address) as owner:  # a build without pg_dump: every table, row by row
        tables = owner.execute(
            "select oid::regclass::text from pg_class where relkind = 'r'"
            " and relnamespace = 'public'::regnamespace"
        ).fetchall()
        read = b""
        for (table,) in tables:
            with owner.cursor().copy(f"copy {table} to stdout") as rows:
                read += b"".join(rows)
        return read


def places_on_disk() -> list[Path]:
    """Our var/, and where PostgreSQL keeps its data and its log."""
    lock = Path(os.environ["PORTAL_TEST_CLUSTER"]) / ".s.PGSQL.5432.lock"
    data = Path(lock.read_text().splitlines()[1])
    return [ROOT / "var", data, data.parent / "log"]


def files_with(*words: bytes, since: float = 0) -> list[str]:
    """Every file there that holds one of the words, and was written to after this moment."""
    with psycopg.connect(os.environ["PORTAL_CONTENT_DB_OWNER"]) as owner:
        assert owner.execute("select 1").fetchone() == (1,)
    found = []
    for path in {path for place in places_on_disk() for path in paths_below(place)}:
        try:
            if not path.is_file():
                continue  # a socket
            if path.stat().st_mtime >= since and _holds(path, words):
                found.append(str(path))
        except FileNotFoundError:
            continue  # PostgreSQL put it away meanwhile
    return found


def _holds(path: Path, words: tuple[bytes, ...]) -> bool:
    """Read, not mapped: what PostgreSQL makes shorter meanwhile would end this process."""
    before = b""
    with path.open("rb", buffering=0) as file:
        while piece := file.read(_PIECE):
            whole = before + piece
            if any(word in whole for word in words):
                return True
            before = whole[-max(map(len, words)) :]
    return False


@pytest.mark.promise("P22")
@pytest.mark.promise("P24")
@pytest.mark.django_db(transaction=True)
def test_what_a_note_says_is_readable_nowhere_at_rest(
    settings, monkeypatch, cast, sign_in, server_log
):
    word = marker("Zq")
    name = marker("Zn")
    settings.ROOT_URLCONF = "tests.guards.odd_pages"
    monkeypatch.setattr(odd_pages, "MARKER", word)
    monkeypatch.setattr(odd_pages, "NAME", name)  # names stand in tables; in logs they do not
    pupil = cast.pupils["own"]
    Pupil.objects.filter(pk=pupil.pk).update(first_name=name)
    client = sign_in(cast.counsellor)
    client.raise_request_exception = False
    dossier = cast.dossier("own").pk

    written = client.post(
        reverse("write_note", args=[dossier]),
        {
            "part": "guidance",
            "happened_on": cast.today.isoformat(),
            "title": word,
            "facts": word,
            "opinion": word,
        },
    )
    assert written.status_code == 302, "the note was not written"
    assert word in client.get(reverse("dossier", args=[dossier])).content.decode()
    # Errors carry what was being done: an exception's message, a row that breaks a constraint.
    assert client.get("/odd/fails/").status_code == 500
    assert client.post("/odd/constraint/").status_code == 500
    refused = client.post(
        reverse("write_note", args=[dossier]),
        {"part": "guidance", "happened_on": "2999-01-01", "title": word, "facts": word},
    )
    assert refused.status_code == 200

    dumped = dump()
    assert name.encode() in dumped, "the dump holds nothing, so this proves nothing"
    assert word.encode() not in dumped
    assert not files_with(word.encode())
    assert files_with(b"PostgreSQL"), "the search found nothing, so it proves nothing"
    for row in LogEntry.objects.all():
        kept = f"{row.additional_data} {row.changes} {row.object_pk} {row.actor_name} {row.event}"
        assert word not in kept
        assert name not in kept
    logs = [path for path in files_with(name.encode()) if "/log/" in path]
    assert not logs, "PostgreSQL wrote down a row that broke a constraint"
    said = server_log.getvalue()
    assert "LookupError" in said, "the server said nothing, so this proves nothing"
    assert word not in said
    assert name not in said


@pytest.mark.promise("P22")
@pytest.mark.django_db(transaction=True)
def test_why_somebody_looks_and_what_is_kept_elsewhere_are_readable_nowhere_at_rest(cast, sign_in):
    """Free text about a pupil that stands outside the notes: reasons, and other systems."""
    word = marker("Zq")
    dossier = cast.dossier("own").pk
    on_keeper_list = reverse("pupil_assignments", args=[dossier])
    coming = {"user": cast.other_counsellor.pk, "kind": "counsellor", "reason": word}
    day = {"starts_on": cast.today.isoformat(), "ends_on": ""}
    ask = reverse("ask_emergency_card", args=[dossier])
    elsewhere = reverse("elsewhere", args=[dossier])
    kept = dict.fromkeys(("system", "kind", "custodian", "term"), word)

    assert sign_in(cast.safeguarding).post(ask, {"reason": word}).status_code == 302
    assert sign_in(cast.counsellor).post(elsewhere, kept).status_code == 302
    director = sign_in(cast.director)
    given = director.post(reverse("assign_pupil", args=[dossier]), coming | day)
    assert given.status_code == 302, "the assignment was not given"

    assert director.get(reverse("keeper_notices")).content.decode().count(word) == 1
    assert director.get(on_keeper_list).content.decode().count(word) == 2
    assert director.get(elsewhere).content.decode().count(word) >= 4
    dumped = dump()
    assert str(cast.safeguarding.pk).encode() in dumped, "the dump holds nothing"
    assert word.encode() not in dumped
    assert not files_with(word.encode())


def test_the_secret_of_a_part_stands_in_the_other_database_only(cast):
    """A dump of the first database has no keys: not wrapped ones either."""
    with connection.cursor() as cursor:
        cursor.execute("select to_regclass('public.vault_partkey')")
        assert cursor.fetchone() == (None,)


@pytest.mark.promise("P22")
@pytest.mark.promise("P24")
@pytest.mark.django_db(transaction=True)
def test_a_print_and_what_it_was_for_stay_on_the_paper(cast, sign_in, server_log):
    """It is made in a process of its own: nothing of it stands in a table, a folder or a log."""
    word, purpose = marker("Zq"), marker("Zp")
    dossier = cast.dossier("own").pk
    client = sign_in(cast.counsellor)
    note = {"part": "guidance", "happened_on": cast.today.isoformat(), "title": word, "facts": word}
    assert client.post(reverse("write_note", args=[dossier]), note).status_code == 302
    address = reverse("print_part", args=[dossier, "guidance"])
    before = set(temporary_files())
    paper = client.post(address, {"everything": "on", "purpose": purpose})
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(paper.content)).pages)
    assert word in text
    assert purpose in text

    dumped = dump()
    left = set(temporary_files()) - before
    assert not files_with(word.encode(), purpose.encode())
    for secret in (word, purpose):
        assert secret.encode() not in dumped
        assert secret not in server_log.getvalue()
        assert not [path for path in left if secret.encode() in bytes_of(path)]
    assert LogEntry.objects.filter(event="printed").count() == 1


def bytes_of(path: Path) -> bytes:
    """What a file holds; nothing when PostgreSQL put it away meanwhile."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""


def temporary_files() -> Iterator[Path]:
    """What stands in the folder for temporary files and was made by whoever runs the tests."""
    for path in paths_below(Path(tempfile.gettempdir())):
        try:
            if path.is_file() and path.stat().st_uid == os.getuid():
                yield path
        except OSError:
            continue


def paths_below(place: Path) -> Iterator[Path]:
    """What stands in a folder and the ones in it; passes folders that are gone by then.

    A database of the other worker, or what is made of a paper.
    """
    for folder, _folders, names in os.walk(place):
        yield from (Path(folder, name) for name in names)
