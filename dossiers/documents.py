"""Papers of this room: my pupils as a file for a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from audit.documents import harmless
from dossiers.models import Assignment, Dossier


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
