"""Papers of this room: the list of pupils as a file for a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from django.utils.translation import gettext as _

from audit.documents import harmless
from students.models import Enrolment, GroupMembership


def _groups(row: Enrolment) -> list[GroupMembership]:
    places: list[GroupMembership] = row.groups_now  # type: ignore[attr-defined]  # by the query
    return places


def pupils_csv(rows: Iterable[Enrolment]) -> bytes:
    """Names, birth dates, groups and dates of enrolment; no parents, addresses or contact data.

    UTF-8 with a mark and semicolons, as Dutch spreadsheets open it.
    """
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(
        [
            _("Surname"),
            _("Prefix"),
            _("First name"),
            _("Date of birth"),
            _("School"),
            _("Group"),
            _("Enrolled since"),
            _("Left on"),
        ]
    )
    for row in rows:
        pupil = row.pupil
        cells = [
            pupil.surname,
            pupil.prefix,
            pupil.first_name or pupil.given_names,
            pupil.birth_date.isoformat() if pupil.birth_date else "",
            row.school.name,
            ", ".join(place.group.name for place in _groups(row)),
            row.starts_on.isoformat(),
            row.ends_on.isoformat() if row.ends_on else "",
        ]
        writer.writerow([harmless(cell) for cell in cells])
    return b"\xef\xbb\xbf" + text.getvalue().encode()
