"""Papers of this room: my pupils as a file for a spreadsheet, and prints of a part."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from access.models import User
from audit.documents import harmless
from dossiers.kinds import Part
from dossiers.models import Assignment, Dossier, DossierPart
from dossiers.queries import ShownAgreement, ShownFile, ShownNote, whole_of
from files import previews
from files.errors import Reason as WhyNot
from files.errors import Unwelcome
from pdf import papers
from pdf.errors import NotMade, Reason
from vault.sealing import Keyring


@dataclass(frozen=True)
class PupilLine:
    """One own pupil in the list: group, age, and on which ground until when."""

    dossier: Dossier
    group: str
    age: int | None
    assignment: Assignment | None

    @property
    def ground(self) -> str:
        """The ground in words."""
        return str(self.assignment.ground.label) if self.assignment else ""

    @property
    def until(self) -> date | None:
        """The last day, none when it goes on."""
        return self.assignment.ends_on if self.assignment else None


def my_pupils_csv(lines: Iterable[PupilLine]) -> bytes:
    """Names, birth dates and groups; nothing of what a dossier says.

    UTF-8 with a mark and semicolons, as Dutch spreadsheets open it.
    """
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    heads = [_("Name"), _("Group"), _("School"), _("Date of birth"), _("Ground"), _("Until")]
    writer.writerow(heads)
    for line in lines:
        pupil = line.dossier.pupil
        cells = [
            pupil.name,
            line.group,
            line.dossier.school.name,
            pupil.birth_date.isoformat() if pupil.birth_date else "",
            line.ground,
            line.until.isoformat() if line.until else "",
        ]
        writer.writerow([harmless(cell) for cell in cells])
    return b"\xef\xbb\xbf" + text.getvalue().encode()


# What of a part goes on paper: notes, agreements and files; the card has a page of its own.
PRINTED = tuple(part for part in Part if part is not Part.EMERGENCY)
PRINTED_PAGES = 250
PRINTED_PICTURES = 60  # pages of PDFs and pictures in one print
PRINTED_SIGNS = 500_000  # of all notes, agreements and text files together
PRINTED_SECONDS = 60  # for reading and drawing all files; one slow page of each would take hours
_PICTURE_WIDTH = 1240  # 150 to the inch on A4


@dataclass(frozen=True)
class ChosenForPrint:
    """What somebody chose to print, what for, and when."""

    dossier: Dossier
    part: DossierPart
    notes: list[ShownNote]
    agreements: list[ShownAgreement]
    files: list[ShownFile]
    missing: int  # of everything, how many can't be read any more
    purpose: str
    by: User
    at: datetime


@dataclass(frozen=True)
class PrintedFile:
    """A file on paper: the names of the pictures of its pages, or its text, or neither."""

    shown: ShownFile
    pages: list[str] = field(default_factory=list)
    text: str = ""


def print_of_part(chosen: ChosenForPrint, keys: Keyring, *, language: str) -> bytes:
    """The print as PDF/UA: facts apart from opinions, passages about others marked, then files.

    Who printed it, when and what for stands across and at the foot of every page, and nowhere
    else: the purpose may hold a name. Raises NotMade when it becomes too long, Unreadable when
    a sealed file is gone or was changed.
    """
    if sum(shown.what.pages or 0 for shown in chosen.files) > PRINTED_PICTURES:
        raise NotMade(Reason.TOO_LONG, pages=PRINTED_PICTURES)
    pictures: dict[str, bytes] = {}
    with override(language):
        when = date_format(chosen.at, "j F Y, H:i")
        title = _("%(part)s of %(pupil)s") % {
            "part": chosen.part.get_kind_display(),
            "pupil": chosen.dossier.pupil.name,
        }
        written = [shown.said for shown in chosen.notes]
        written += [shown.said for shown in chosen.agreements]
        signs = sum(len(said) for text in written for said in text.values())
        files = []
        end = time.monotonic() + PRINTED_SECONDS
        for shown in chosen.files:
            files.append(_on_paper(shown, keys, pictures, end=end))
            signs += len(files[-1].text)
            _must_fit(signs)
    _must_fit(signs)
    return papers.make(
        "dossiers/print.html",
        {"chosen": chosen, "when": when, "files": files},
        title=title,
        language=language,
        pictures=pictures,
        watermark=f"{chosen.by.name} · {when} · {chosen.purpose}",
        pages=PRINTED_PAGES,
    )


def _on_paper(
    shown: ShownFile, keys: Keyring, pictures: dict[str, bytes], *, end: float
) -> PrintedFile:
    """Draws the pages of a file into `pictures`, or reads its text; else it is only listed."""
    _must_be_in_time(end)
    what = shown.what
    if not what.has_pages and not what.is_text:
        return PrintedFile(shown)
    data = whole_of(shown.version, keys)
    try:
        if what.is_text:
            return PrintedFile(shown, text=previews.text_of(data, what.kind))
        return PrintedFile(shown, _drawn(shown, data, pictures, end=end))
    except Unwelcome as refusal:
        if refusal.reason is WhyNot.BUSY:
            raise NotMade(Reason.BUSY) from None
        return PrintedFile(shown)


def _drawn(shown: ShownFile, data: bytes, pictures: dict[str, bytes], *, end: float) -> list[str]:
    names = []
    for page in range(1, (shown.what.pages or 1) + 1):
        _must_be_in_time(end)
        name = f"{shown.file.pk}-{page}"
        pictures[name] = previews.page_picture(
            data, shown.what.kind, page=page, width=_PICTURE_WIDTH
        )
        names.append(name)
    return names


def _must_be_in_time(end: float) -> None:
    if time.monotonic() > end:
        raise NotMade(Reason.TOO_LONG, pages=PRINTED_PICTURES)


def _must_fit(signs: int) -> None:
    """What can't become a paper in time is refused before anybody waits for it."""
    if signs > PRINTED_SIGNS:
        raise NotMade(Reason.TOO_LONG, pages=PRINTED_PAGES)
