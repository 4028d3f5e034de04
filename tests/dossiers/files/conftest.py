"""What the tests of files send and look for."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from access.acting import acting_as
from dossiers.actions.files import Sent, add_file
from dossiers.models import File
from dossiers.views.files import adding
from files.changes import Change
from files.errors import Reason, Unwelcome
from files.intake import Clean
from files.kinds import Kind


def clean(data: bytes = b"%PDF marker", *, name: str = "Report-marker.pdf") -> Clean:
    """A file as the room `files` gives it, without waiting for its sandbox."""
    return Clean(
        content=data,
        kind=Kind.PDF,
        media_type="application/pdf",
        extension="pdf",
        name=name,
        pages=3,
        changes=(Change.SCRIPTS_REMOVED,),
        draw=lambda: b"thumbnail-marker",
    )


def sent(data: bytes = b"%PDF marker", *, name: str = "Report-marker.pdf") -> Sent:
    """The same as an action takes it."""
    return Sent(name, lambda: clean(data, name=name))


@pytest.fixture(autouse=True)
def folder(settings, tmp_path) -> Path:
    """Sealed files of one test."""
    settings.FILES_DIR = tmp_path / "files"
    return settings.FILES_DIR


@pytest.fixture
def stored(folder):
    """How many files stand on disk, whole or half."""
    return lambda: sorted(p.name for p in folder.glob("??/*"))


@pytest.fixture
def add(cast, folder):
    """Adds a file through the real action."""

    def file(
        data: bytes = b"%PDF marker",
        *,
        name: str = "Report-marker.pdf",
        by: str = "counsellor",
        pupil: str = "own",
        part: str = "guidance",
        note=None,
    ) -> File:
        author = cast.people[by]
        with acting_as(author, on=cast.today):
            result = add_file(
                part=cast.part(pupil, part),
                sent=sent(data, name=name),
                by=author,
                on=cast.today,
                note=note,
            )
        return File.objects.get(pk=result.file.pk)

    return file


def upload(name: str = "a.pdf", data: bytes = b"%PDF marker") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data, content_type="application/pdf")


@pytest.fixture
def quick(monkeypatch):
    """Files are taken in without the sandbox; one called secret.pdf is refused."""

    def take_in(data: bytes, *, name: str):
        if name == "secret.pdf":
            raise Unwelcome(Reason.ENCRYPTED)
        return clean(data, name=name)

    monkeypatch.setattr(adding, "take_in", take_in)
