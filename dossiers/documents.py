"""Papers of this room: my pupils as a file for a spreadsheet, and prints of a part."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from access.models import User
from audit.documents import harmless
from dossiers.kinds import Part
from dossiers.models import Assignment, Dossier, DossierPart
from dossiers.queries import ShownNote
from pdf import papers


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


# What of a part goes on paper: notes and files; agreements and the card have their own pages.
PRINTED = tuple(part for part in Part if part is not Part.EMERGENCY)
PRINTED_PAGES = 250


@dataclass(frozen=True)
class ChosenForPrint:
    """What somebody chose to print, what for, and when."""

    dossier: Dossier
    part: DossierPart
    notes: list[ShownNote]
    purpose: str
    by: User
    at: datetime


def print_of_part(chosen: ChosenForPrint, *, language: str) -> bytes:
    """The print as PDF/UA: facts apart from opinions, passages about others marked.

    Who printed it, when and what for stands across and at the foot of every page, and nowhere
    else: the purpose may hold a name. Raises NotMade when it becomes too long.
    """
    with override(language):
        when = date_format(chosen.at, "j F Y, H:i")
        title = _("%(part)s of %(pupil)s") % {
            "part": chosen.part.get_kind_display(),
            "pupil": chosen.dossier.pupil.name,
        }
    context = {"chosen": chosen, "when": when}
    return papers.make(
        "dossiers/print.html",
        context,
        title=title,
        language=language,
        watermark=f"{chosen.by.name} · {when} · {chosen.purpose}",
        pages=PRINTED_PAGES,
    )
