"""What stands on a receipt, on the page and on paper: only what its owner signed."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from consent import queries
from consent.models import Answer, Receipt
from consent.wording import Words, words_of
from pdf import papers
from students.models import Pupil, School


@dataclass(frozen=True)
class Line:
    """One answer, with the very words it was an answer to."""

    row: Answer
    words: Words


@dataclass(frozen=True)
class Part:
    """The answers about one child at one school."""

    pupil: Pupil
    school: School
    lines: list[Line] = field(default_factory=list)


def parts_of(receipt: Receipt) -> list[Part]:
    """The answers of a receipt by child and school, in the language in which they were signed."""
    parts: dict[tuple[object, object], Part] = {}
    for row in queries.answers_on(receipt):
        part = parts.setdefault((row.pupil_id, row.school_id), Part(row.pupil, row.school))
        part.lines.append(Line(row, words_of(row.text, receipt.language)))
    return list(parts.values())


def receipt_paper(receipt: Receipt, parts: list[Part]) -> bytes:
    """The receipt as PDF/UA, in the language in which was signed. Raises NotMade."""
    with override(receipt.language):
        title = _("Receipt of your answers")
        when = date_format(timezone.localtime(receipt.signed_at), "j F Y, H:i")
        return papers.make(
            "consent/family/receipt_paper.html",
            {"receipt": receipt, "parts": parts, "when": when},
            title=title,
            language=receipt.language,
        )
