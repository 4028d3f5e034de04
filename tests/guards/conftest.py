"""What stands in for what would take the walk minutes, and still tells all of it."""

from __future__ import annotations

from functools import cache

import pytest
from django.conf import urls as error_pages
from django.http import HttpResponse

from consent.views.pupil import scans
from dossiers.views.files import serving
from files import previews
from files.kinds import Kind
from files.previews import page_picture
from pdf import papers
from tests.files.corpus import picture
from tests.guards.patterns import words_in


@cache
def drawn(data: bytes, kind: str, page: int, width: int) -> bytes:
    """A page drawn as the product draws it; each once, for drawing takes a process of its own."""
    return page_picture(data, Kind(kind), page=page, width=width)


def is_real(data: bytes) -> bool:
    """Whether the seed made it a file that can be drawn: others are nothing but their marker."""
    return data.startswith((b"%PDF", b"\x89PNG"))


@pytest.fixture
def pages_drawn(monkeypatch) -> None:
    """Pages of real files are drawn, and known again by their pattern (tests/guards/patterns.py).

    Of the others the bytes come as they are, so that a marker shows, or on paper a small picture
    beside what the file is called.
    """

    def shown(data, kind, *, page, width):
        return drawn(data, kind, page, width) if is_real(data) else data

    def printed(data, kind, *, page, width):
        return drawn(data, kind, page, width) if is_real(data) else picture("WEBP")

    for room in (serving, scans):
        monkeypatch.setattr(room, "page_picture", shown)
    monkeypatch.setattr(previews, "page_picture", printed)


@pytest.fixture
def papers_made_here(monkeypatch) -> None:
    """Instead of a paper comes what it would be made of: setting each in type would take minutes.

    That a picture on paper is known by its pattern has a test of its own.
    """

    def made_here(html: str, pictures: dict[str, bytes], pages: int, **_kind: str) -> bytes:
        words = {word for data in pictures.values() for word in words_in(data)}
        drawings = [data for data in pictures.values() if data.startswith(b"<svg")]
        return b"\n".join((html.encode(), *drawings, " ".join(sorted(words)).encode()))

    monkeypatch.setattr(papers, "_made", made_here)


@pytest.fixture
def short_refusals(monkeypatch) -> None:
    """Of a refusal comes all that its page could say, without the page: that is walked once."""

    def short(status: int):
        return lambda request, exception: HttpResponse(
            f"{exception!r} {request.path}", status=status
        )

    for status in (403, 404):
        monkeypatch.setattr(error_pages, f"handler{status}", short(status))
