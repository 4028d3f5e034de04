"""Letters to parents and slips for pupils, with a code and its QR picture, as PDF/UA.

A letter carries its receiver's own address and nobody else's; a secret one is left out. The words
of a code stand in the paper that is made now, and nowhere else.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import segno
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from consent.codes import link_of
from consent.mails import BOTH
from pdf import papers


@dataclass(frozen=True)
class Letter:
    """One person's letter or slip. Without a code: who signs in, or answers on paper."""

    school: str
    name: str
    about: tuple[str, ...]  # the children, by what they are called
    language: str = ""  # empty: both
    lines: tuple[str, ...] = ()  # the address as on an envelope
    group: str = ""
    code: str = ""
    code_until: date | None = None
    is_on_paper: bool = False  # a representative, who has no account

    @property
    def languages(self) -> tuple[str, ...]:
        """The receiver's own, or Dutch and English when that is not known."""
        return (self.language,) if self.language else BOTH


@dataclass(frozen=True)
class _Page:
    """A letter with the name of its QR picture; empty when it has none."""

    letter: Letter
    picture: str


def letters_pdf(letters: Sequence[Letter], *, on: date, language: str) -> bytes:
    """One page a letter. Raises NotMade when it takes too long."""
    with override(language):
        title = _("Letters about consent")
    return _made("consent/letters/letters.html", letters, title, on=on, language=language)


def slips_pdf(slips: Sequence[Letter], *, on: date, language: str) -> bytes:
    """Slips to cut out, six a page, each for one pupil."""
    with override(language):
        title = _("Slips for pupils")
    return _made("consent/letters/slips.html", slips, title, on=on, language=language)


def qr_picture(text: str) -> bytes:
    """The text as a QR picture (SVG)."""
    file = io.BytesIO()
    segno.make(text, error="m", micro=False).save(
        file, kind="svg", xmldecl=False, border=4, scale=4
    )
    return file.getvalue()


def _made(
    template: str, letters: Sequence[Letter], title: str, *, on: date, language: str
) -> bytes:
    pages, pictures = [], {}
    for number, letter in enumerate(letters):
        name = f"qr{number}" if letter.code else ""
        if name:
            pictures[name] = qr_picture(link_of(letter.code))
        pages.append(_Page(letter, name))
    context = {"pages": pages, "on": on, "site": settings.ADDRESS}
    return papers.make(template, context, title=title, language=language, pictures=pictures)
