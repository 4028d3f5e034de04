"""Makes a paper: a template becomes the bytes of a PDF that a screen reader can read aloud.

Receipts, letters, reports and prints all come through here. Nothing of a paper touches a disk:
it is made in a process of its own, with bounded time and memory, that gets the text and the
pictures over a pipe and gives the PDF back over another.
"""

from __future__ import annotations

import json
import struct
import subprocess
import sys
import threading
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

import structlog
from django.template import Context, Engine, engines
from django.utils import translation

from pdf.errors import NotMade, Reason

PAGES = 300
SECONDS = 60
MEMORY_BYTES = 1536 * 1024 * 1024
AT_ONCE = 2
_WAIT_SECONDS = 30
READ_ALOUD, ARCHIVED = "pdf/ua-1", "pdf/a-2a"
_TOO_LONG = 3  # what the child ends with; see pdf/making.py
_ROOT = Path(__file__).resolve().parent.parent
_START = f"import sys; sys.path.insert(0, {str(_ROOT)!r}); from pdf import making; making.main()"
_room = threading.BoundedSemaphore(AT_ONCE)


class _Undefined(str):
    """A template that asks for what nobody gave it fails, instead of leaving a gap on paper."""

    __slots__ = ()

    def __contains__(self, part: object) -> bool:
        return True

    def __mod__(self, name: object) -> str:
        raise LookupError(f"a paper uses {name}, which nobody gives it")


def make(
    template: str,
    context: Mapping[str, Any],
    *,
    title: str,
    language: str,
    pictures: Mapping[str, bytes] | None = None,
    watermark: str = "",
    pages: int = PAGES,
    is_archived: bool = False,
) -> bytes:
    """The paper as PDF/UA-1: with a title, its language, tags, and words for every picture.

    `is_archived`: as PDF/A-2a too, which holds all it needs to be shown the same for decades.

    The template extends "pdf/paper.html" and shows a picture as `<img src="picture:name" alt=...>`,
    from `pictures`; nothing else is fetched, from the network or from a disk. `watermark` stands
    across every page. Raises NotMade when it would have more than so many pages or takes too long.
    """
    given = {**context, "title": title, "language": language, "watermark": watermark}
    with translation.override(language):
        html = _engine().get_template(template).render(Context(given))
    fetched = dict(pictures or {})
    if watermark:
        fetched["watermark"] = _across_the_page(watermark).encode()
    if not _room.acquire(timeout=_WAIT_SECONDS):
        raise NotMade(Reason.BUSY)
    try:
        return _made(html, fetched, pages, **({"variant": ARCHIVED} if is_archived else {}))
    finally:
        _room.release()


def _engine() -> Engine:
    """The site's own templates, strict about what they are given."""
    usual: Engine = engines["django"].engine  # type: ignore[attr-defined]  # of this backend
    return Engine(
        dirs=list(usual.dirs),
        app_dirs=usual.app_dirs,
        libraries=usual.libraries,
        builtins=usual.builtins[3:],  # without the three that every engine has
        string_if_invalid=_Undefined("%s"),  # an empty one would not be asked
    )


def _made(html: str, pictures: Mapping[str, bytes], pages: int, variant: str = READ_ALOUD) -> bytes:
    head = json.dumps(
        {
            "html": html,
            "pictures": [(name, len(data)) for name, data in pictures.items()],
            "pages": pages,
            "variant": variant,
            "seconds": SECONDS,
            "memory": MEMORY_BYTES,
        }
    ).encode()
    asked = b"".join([struct.pack("!I", len(head)), head, *pictures.values()])
    try:
        # Isolated and with an empty environment: no key or password of the portal gets there.
        done = subprocess.run(
            [sys.executable, "-I", "-B", "-c", _START],
            input=asked,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # the library's warnings quote the text
            env={},
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise NotMade(Reason.TOO_LONG, pages=pages) from None
    if done.returncode:
        structlog.get_logger("pdf").warning("paper_not_made", code=done.returncode)
    if done.returncode == _TOO_LONG or done.returncode < 0:  # ended by a bound of its own
        raise NotMade(Reason.TOO_LONG, pages=pages)
    if done.returncode or not done.stdout.startswith(b"%PDF-"):
        raise RuntimeError(f"a paper could not be made: {done.returncode}")
    return done.stdout


def _across_the_page(words: str) -> str:
    """The words across an A4 page, pale, three times: a copy of any part of it shows them."""
    lines = "".join(
        f'<text x="0" y="{place}" text-anchor="middle">{escape(words)}</text>'
        for place in (-360, 0, 360)
    )
    size = max(11, min(30, 1500 // max(1, len(words))))
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 794 1123" width="794" height="1123">'
        f'<g transform="translate(397 561) rotate(-38)" font-family="Manrope" font-size="{size}" '
        f'font-weight="600" fill="#16283c" fill-opacity="0.13">{lines}</g></svg>'
    )
