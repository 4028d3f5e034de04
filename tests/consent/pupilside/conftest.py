"""Papers to scan, and ways to open the pages of one pupil."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from consent.actions.recording import Way, record_answers
from consent.actions.scans import Sent
from files.changes import Change
from files.intake import Clean
from files.kinds import Kind


def clean(data: bytes = b"%PDF paper-marker", *, kind: Kind = Kind.PDF) -> Clean:
    """A paper as the room `files` gives it, without waiting for its sandbox."""
    return Clean(
        content=data,
        kind=kind,
        media_type="application/pdf",
        extension="pdf",
        name="Paper-marker.pdf",
        pages=2,
        changes=(Change.METADATA_REMOVED,),
    )


def sent(data: bytes = b"%PDF paper-marker", *, kind: Kind = Kind.PDF) -> Sent:
    """The same as an action takes it."""
    return Sent(lambda: clean(data, kind=kind))


def upload(name: str = "paper.pdf", data: bytes = b"%PDF paper-marker") -> SimpleUploadedFile:
    """A file as a browser sends it."""
    return SimpleUploadedFile(name, data, content_type="application/pdf")


@pytest.fixture(autouse=True)
def folder(settings, tmp_path) -> Path:
    """Sealed files of one test."""
    settings.FILES_DIR = tmp_path / "files"
    return settings.FILES_DIR


@pytest.fixture
def stored(folder):
    """How many files stand on disk, whole or half."""
    return lambda: [p for p in folder.glob("**/*") if p.is_file()]


@pytest.fixture
def at(asked, sign_in, client):
    """Opens or sends a page of a pupil of the cast's school, as somebody."""

    def ask(who: str, name: str, *more, pupil: str = "own", data=None, follow: bool = False):
        sign_in(asked.cast.people[who])
        keys = [asked.cast.school.pk, asked.cast.pupils[pupil].pk, *more]
        address = reverse(name, args=keys)
        if data is None:
            return client.get(address)
        return client.post(address, data, follow=follow)

    return ask


@pytest.fixture
def on_one_paper(asked):
    """Records answers of one paper through the real action."""

    def record(said, *, by="administrator", scan=None, day=None, route="paper"):
        way = Way(day or asked.cast.today, route, "nl")
        return asked.act(record_answers, by=by, said=said, way=way, scan=scan)

    return record
